// SPDX-License-Identifier: BSD-3-Clause
#include "pool/monitored_store.h"

#include <utility>

namespace sessmirror::pool {

class MonitoredStore::Watch final : public store::StoreSink {
  public:
    explicit Watch(MonitoredStore& owner) noexcept : owner_(owner) {}

    void on_fetch(int index, Result<store::FetchReply> reply) noexcept override {
        pass(&StoreSink::on_fetch, index, std::move(reply));
    }
    void on_put(int index, Result<store::PutReply> reply) noexcept override {
        if (!reply && reply.error().code == Errc::StoreError)
            owner_.notices_.refused(reply.error());
        pass(&StoreSink::on_put, index, std::move(reply));
    }
    void on_touch(int index, Result<store::TouchReply> reply) noexcept override {
        pass(&StoreSink::on_touch, index, std::move(reply));
    }
    void on_release(int index, Result<store::ReleaseReply> reply) noexcept override {
        pass(&StoreSink::on_release, index, std::move(reply));
    }
    void on_probe(int index, Status alive) noexcept override {
        pass(&StoreSink::on_probe, index, std::move(alive));
    }

    StoreSink* sink = nullptr;
    TimePoint sent{};
    bool pending = false;

  private:
    template <class Reply>
    void pass(void (StoreSink::*tell)(int, Result<Reply>) noexcept, int index,
              Result<Reply> reply) noexcept {
        StoreSink* const target = owner_.end(*this, reply ? nullptr : &reply.error());
        if (target != nullptr) (target->*tell)(index, std::move(reply));
    }

    MonitoredStore& owner_;
};

MonitoredStore::MonitoredStore(std::unique_ptr<store::Store> inner, PendingMark mark,
                               Health& health, HostPage& page, const Clock& clock,
                               OutageNotices& notices)
    : mark_(mark),
      health_(health),
      page_(page),
      clock_(clock),
      notices_(notices),
      inner_(std::move(inner)) {}

MonitoredStore::~MonitoredStore() {
    for (const auto& watch : watches_)
        if (watch->pending) inner_->forget(watch.get());
}

MonitoredStore::Watch* MonitoredStore::begin(store::StoreSink* sink) {
    if (free_.empty()) {
        watches_.push_back(std::make_unique<Watch>(*this));
        free_.reserve(watches_.size());  // end() must not allocate
        free_.push_back(watches_.back().get());
    }
    Watch* const watch = free_.back();
    free_.pop_back();
    watch->sink = sink;
    watch->sent = clock_.now();
    watch->pending = true;
    mark_.marks |= mark_.bit;
    health_.slot().requests.fetch_add(1, std::memory_order_relaxed);
    return watch;
}

store::StoreSink* MonitoredStore::end(Watch& watch, const Error* failure) noexcept {
    if (failure == nullptr || failure->code == Errc::StoreError) note_answer(watch);
    if (failure != nullptr) note_failure(*failure);
    watch.pending = false;
    free_.push_back(&watch);
    if (free_.size() == watches_.size()) mark_.marks &= ~mark_.bit;
    return std::exchange(watch.sink, nullptr);
}

// What nobody waits for is read when the worker comes by, whenever it came.
void MonitoredStore::note_answer(const Watch& watch) noexcept {
    const std::int64_t down_since = health_.down_since_ns();
    const bool has_returned = watch.sink == nullptr
                                  ? health_.report_life()
                                  : health_.report_answer(clock_.now() - watch.sent);
    if (!has_returned) return;
    page_.next_lock_sweep_ns.store(0);  // locks that could not be given back are there again
    notices_.recovered(down_since);
}

void MonitoredStore::note_failure(const Error& failure) noexcept {
    health_.slot().errors.fetch_add(1, std::memory_order_relaxed);
    switch (failure.code) {
        case Errc::Timeout:
            page_.count(Counter::Timeouts);
            break;
        case Errc::BadName:
        case Errc::Refused:
        case Errc::Unreachable:
            page_.count(Counter::ConnectFailures);
            break;
        default:
            break;
    }
    if (!Health::is_outage(failure.code)) return;
    const Health::Whose whose = health_.whose(failure);
    const bool is_new = health_.report_failure(whose);
    whose == Health::Whose::Own ? notices_.failed_here(failure) : notices_.failed(failure, is_new);
}

void MonitoredStore::fetch(const store::FetchRequest& request, store::StoreSink* sink) {
    inner_->fetch(request, begin(sink));
}

void MonitoredStore::put(const store::PutRequest& request, store::StoreSink* sink) {
    inner_->put(request, begin(sink));
}

void MonitoredStore::touch(const store::SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
                           store::StoreSink* sink) {
    inner_->touch(key, ttl_s, deadline, begin(sink));
}

void MonitoredStore::release(const store::SessionKey& key, const store::HeldLock& lock,
                             TimePoint deadline, store::StoreSink* sink) {
    inner_->release(key, lock, deadline, begin(sink));
}

void MonitoredStore::leave_hint(const store::SessionKey& key, ByteView hint, std::uint32_t ttl_s) {
    inner_->leave_hint(key, hint, ttl_s);
}

void MonitoredStore::flush() {
    inner_->flush();
}

void MonitoredStore::probe(TimePoint deadline, store::StoreSink* sink) {
    inner_->probe(deadline, begin(sink));
}

void MonitoredStore::forget(const store::StoreSink* sink) noexcept {
    for (const auto& watch : watches_)
        if (watch->sink == sink) watch->sink = nullptr;
}

store::Cas MonitoredStore::predicted_cas(record::Version version) const noexcept {
    return inner_->predicted_cas(version);
}

std::uint64_t MonitoredStore::max_payload() const noexcept {
    return inner_->max_payload();
}

}  // namespace sessmirror::pool

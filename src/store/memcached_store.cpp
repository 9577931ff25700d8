// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached_store.h"

#include <algorithm>
#include <list>
#include <utility>
#include <variant>

#include "store/explicit_cas.h"
#include "store/memcached_fetch.h"
#include "store/memcached_link.h"
#include "store/memcached_probe.h"
#include "store/memcached_put.h"
#include "store/memcached_release.h"
#include "store/memcached_touch.h"
#include "store/memcached_ttl.h"
#include "store/refused_put.h"

namespace sessmirror::store {
namespace {

net::Endpoint endpoint_of(const StoreSpec& spec) {
    return {spec.transport == Transport::Unix, spec.host, spec.port, spec.name()};
}

LinkOptions options_of(const StoreSpec& spec, const MemcachedDefaults& defaults) {
    constexpr std::uint64_t kItemHead = record::Envelope::kSize + Manifest::kSize;
    const auto own_or = [](Duration own, Duration common) {
        return own == Duration::zero() ? common : own;
    };
    return {own_or(spec.connect_timeout, defaults.connect_timeout),
            own_or(spec.io_timeout, defaults.io_timeout), defaults.polling,
            static_cast<std::size_t>(defaults.max_payload + kItemHead)};
}

class MemcachedStore final : public Store, private OperationHost, private LinkOwner {
  public:
    MemcachedStore(const StoreSpec& spec, int index, net::EventLoop& loop, net::Resolver& resolver,
                   const MemcachedDefaults& defaults)
        : index_(index),
          max_payload_(defaults.max_payload),
          loop_(loop),
          events_(defaults.events),
          link_(loop, resolver, endpoint_of(spec), options_of(spec, defaults), *this) {}

    void fetch(const FetchRequest& request, StoreSink* sink) override {
        begin<FetchOperation>(request, sink);
    }
    void put(const PutRequest& request, StoreSink* sink) override {
        if (request.payload.size() > max_payload_)
            begin<RefusedPut>(request, loop_, sink);
        else
            begin<PutOperation>(request, sink);
    }
    void touch(const SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
               StoreSink* sink) override {
        begin<TouchOperation>(key, ttl_s, deadline, sink);
    }
    void release(const SessionKey& key, const HeldLock& lock, TimePoint deadline,
                 StoreSink* sink) override {
        begin<ReleaseOperation>(key, lock, deadline, sink);
    }
    void leave_hint(const SessionKey& key, ByteView hint, std::uint32_t ttl_s) override {
        link_.packet().set({.key = hint_key(key), .ttl_s = item_ttl(ttl_s)}, hint);
        link_.send_later();
    }
    void flush() override { link_.flush(); }
    void probe(TimePoint deadline, StoreSink* sink) override {
        begin<ProbeOperation>(SessionKey{}, deadline, sink);
    }
    void forget(const StoreSink* sink) noexcept override {
        for (const Place& place : running_) place.operation->forget(sink);
    }
    Cas predicted_cas(record::Version version) const noexcept override {
        return link_.has_explicit_cas() ? cas_of(version) : 0;
    }
    std::uint64_t max_payload() const noexcept override { return max_payload_; }

  private:
    // Where an operation lives. Kept for the next one, so that a request allocates nothing for it.
    struct Place {
        std::variant<std::monostate, FetchOperation, PutOperation, RefusedPut, TouchOperation,
                     ReleaseOperation, ProbeOperation>
            memory;
        Operation* operation = nullptr;  // that is in there
    };

    template <class Kind, class... Args>
    void begin(Args&&... args) {
        if (idle_.empty()) idle_.emplace_back();
        OperationHost& host = *this;
        Place& place = idle_.front();
        place.operation = &place.memory.emplace<Kind>(host, std::forward<Args>(args)...);
        running_.splice(running_.end(), idle_, idle_.begin());
        place.operation->start();
    }
    MemcachedLink& link() noexcept override { return link_; }
    int index() const noexcept override { return index_; }
    std::optional<KnownSplit>& known_split() noexcept override { return known_split_; }
    // NOLINTNEXTLINE(bugprone-exception-escape): only what is put into a variant may throw
    void retire(Operation& operation) noexcept override {
        const auto place = std::ranges::find(running_, &operation, &Place::operation);
#if defined(__SANITIZE_ADDRESS__)
        running_.erase(place);  // a place that serves again hides who uses it after its end
#else
        place->memory = std::monostate();
        idle_.splice(idle_.begin(), running_, place);
#endif
    }
    void on_link_up() noexcept override {
        if (events_ != nullptr) events_->on_store_connected(index_);
    }
    void on_protocol_error() noexcept override {
        if (events_ != nullptr) events_->on_store_protocol_error(index_);
    }

    const int index_;
    const std::uint64_t max_payload_;
    net::EventLoop& loop_;
    StoreEvents* const events_;
    std::optional<KnownSplit> known_split_;
    std::list<Place> running_;
    std::list<Place> idle_;
    MemcachedLink link_;  // last: it is the first to go, and calls nobody when it does
};

}  // namespace

std::unique_ptr<Store> make_memcached_store(const StoreSpec& spec, int index, net::EventLoop& loop,
                                            net::Resolver& resolver,
                                            const MemcachedDefaults& defaults) {
    return std::make_unique<MemcachedStore>(spec, index, loop, resolver, defaults);
}

}  // namespace sessmirror::store

// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/wrong_policies.h"

#include <utility>

namespace sessmirror::simulation {
namespace {

constexpr std::uint32_t kLifetimeS = 600;
constexpr Duration kDeadline = milliseconds(1000);

}  // namespace

std::vector<int> NaivePolicy::all_stores() const {
    std::vector<int> all;
    for (int s = 0; s < worker_.pool->size(); ++s) all.push_back(s);
    return all;
}

void NaivePolicy::read(const store::SessionKey& key, bool, PolicyListener& listener) {
    key_ = key;
    listener_ = &listener;
    found_ = {};
    cas_.assign(static_cast<std::size_t>(worker_.pool->size()), 0);
    step_ = Step::Reading;
    ask(sources(), store::Want::Value);
}

void NaivePolicy::ask(const std::vector<int>& stores, store::Want want) {
    deadline_ = worker_.process.now() + kDeadline;
    answers_ = 0;
    pending_ = static_cast<int>(stores.size());
    for (const int store : stores)
        worker_.pool->store(store).fetch({key_, want, std::nullopt, deadline_}, this);
}

void NaivePolicy::on_fetch(int store, Result<store::FetchReply> reply) noexcept {
    --pending_;
    if (reply) {
        ++answers_;
        cas_[static_cast<std::size_t>(store)] = reply->cas;
        const auto record = record::decode(key_.text(), reply->value);
        if (record && record->envelope.version > found_.version) {
            found_.version = record->envelope.version;
            found_.found = !record->envelope.is_tombstone();
            found_.payload.assign(record->payload.begin(), record->payload.end());
        }
    } else {
        last_error_ = reply.error();
    }
    if (step_ == Step::Looking) {
        if (reply) return put(store);
        if (pending_ == 0) listener_->on_stored(answers_ > 0 ? Status(kOk) : last_error_);
        return;
    }
    if (pending_ == 0) finish_read();
}

void NaivePolicy::finish_read() {
    if (answers_ == 0) found_.outcome = last_error_;
    listener_->on_read(found_);
}

void NaivePolicy::store_everywhere(ByteView payload, std::uint8_t flags) {
    outgoing_ = {};
    outgoing_.flags = flags;
    if (!found_.version.is_none()) outgoing_.ancestors = {found_.version};
    outgoing_.version = record::next_version(found_.version, worker_.process.unix_seconds(),
                                             worker_.process.random().next());
    payload_.assign(payload.begin(), payload.end());
    if (overwrites()) {
        step_ = Step::Looking;
        return ask(all_stores(), store::Want::Version);
    }
    step_ = Step::Writing;
    deadline_ = worker_.process.now() + kDeadline;
    answers_ = 0;
    pending_ = worker_.pool->size();
    for (const int store : all_stores()) put(store);
}

void NaivePolicy::put(int store) {
    if (step_ == Step::Looking) ++pending_;
    store::PutRequest request;
    request.key = key_;
    request.header = record::encode(outgoing_, key_.text(), payload_);
    request.payload = payload_;
    request.fingerprint = record::fingerprint(outgoing_.version);
    request.version = outgoing_.version;
    request.ttl_s = kLifetimeS;
    request.expected = cas_[static_cast<std::size_t>(store)];
    request.deadline = deadline_;
    worker_.pool->store(store).put(request, this);
}

void NaivePolicy::on_put(int store, Result<store::PutReply> reply) noexcept {
    --pending_;
    if (!reply) {
        last_error_ = reply.error();
    } else if (reply->outcome == store::PutOutcome::Stored) {
        ++answers_;
    } else if (overwrites()) {
        ++pending_;
        worker_.pool->store(store).fetch({key_, store::Want::Version, std::nullopt, deadline_},
                                         this);
        return;
    }
    if (pending_ == 0) listener_->on_stored(answers_ > 0 ? Status(kOk) : last_error_);
}

void NaivePolicy::keep() {
    worker_.process.post(Duration::zero(), [this] { listener_->on_stored(kOk); });
}

void NaivePolicy::after_response() {
    static_cast<void>(worker_.pool->probe_one_due(worker_.process.now() + kDeadline));
}

}  // namespace sessmirror::simulation

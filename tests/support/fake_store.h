// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "store/store.h"

namespace sessmirror::test {

// A store that answers when, and what, the test tells it to. Keeps the sinks of pending requests in
// the order of the requests.
class FakeStore final : public store::Store {
  public:
    explicit FakeStore(int index = 0) noexcept : index_(index) {}

    void fetch(const store::FetchRequest&, store::StoreSink* sink) override { add(sink); }
    void put(const store::PutRequest&, store::StoreSink* sink) override { add(sink); }
    void touch(const store::SessionKey&, std::uint32_t, TimePoint,
               store::StoreSink* sink) override {
        add(sink);
    }
    void release(const store::SessionKey&, const store::HeldLock&, TimePoint,
                 store::StoreSink* sink) override {
        add(sink);
    }
    void leave_hint(const store::SessionKey&, ByteView, std::uint32_t) override {}
    void flush() override {}
    void probe(TimePoint, store::StoreSink* sink) override {
        ++probes;
        add(sink);
    }
    void forget(const store::StoreSink* sink) noexcept override {
        for (store::StoreSink*& waiting : pending)
            if (waiting == sink) waiting = nullptr;
        ++forgotten;
    }
    store::Cas predicted_cas(record::Version version) const noexcept override {
        return version.nonce;
    }
    std::uint64_t max_payload() const noexcept override { return 4711; }

    void answer_fetch(Result<store::FetchReply> reply) {
        if (auto* sink = take()) sink->on_fetch(index_, std::move(reply));
    }
    void answer_put(Result<store::PutReply> reply) {
        if (auto* sink = take()) sink->on_put(index_, reply);
    }
    void answer_touch(Result<store::TouchReply> reply) {
        if (auto* sink = take()) sink->on_touch(index_, reply);
    }
    void answer_release(Result<store::ReleaseReply> reply) {
        if (auto* sink = take()) sink->on_release(index_, reply);
    }
    void answer_probe(Status alive) {
        if (auto* sink = take()) sink->on_probe(index_, alive);
    }

    std::vector<store::StoreSink*> pending;
    int probes = 0;
    int forgotten = 0;

  private:
    void add(store::StoreSink* sink) { pending.push_back(sink); }
    store::StoreSink* take() {
        store::StoreSink* const first = pending.front();
        pending.erase(pending.begin());
        return first;
    }
    int index_;
};

}  // namespace sessmirror::test

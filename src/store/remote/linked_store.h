// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <utility>

#include "base/allocation.h"
#include "net/event_loop.h"
#include "store/remote/operation.h"
#include "store/remote/refused_put.h"
#include "store/remote_store.h"

namespace sessmirror::store {

// A store behind a link: each call of the interface is an operation of the engine. What is left to
// the engine is its link, which goes before the operations that it calls, its hints and its CAS.
template <class Host, class Fetch, class Put, class Touch, class Release, class Probe>
class LinkedStore : public Store, protected Host, protected LinkOwner {
  public:
    void fetch(const FetchRequest& request, StoreSink* sink) final { begin<Fetch>(request, sink); }
    void put(const PutRequest& request, StoreSink* sink) final {
        const std::size_t size = request.payload.size();
        const std::uint64_t most = max_payload();
        if (size > most)
            refuse(request, sink,
                   Error(Errc::TooLarge, "the session has %zu bytes, at most %llu can be stored",
                         size, static_cast<unsigned long long>(most)));
        else if (!try_to_allocate([&] { begin<Put>(request, sink); }))
            refuse(request, sink,
                   Error(Errc::OutOfMemory, "no memory to store a session of %zu bytes", size));
    }
    void touch(const SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
               StoreSink* sink) final {
        begin<Touch>(key, ttl_s, deadline, sink);
    }
    void release(const SessionKey& key, const HeldLock& lock, TimePoint deadline,
                 StoreSink* sink) final {
        begin<Release>(key, lock, deadline, sink);
    }
    void flush() override { this->link().flush(); }
    void probe(TimePoint deadline, StoreSink* sink) final {
        begin<Probe>(SessionKey{}, deadline, sink);
    }
    void forget(const StoreSink* sink) noexcept final { operations_.forget(sink); }
    std::uint64_t max_payload() const noexcept override { return max_payload_; }

  protected:
    LinkedStore(int index, net::EventLoop& loop, const RemoteDefaults& defaults)
        : index_(index),
          max_payload_(defaults.max_payload),
          loop_(loop),
          events_(defaults.events) {}

  private:
    template <class Kind, class... Args>
    void begin(Args&&... args) {
        operations_.template begin<Kind>(*this, std::forward<Args>(args)...);
    }
    void refuse(const PutRequest& request, StoreSink* sink, const Error& why) {
        begin<RefusedPut<Operation<Host>>>(request, why, loop_, sink);
    }
    int index() const noexcept final { return index_; }
    void retire(Operation<Host>& operation) noexcept final { operations_.retire(operation); }
    void on_link_up(const Reconnection& since) noexcept final {
        if (events_ != nullptr) events_->on_store_connected(index_, since);
    }
    void on_protocol_error() noexcept final {
        if (events_ != nullptr) events_->on_store_protocol_error(index_);
    }

    const int index_;
    const std::uint64_t max_payload_;
    net::EventLoop& loop_;
    StoreEvents* const events_;
    Operations<Host, Fetch, Put, RefusedPut<Operation<Host>>, Touch, Release, Probe> operations_;
};

}  // namespace sessmirror::store

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <utility>

#include "store/item_name.h"
#include "store/memcached_link.h"
#include "store/split_value.h"
#include "store/store.h"

namespace sessmirror::store {

class Operation;

// The item that holds a session's hint (see Store::leave_hint).
inline ItemName hint_key(const SessionKey& key) noexcept {
    return {key, ".c"};
}

// The split session that was seen last, so that the write that replaces it can delete its chunks.
struct KnownSplit {
    SessionKey key;
    Cas cas = 0;
    Manifest manifest;
};

// What operations need of the store that runs them.
class OperationHost {
  public:
    virtual MemcachedLink& link() noexcept = 0;
    virtual int index() const noexcept = 0;
    virtual std::uint64_t max_payload() const noexcept = 0;
    virtual std::optional<KnownSplit>& known_split() noexcept = 0;
    // A further operation, as Store::release().
    virtual void release(const SessionKey& key, const HeldLock& lock, TimePoint deadline,
                         StoreSink* sink) = 0;
    // Destroys the operation.
    virtual void retire(Operation& operation) noexcept = 0;

  protected:
    ~OperationHost() = default;
};

// One call of the Store interface on its way: a small state machine that sends packets until it
// can answer its sink. Owned by the host, which starts it, until retire().
//
// All operations are safe to repeat (each says why), so one that was lost with a connection which
// the store closed, as a restart does, starts over once, on a new connection.
class Operation : public LinkClient {
  public:
    Operation(OperationHost& host, const SessionKey& key, TimePoint deadline,
              StoreSink* sink) noexcept
        : host_(host), key_(key), deadline_(deadline), sink_(sink) {}
    virtual ~Operation() = default;
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

    // Sends the first packet. Called again to repeat.
    virtual void start() = 0;
    void forget(const StoreSink* sink) noexcept {
        if (sink_ == sink) sink_ = nullptr;
    }

  protected:
    void on_lost(const Error& why, bool may_repeat) noexcept final {
        if (may_repeat && !repeated_) {
            repeated_ = true;
            start();
        } else {
            fail(why);
        }
    }
    virtual void fail(const Error& why) = 0;

    // Ends the operation, then tells the sink, which may do anything. `this` is gone afterwards.
    template <class Reply>
    void answer(void (StoreSink::*tell)(int, Result<Reply>) noexcept, Result<Reply> reply) {
        StoreSink* const sink = sink_;
        const int store = host_.index();
        if (!reply) reply.error().at_store(store);
        host_.retire(*this);
        if (sink != nullptr) (sink->*tell)(store, std::move(reply));
    }
    // The store's own words, which the parser has made printable.
    [[nodiscard]] Error store_error(const wire::Reply& reply) const {
        return Error(Errc::StoreError, "%.100s: %.100s", host_.link().name().c_str(),
                     reply.text.c_str());
    }

    OperationHost& host_;
    const SessionKey key_;
    const TimePoint deadline_;
    StoreSink* sink_;
    bool repeated_ = false;
};

}  // namespace sessmirror::store

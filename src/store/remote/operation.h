// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <utility>
#include <variant>

#include "store/remote/link.h"
#include "store/store.h"

namespace sessmirror::store {

template <class Host>
class Operation;

// The payload of a put that may have to be repeated.
inline std::shared_ptr<const SharedPayload> share(const PutRequest& request) {
    if (request.shared) return request.shared;
    auto own = std::make_shared<SharedPayload>(request.payload);
    own->keep();
    return own;
}

// What operations need of the store that runs them.
template <class LinkType>
class OperationHost {
  public:
    using Link = LinkType;

    virtual Link& link() noexcept = 0;
    virtual int index() const noexcept = 0;
    virtual std::uint64_t max_payload() const noexcept = 0;
    // A further operation, as Store::release().
    virtual void release(const SessionKey& key, const HeldLock& lock, TimePoint deadline,
                         StoreSink* sink) = 0;

  protected:
    ~OperationHost() = default;
};

// One call of the Store interface on its way: a small state machine that sends packets until it
// can answer its sink. It lives in the store's Operations, which start it, until it retires.
//
// All operations are safe to repeat (each says why), so one that was lost with a connection which
// the store closed, as a restart does, starts over once, on a new connection.
template <class Host>
class Operation : public Host::Link::Client {
  public:
    using HostType = Host;
    using Reply = typename Host::Link::Reply;

    Operation(Host& host, const SessionKey& key, TimePoint deadline, StoreSink* sink) noexcept
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
    template <class Answer>
    void answer(void (StoreSink::*tell)(int, Result<Answer>) noexcept, Result<Answer> reply) {
        StoreSink* const sink = sink_;
        const int store = host_.index();
        if (!reply) reply.error().at_store(store);
        host_.retire(*this);
        if (sink != nullptr) (sink->*tell)(store, std::move(reply));
    }
    // The store's own words, which the parser has made printable.
    [[nodiscard]] Error store_error(const Reply& reply) const {
        return Error(Errc::StoreError, "%.100s: %.100s", host_.link().name().c_str(),
                     reply.text.c_str());
    }

    Host& host_;
    const SessionKey key_;
    const TimePoint deadline_;
    StoreSink* sink_;
    bool repeated_ = false;
};

// The operations of a store that are under way. Their memory is kept for the next ones, so that a
// request allocates nothing for them.
template <class Host, class... Kinds>
class Operations {
  public:
    template <class Kind, class... Args>
    void begin(Host& host, Args&&... args) {
        if (idle_.empty()) idle_.emplace_back();
        Place& place = idle_.front();
        place.operation = &place.memory.template emplace<Kind>(host, std::forward<Args>(args)...);
        running_.splice(running_.end(), idle_, idle_.begin());
        place.operation->start();
    }
    // Destroys it.
    // NOLINTNEXTLINE(bugprone-exception-escape): only what is put into a variant may throw
    void retire(Operation<Host>& operation) noexcept {
        const auto place = std::ranges::find(running_, &operation, &Place::operation);
#if defined(__SANITIZE_ADDRESS__)
        running_.erase(place);  // a place that serves again hides who uses it after its end
#else
        place->memory = std::monostate();
        idle_.splice(idle_.begin(), running_, place);
#endif
    }
    void forget(const StoreSink* sink) noexcept {
        for (const Place& place : running_) place.operation->forget(sink);
    }

  private:
    struct Place {
        std::variant<std::monostate, Kinds...> memory;
        Operation<Host>* operation = nullptr;  // that is in there
    };
    std::list<Place> running_;
    std::list<Place> idle_;
};

}  // namespace sessmirror::store

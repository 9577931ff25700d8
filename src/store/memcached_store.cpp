// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached_store.h"

#include <utility>

#include "store/endpoint.h"
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

constexpr std::uint64_t kItemHead = record::Envelope::kSize + Manifest::kSize;

class MemcachedStore final : public Store, private MemcachedHost, private LinkOwner {
  public:
    MemcachedStore(const StoreSpec& spec, int index, net::EventLoop& loop, net::Resolver& resolver,
                   const RemoteDefaults& defaults)
        : index_(index),
          max_payload_(defaults.max_payload),
          loop_(loop),
          events_(defaults.events),
          link_(loop, resolver, endpoint_of(spec), link_options_of(spec, defaults, kItemHead),
                *this) {}

    void fetch(const FetchRequest& request, StoreSink* sink) override {
        begin<FetchOperation>(request, sink);
    }
    void put(const PutRequest& request, StoreSink* sink) override {
        if (request.payload.size() > max_payload_)
            begin<RefusedPut<MemcachedOperation>>(request, loop_, sink);
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
    void forget(const StoreSink* sink) noexcept override { operations_.forget(sink); }
    Cas predicted_cas(record::Version version) const noexcept override {
        return link_.has_explicit_cas() ? cas_of(version) : 0;
    }
    std::uint64_t max_payload() const noexcept override { return max_payload_; }

  private:
    template <class Kind, class... Args>
    void begin(Args&&... args) {
        operations_.begin<Kind>(*this, std::forward<Args>(args)...);
    }
    MemcachedLink& link() noexcept override { return link_; }
    int index() const noexcept override { return index_; }
    std::optional<KnownSplit>& known_split() noexcept override { return known_split_; }
    void retire(MemcachedOperation& operation) noexcept override { operations_.retire(operation); }
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
    Operations<MemcachedHost, FetchOperation, PutOperation, RefusedPut<MemcachedOperation>,
               TouchOperation, ReleaseOperation, ProbeOperation>
        operations_;
    MemcachedLink link_;  // last: it is the first to go, and calls nobody when it does
};

}  // namespace

std::unique_ptr<Store> make_memcached_store(const StoreSpec& spec, int index, net::EventLoop& loop,
                                            net::Resolver& resolver,
                                            const RemoteDefaults& defaults) {
    return std::make_unique<MemcachedStore>(spec, index, loop, resolver, defaults);
}

}  // namespace sessmirror::store

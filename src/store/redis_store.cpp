// SPDX-License-Identifier: BSD-3-Clause
#include "store/redis_store.h"

#ifdef SESSMIRROR_WITH_REDIS

#include <utility>

#include "store/endpoint.h"
#include "store/explicit_cas.h"
#include "store/redis_fetch.h"
#include "store/redis_inventory.h"
#include "store/redis_link.h"
#include "store/redis_probe.h"
#include "store/redis_put.h"
#include "store/redis_release.h"
#include "store/redis_touch.h"
#include "store/refused_put.h"

namespace sessmirror::store {
namespace {

class RedisStore final : public Store, private RedisHost, private LinkOwner {
  public:
    RedisStore(const StoreSpec& spec, int index, net::EventLoop& loop, net::Resolver& resolver,
               const RemoteDefaults& defaults)
        : index_(index),
          max_payload_(defaults.max_payload),
          loop_(loop),
          events_(defaults.events),
          link_(loop, resolver, spec, link_options_of(spec, defaults, record::Envelope::kSize),
                *this) {}

    void fetch(const FetchRequest& request, StoreSink* sink) override {
        begin<RedisFetch>(request, sink);
    }
    void put(const PutRequest& request, StoreSink* sink) override {
        if (request.payload.size() > max_payload_)
            begin<RefusedPut<Operation<RedisHost>>>(request, loop_, sink);
        else
            begin<RedisPut>(request, sink);
    }
    void touch(const SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
               StoreSink* sink) override {
        begin<RedisTouch>(key, ttl_s, deadline, sink);
    }
    void release(const SessionKey& key, const HeldLock& lock, TimePoint deadline,
                 StoreSink* sink) override {
        begin<RedisRelease>(key, lock, deadline, sink);
    }
    void leave_hint(const SessionKey& key, ByteView hint, std::uint32_t ttl_s) override {
        wire::RespPacket& packet = link_.packet();
        packet.command(5).add("SET").add(hint_key(key)).add(as_text(hint));
        packet.add("EX").add_number(key_ttl(ttl_s));
        link_.send_later();
    }
    void flush() override { link_.flush(); }
    void probe(TimePoint deadline, StoreSink* sink) override {
        begin<RedisProbe>(SessionKey{}, deadline, sink);
    }
    void forget(const StoreSink* sink) noexcept override { operations_.forget(sink); }
    Cas predicted_cas(record::Version version) const noexcept override { return cas_of(version); }
    std::uint64_t max_payload() const noexcept override { return max_payload_; }

  private:
    template <class Kind, class... Args>
    void begin(Args&&... args) {
        operations_.begin<Kind>(*this, std::forward<Args>(args)...);
    }
    RedisLink& link() noexcept override { return link_; }
    int index() const noexcept override { return index_; }
    void retire(Operation<RedisHost>& operation) noexcept override {
        operations_.retire(operation);
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
    Operations<RedisHost, RedisFetch, RedisPut, RefusedPut<Operation<RedisHost>>, RedisTouch,
               RedisRelease, RedisProbe>
        operations_;
    RedisLink link_;  // last: it is the first to go, and calls nobody when it does
};

}  // namespace

const char* redis_library() noexcept {
    return wire::RespParser::library_version();
}

bool has_redis_store() noexcept {
    return true;
}

std::unique_ptr<Store> make_redis_store(const StoreSpec& spec, int index, net::EventLoop& loop,
                                        net::Resolver& resolver, const RemoteDefaults& defaults) {
    return std::make_unique<RedisStore>(spec, index, loop, resolver, defaults);
}

std::unique_ptr<Inventory> make_redis_inventory(const StoreSpec& spec, net::EventLoop& loop,
                                                net::Resolver& resolver) {
    return std::make_unique<RedisInventory>(spec, loop, resolver);
}

}  // namespace sessmirror::store

#else

namespace sessmirror::store {

const char* redis_library() noexcept {
    return "not built in";
}

bool has_redis_store() noexcept {
    return false;
}

std::unique_ptr<Store> make_redis_store(const StoreSpec& /*spec*/, int /*index*/,
                                        net::EventLoop& /*loop*/, net::Resolver& /*resolver*/,
                                        const RemoteDefaults& /*defaults*/) {
    return nullptr;
}

std::unique_ptr<Inventory> make_redis_inventory(const StoreSpec& /*spec*/, net::EventLoop& /*loop*/,
                                                net::Resolver& /*resolver*/) {
    return nullptr;
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS

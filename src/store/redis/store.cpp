// SPDX-License-Identifier: BSD-3-Clause
#include "store/redis/store.h"

#ifdef SESSMIRROR_WITH_REDIS

#include "store/explicit_cas.h"
#include "store/redis/fetch.h"
#include "store/redis/link.h"
#include "store/redis/names.h"
#include "store/redis/probe.h"
#include "store/redis/put.h"
#include "store/redis/release.h"
#include "store/redis/touch.h"
#include "store/remote/endpoint.h"
#include "store/remote/linked_store.h"

namespace sessmirror::store {
namespace {

using RedisBase =
    LinkedStore<RedisHost, RedisFetch, RedisPut, RedisTouch, RedisRelease, RedisProbe>;

class RedisStore final : public RedisBase {
  public:
    RedisStore(const StoreSpec& spec, int index, net::EventLoop& loop, net::Resolver& resolver,
               const RemoteDefaults& defaults)
        : RedisBase(index, loop, defaults),
          link_(loop, resolver, spec, link_options_of(spec, defaults, record::Envelope::kMost),
                *this) {}

    void leave_hint(const SessionKey& key, ByteView hint, std::uint32_t ttl_s) override {
        wire::RespPacket& packet = link_.packet();
        packet.command(5).add("SET").add(redis_hint_key(key)).add(as_text(hint));
        packet.add("EX").add_number(key_ttl(ttl_s));
        link_.send_later();
    }
    Cas predicted_cas(record::Version version) const noexcept override { return cas_of(version); }

  private:
    RedisLink& link() noexcept override { return link_; }

    RedisLink link_;
};

}  // namespace

std::unique_ptr<Store> make_redis_store(const StoreSpec& spec, int index, net::EventLoop& loop,
                                        net::Resolver& resolver, const RemoteDefaults& defaults) {
    return std::make_unique<RedisStore>(spec, index, loop, resolver, defaults);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS

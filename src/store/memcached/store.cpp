// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/store.h"

#include <optional>

#include "store/explicit_cas.h"
#include "store/memcached/engine.h"
#include "store/memcached/fetch.h"
#include "store/memcached/link.h"
#include "store/memcached/probe.h"
#include "store/memcached/put.h"
#include "store/memcached/release.h"
#include "store/memcached/touch.h"
#include "store/memcached/ttl.h"
#include "store/remote/endpoint.h"
#include "store/remote/linked_store.h"

namespace sessmirror::store {
namespace {

constexpr std::uint64_t kItemHead = record::Envelope::kMost + Manifest::kSize;

using MemcachedBase = LinkedStore<MemcachedHost, FetchOperation, PutOperation, TouchOperation,
                                  ReleaseOperation, ProbeOperation>;

std::optional<wire::Dialect> wanted_dialect(const StoreSpec& spec) noexcept {
    const std::string_view wanted = spec.own.text(kMemcachedProtocol);
    if (wanted == "auto") return std::nullopt;
    return wanted == "classic" ? wire::Dialect::Classic : wire::Dialect::Meta;
}

class MemcachedStore final : public MemcachedBase {
  public:
    MemcachedStore(const StoreSpec& spec, int index, net::EventLoop& loop, net::Resolver& resolver,
                   const RemoteDefaults& defaults)
        : MemcachedBase(index, loop, defaults),
          link_(loop, resolver, endpoint_of(spec), link_options_of(spec, defaults, kItemHead),
                *this, wanted_dialect(spec)) {}

    void leave_hint(const SessionKey& key, ByteView hint, std::uint32_t ttl_s) override {
        link_.packet().set({.key = hint_key(key), .ttl_s = item_ttl(ttl_s, link_.unix_seconds())},
                           hint);
        link_.send_later();
    }
    Cas predicted_cas(record::Version version) const noexcept override {
        return link_.has_explicit_cas() ? cas_of(version) : 0;
    }

  private:
    MemcachedLink& link() noexcept override { return link_; }
    std::optional<KnownSplit>& known_split() noexcept override { return known_split_; }

    std::optional<KnownSplit> known_split_;
    MemcachedLink link_;
};

}  // namespace

std::unique_ptr<Store> make_memcached_store(const StoreSpec& spec, int index, net::EventLoop& loop,
                                            net::Resolver& resolver,
                                            const RemoteDefaults& defaults) {
    return std::make_unique<MemcachedStore>(spec, index, loop, resolver, defaults);
}

}  // namespace sessmirror::store

// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/store.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include <algorithm>

#include "store/explicit_cas.h"
#include "store/mysql/fetch.h"
#include "store/mysql/link.h"
#include "store/mysql/probe.h"
#include "store/mysql/put.h"
#include "store/mysql/release.h"
#include "store/mysql/sweep.h"
#include "store/mysql/touch.h"
#include "store/remote/linked_store.h"

namespace sessmirror::store {
namespace {

using MysqlBase =
    LinkedStore<MysqlHost, MysqlFetch, MysqlPut, MysqlTouch, MysqlRelease, MysqlProbe>;

LinkOptions options_of(const RemoteDefaults& defaults) {
    return {defaults.connect_timeout, defaults.io_timeout, defaults.polling,
            static_cast<std::size_t>(defaults.max_payload + record::Envelope::kMost)};
}

class MysqlStore final : public MysqlBase {
  public:
    MysqlStore(const MysqlTarget& target, int index, net::EventLoop& loop, net::Resolver& resolver,
               const RemoteDefaults& defaults)
        : MysqlBase(index, loop, defaults),
          link_(loop, resolver, target, options_of(defaults), *this),
          sweep_(link_) {}

    void leave_hint(const SessionKey& key, ByteView hint, std::uint32_t ttl_s) override {
        Sql sql;
        link_.table().leave_hint(sql, key, hint, ttl_s);
        link_.send_later(sql);
    }
    void flush() override {
        link_.flush();
        sweep_.step();
    }
    Cas predicted_cas(record::Version version) const noexcept override { return cas_of(version); }

    // A quote takes two bytes of a packet, and one byte in 256 is a quote where bytes are random,
    // as those of compressed sessions. What has more of them is refused by its true size.
    std::uint64_t max_payload() const noexcept override {
        constexpr std::uint64_t kStatement = 4096;
        constexpr std::uint64_t kOneQuoteIn = 128;
        const std::uint64_t configured = MysqlBase::max_payload();
        const auto packet = link_.max_packet();
        if (!packet) return configured;
        const std::uint64_t room = *packet - std::min(*packet, kStatement);
        return std::min(configured, room - room / kOneQuoteIn);
    }

  private:
    MysqlLink& link() noexcept override { return link_; }

    MysqlLink link_;
    MysqlSweep sweep_;
};

}  // namespace

std::unique_ptr<Store> make_mysql_store(const MysqlTarget& target, int index, net::EventLoop& loop,
                                        net::Resolver& resolver, const RemoteDefaults& defaults) {
    return std::make_unique<MysqlStore>(target, index, loop, resolver, defaults);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "migration/classic_answer.h"
#include "migration/exchange.h"
#include "migration/old_place.h"
#include "migration/place_list.h"

namespace sessmirror::migration {

// A memcached with sessions of one of two handlers. Of several servers each is a place of its own:
// how the handler spreads its sessions over them does not matter then.
//     memcached   key: prefix ("memc.sess.key.") and id; value: the content; flags 0
//                 lock: prefix, "lock." and id, added; deleted at the end
//     memcache    key: prefix (none) and id; value: the content with flags 0, or a zlib stream of
//                 it with flags 2
//                 lock: that key and ".lock", a number with flags 768 that the holder has raised
//                 from 0 to 1; set to 0 at the end
// Other flags belong to values that neither handler has stored: objects of the class Memcached,
// serialized or packed with fastlz. They are refused with Errc::Unreadable. A mark is kept under
// the key of its session and ".sm".
class MemcachedPlace final : public OldPlace {
  public:
    // Loop and resolver outlive this.
    MemcachedPlace(const PlaceSpec& spec, net::EventLoop& loop, net::Resolver& resolver,
                   Patience patience, std::uint64_t max_bytes);

    [[nodiscard]] const std::string& name() const noexcept override { return name_; }
    Result<OldState> read(std::string_view id, std::uint32_t lifetime_s, Held held,
                          TimePoint deadline) override;
    Status write(std::string_view id, ByteView content, std::uint32_t lifetime_s, Held held,
                 TimePoint deadline) override;
    Result<bool> touch(std::string_view id, std::uint32_t lifetime_s, TimePoint deadline) override;
    Status erase(std::string_view id, TimePoint deadline) override;
    Result<Lock> try_lock(std::string_view id, std::uint32_t lease_s, TimePoint deadline) override;
    Status unlock(std::string_view id, const Lock& lock, TimePoint deadline) override;

  private:
    [[nodiscard]] std::string key_of(std::string_view id) const;
    [[nodiscard]] std::string lock_key_of(std::string_view id) const;
    [[nodiscard]] bool has_key_for(std::string_view id) const;
    [[nodiscard]] std::string expiry(std::uint32_t lifetime_s) const;
    [[nodiscard]] ClassicAnswer answer_to(int commands) const {
        return {name_, commands, max_bytes_};
    }
    // One command, or several that end with the last line of its answer.
    Result<std::string> ask(const std::string& request, int commands, TimePoint deadline);
    Status set(const std::string& key, ByteView value, std::uint32_t lifetime_s,
               TimePoint deadline);
    Result<Bytes> unpacked(std::uint32_t flags, Bytes&& data) const;
    [[nodiscard]] Error unexpected(const std::string& line) const noexcept;

    const std::string name_;
    const std::string prefix_;
    const bool is_memcache_;
    const std::uint64_t max_bytes_;
    net::EventLoop& loop_;
    Exchange exchange_;
};

}  // namespace sessmirror::migration

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "migration/place_set.h"

namespace sessmirror::migration {

// Keeps the sessions of this site in the old handler's places as well (sessmirror.export), for the
// web servers that still use it, and tells what those have done.
//
// Each place is told what was exported to it last, by a mark beside the session:
//     session        mark                  an old host ...
//     equals ours    any                   has nothing that we lack
//     other          fits the session      has written nothing: the place is behind
//     other          does not fit          has written it since: news
//     other          missing               unknown; nothing was exported yet, so ours is newer
//     none           there                 has ended the session: news
//     none           missing               unknown: the place has lost it, or never had it
class Exporter {
  public:
    // nullptr for an empty list. Errc::BadConfig names the entry that cannot be used.
    static Result<std::unique_ptr<Exporter>> make(std::string_view list,
                                                  const Surroundings& surroundings);
    Exporter(PlaceSet places, const Surroundings& around) noexcept
        : loop_(around.loop), page_(around.page), places_(std::move(places)) {}

    // The old handler's locks of one session, for each place; empty: none.
    using Locks = std::vector<OldPlace::Lock>;
    // Waits for as long as somebody else holds one, until the limit; fails then, and holds none. A
    // place that cannot be asked is done without.
    Result<Locks> lock(std::string_view id, std::uint32_t lease_s, TimePoint limit);
    void unlock(std::string_view id, const Locks& locks, TimePoint deadline);

    struct News {
        bool has_ended = false;
        std::optional<Bytes> content;  // that an old host has written
    };
    // Compares with what the stores of this site have, which lives for `lifetime_s`, and brings
    // places that are behind up to date.
    News look(std::string_view id, ByteView ours, std::uint32_t lifetime_s, Held held,
              TimePoint deadline);

    // What fails is counted and told.
    void write(std::string_view id, ByteView content, std::uint32_t lifetime_s, Held held,
               TimePoint deadline);
    void touch(std::string_view id, ByteView content, std::uint32_t lifetime_s, Held held,
               TimePoint deadline);
    void erase(std::string_view id, TimePoint deadline);

  private:
    Result<OldPlace::Lock> wait_for(OldPlace& place, std::string_view id, std::uint32_t lease_s,
                                    TimePoint limit);
    Status export_to(OldPlace& place, std::string_view id, ByteView content,
                     std::uint32_t lifetime_s, Held held, TimePoint deadline);

    net::EventLoop& loop_;
    pool::HostPage& page_;
    PlaceSet places_;
};

}  // namespace sessmirror::migration

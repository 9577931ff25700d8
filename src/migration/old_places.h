// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "migration/place_set.h"

namespace sessmirror::migration {

// Where sessions may be that this site's stores do not know: the list of sessmirror.import.
class OldPlaces {
  public:
    // nullptr for an empty list. Errc::BadConfig names the entry that cannot be used.
    static Result<std::unique_ptr<OldPlaces>> make(std::string_view list,
                                                   const Surroundings& surroundings);
    explicit OldPlaces(PlaceSet places) noexcept : places_(std::move(places)) {}

    // Asks one place after the other, by the deadline. nullopt: none of them has the session, or
    // what one has cannot be used and never will. Fails when a place that may have it could not be
    // asked: the session must not be begun anew then. Accepts any id.
    Result<std::optional<OldSession>> find(std::string_view id, std::uint32_t lifetime_s, Held held,
                                           TimePoint deadline);
    // What was found cannot be stored here.
    void note_refused(const Error& why) noexcept { places_.note(why); }
    // Of a session that has ended. Accepts any id.
    void erase(std::string_view id, TimePoint deadline);

  private:
    PlaceSet places_;
};

}  // namespace sessmirror::migration

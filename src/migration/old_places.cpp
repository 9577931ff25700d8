// SPDX-License-Identifier: BSD-3-Clause
#include "migration/old_places.h"

namespace sessmirror::migration {
namespace {

// Whether another try may be better. What a place has and nobody can use counts as not there.
bool may_pass(Errc code) noexcept {
    return code != Errc::TooLarge && code != Errc::Corrupt && code != Errc::Unreadable;
}

}  // namespace

Result<std::unique_ptr<OldPlaces>> OldPlaces::make(std::string_view list,
                                                   const Surroundings& surroundings) {
    auto places = PlaceSet::make(PlaceSet::Directive::Import, list, surroundings);
    if (!places) return places.error();
    if (places->is_empty()) return std::unique_ptr<OldPlaces>();
    return std::make_unique<OldPlaces>(std::move(*places));
}

Result<std::optional<OldSession>> OldPlaces::find(std::string_view id, std::uint32_t lifetime_s,
                                                  Held held, TimePoint deadline) {
    using Found = std::optional<OldSession>;
    if (!is_old_id(id)) return Found();
    Status unasked = kOk;
    for (PlaceSet::Member& member : places_.members()) {
        if (places_.is_left_alone(member)) {
            unasked = member.last;
            continue;
        }
        auto state = member.place->read(id, lifetime_s, held, deadline);
        if (state && state->session) return std::move(state->session);
        if (state) continue;
        places_.note(member, state.error());
        if (may_pass(state.error().code)) unasked = state.error();
    }
    if (!unasked) return unasked.error();
    return Found();
}

void OldPlaces::erase(std::string_view id, TimePoint deadline) {
    if (is_old_id(id)) places_.each([&](OldPlace& place) { return place.erase(id, deadline); });
}

}  // namespace sessmirror::migration

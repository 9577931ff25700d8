// SPDX-License-Identifier: BSD-3-Clause
#include "migration/exporter.h"

#include <algorithm>

namespace sessmirror::migration {
namespace {

constexpr Duration kFirstPause = milliseconds(2);
constexpr Duration kLongestPause = milliseconds(50);
constexpr Duration kTry = milliseconds(1000);  // longer than a place is waited for

}  // namespace

Result<std::unique_ptr<Exporter>> Exporter::make(std::string_view list,
                                                 const Surroundings& surroundings) {
    auto places = PlaceSet::make(PlaceSet::Directive::Export, list, surroundings);
    if (!places) return places.error();
    if (places->is_empty()) return std::unique_ptr<Exporter>();
    return std::make_unique<Exporter>(std::move(*places), surroundings);
}

Result<OldPlace::Lock> Exporter::wait_for(OldPlace& place, std::string_view id,
                                          std::uint32_t lease_s, TimePoint limit) {
    for (Duration pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
        // The last try begins at the limit.
        auto lock = place.try_lock(id, lease_s, limit + kTry);
        if (!lock || lock->is_held) return lock;
        if (loop_.now() >= limit)
            return Error(Errc::LockTimeout,
                         "%.120s: a page of the old handler holds the session's lock",
                         place.name().c_str());
        const bool never = false;
        loop_.run_until(never, std::min(limit, loop_.now() + pause));
    }
}

// In the order of the list, which is the same on all hosts.
Result<Exporter::Locks> Exporter::lock(std::string_view id, std::uint32_t lease_s,
                                       TimePoint limit) {
    Locks locks;
    if (!is_old_id(id)) return locks;
    for (PlaceSet::Member& member : places_.members()) {
        locks.emplace_back();
        if (places_.is_left_alone(member)) continue;
        const auto lock = wait_for(*member.place, id, lease_s, limit);
        if (lock) {
            locks.back() = *lock;
            continue;
        }
        places_.note(member, lock.error());
        if (lock.error().code != Errc::LockTimeout) continue;
        unlock(id, locks, loop_.now() + kLongestPause);
        return lock.error();
    }
    return locks;
}

void Exporter::unlock(std::string_view id, const Locks& locks, TimePoint deadline) {
    auto& members = places_.members();
    for (std::size_t i = 0; i < std::min(locks.size(), members.size()); ++i) {
        if (!locks[i].is_held) continue;
        const Status done = members[i].place->unlock(id, locks[i], deadline);
        if (!done) places_.note(members[i], done.error());
    }
}

Exporter::News Exporter::look(std::string_view id, ByteView ours, std::uint32_t lifetime_s,
                              Held held, TimePoint deadline) {
    News news;
    if (!is_old_id(id)) return news;
    places_.each([&](OldPlace& place) -> Status {
        auto state = place.read(id, lifetime_s, held, deadline);
        if (!state) return state.error();
        if (!state->session) {
            news.has_ended |= state->mark.has_value();
            return state->mark ? Status(kOk)
                               : export_to(place, id, ours, lifetime_s, held, deadline);
        }
        const ByteView theirs = state->session->content;
        const bool is_equal = std::ranges::equal(theirs, ours);
        const bool is_marked = state->mark == mark_of(theirs);
        if (is_equal && is_marked) return kOk;
        const bool is_news = !is_equal && state->mark && !is_marked;
        if (!is_news) return export_to(place, id, ours, lifetime_s, held, deadline);
        if (!news.content) news.content = std::move(state->session->content);
        return kOk;
    });
    return news;
}

Status Exporter::export_to(OldPlace& place, std::string_view id, ByteView content,
                           std::uint32_t lifetime_s, Held held, TimePoint deadline) {
    const Status stored = place.write(id, content, lifetime_s, held, deadline);
    if (stored) page_.count(pool::Counter::Exported);
    return stored;
}

void Exporter::write(std::string_view id, ByteView content, std::uint32_t lifetime_s, Held held,
                     TimePoint deadline) {
    if (!is_old_id(id)) return;
    places_.each(
        [&](OldPlace& place) { return export_to(place, id, content, lifetime_s, held, deadline); });
}

void Exporter::touch(std::string_view id, ByteView content, std::uint32_t lifetime_s, Held held,
                     TimePoint deadline) {
    if (!is_old_id(id)) return;
    places_.each([&](OldPlace& place) -> Status {
        const auto touched = place.touch(id, lifetime_s, deadline);
        if (!touched) return touched.error();
        return *touched ? Status(kOk) : export_to(place, id, content, lifetime_s, held, deadline);
    });
}

void Exporter::erase(std::string_view id, TimePoint deadline) {
    if (is_old_id(id)) places_.each([&](OldPlace& place) { return place.erase(id, deadline); });
}

}  // namespace sessmirror::migration

// SPDX-License-Identifier: BSD-3-Clause
#include "record/merge.h"

#include <algorithm>

namespace sessmirror::record {
namespace {

// One key on one side; nullptr where the session does not have it.
bool is_same(const Entry* a, const Entry* b) {
    if (a == nullptr || b == nullptr) return a == b;
    return same_value(*a, *b);
}

}  // namespace

Merge three_way_merge(Serialization form, std::string_view base_payload,
                      std::string_view my_payload, std::string_view their_payload,
                      std::span<const std::string> protected_keys) {
    Merge merge;
    const auto base = SessionEntries::split(form, base_payload);
    const auto mine = SessionEntries::split(form, my_payload);
    const auto theirs = SessionEntries::split(form, their_payload);
    if (!base || !mine || !theirs) return merge;

    const auto choose = [&](std::string_view name, const Entry* my, const Entry* their) {
        const Entry* const old = base->find(name);
        if (is_same(my, old)) return their;
        if (is_same(their, old)) return my;
        ++merge.collisions;
        return std::ranges::find(protected_keys, name) == protected_keys.end() ? my : their;
    };

    SessionWriter writer(form);
    const auto add = [&](const Entry* entry) {
        if (entry != nullptr) writer.add(*entry);
    };
    for (const Entry& their : theirs->all())
        add(choose(their.name, mine->find(their.name), &their));
    for (const Entry& my : mine->all())
        if (theirs->find(my.name) == nullptr) add(choose(my.name, &my, nullptr));
    // Removed by both: no side shows the key any more.
    for (const Entry& old : base->all())
        if (mine->find(old.name) == nullptr && theirs->find(old.name) == nullptr)
            (void)choose(old.name, nullptr, nullptr);

    merge.outcome = Merge::Outcome::Merged;
    merge.payload = writer.finish();
    return merge;
}

}  // namespace sessmirror::record

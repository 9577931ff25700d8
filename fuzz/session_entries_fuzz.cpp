// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a session's payload, in the form that the first byte chooses. What can be taken
// apart can be put together again, in any order, and taken apart again, with the same values.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "record/merge.h"
#include "record/session_entries.h"

using namespace sessmirror::record;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::string backwards(Serialization form, const SessionEntries& entries) {
    SessionWriter writer(form);
    const auto& all = entries.all();
    std::for_each(all.rbegin(), all.rend(), [&](const Entry& entry) { writer.add(entry); });
    return writer.finish();
}

void require_same(const SessionEntries& a, const SessionEntries& b) {
    require(a.all().size() == b.all().size());
    for (const Entry& entry : a.all()) {
        const Entry* const twin = b.find(entry.name);
        require(twin != nullptr && same_value(entry, *twin));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto form = static_cast<Serialization>(data[0] % 5);
    const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);

    const auto entries = SessionEntries::split(form, payload);
    const Merge merge = three_way_merge(form, payload, payload, payload);
    require(entries.has_value() == (merge.outcome == Merge::Outcome::Merged));
    if (!entries) return 0;
    require(merge.collisions == 0);

    const std::string turned = backwards(form, *entries);
    const auto again = SessionEntries::split(form, turned);
    require(again.has_value());
    require_same(*entries, *again);
    const Merge into_nothing = three_way_merge(form, {}, turned, payload);
    require(into_nothing.outcome == Merge::Outcome::Merged);
    const auto merged = SessionEntries::split(form, into_nothing.payload);
    require(merged.has_value());
    require_same(*entries, *merged);
    return 0;
}

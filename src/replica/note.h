// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "replica/operation.h"
#include "store/session_key.h"

namespace sessmirror::replica {

// What web hosts tell each other through the stores: a line of text under a key of its own, stored
// as a session's payload is. Longer text is cut by whoever writes it.
struct NoteText {
    std::array<char, 128> bytes{};
    [[nodiscard]] std::string_view view() const noexcept { return bytes.data(); }
};

// `expected` as in store::PutRequest. `text` outlives the call of Store::put().
store::PutRequest put_note(const Environment& env, const store::SessionKey& key,
                           const NoteText& text, std::uint32_t ttl_s, store::Cas expected,
                           TimePoint deadline) noexcept;

// Points into the reply. nullopt where there is no note, or none that can be read.
std::optional<std::string_view> read_note(const store::SessionKey& key,
                                          const store::FetchReply& reply) noexcept;

}  // namespace sessmirror::replica

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "wire/command_buffer.h"
#include "wire/dialect.h"

namespace sessmirror::wire {

// Commands of memcached, as they are used here. Every one is answered by exactly one reply: quiet
// mode is not used, because a reply that may be absent cannot be told from one that is late. Keys
// are not checked: they are made from hashes, see store/session_key.h.
//
// The classic dialect has less to say, so of a command in it
//   - the answer to a get is always value, CAS and client flags; none tells a lifetime;
//   - a get that touches does nothing else, and its answer is Done or NotFound;
//   - the answer to a set tells no CAS;
//   - a deletion that compares leaves an item that has expired already, since only `cas` compares.

struct MetaGet {
    std::string_view key;
    bool value = false;
    bool cas = false;
    bool client_flags = false;
    bool ttl = false;
    std::optional<std::uint32_t> touch_s = std::nullopt;  // set the remaining lifetime as well
};

enum class SetMode : std::uint8_t { Set, Add, Append };

struct MetaSet {
    std::string_view key;
    SetMode mode = SetMode::Set;
    std::optional<std::uint32_t> ttl_s = std::nullopt;
    std::optional<std::uint32_t> client_flags = std::nullopt;
    std::uint64_t compare = 0;       // 0: no comparison
    std::uint64_t explicit_cas = 0;  // 0: the server chooses. Needs memcached 1.6.27
    bool return_cas = false;
};

struct MetaDelete {
    std::string_view key;
    std::uint64_t compare = 0;  // 0: no comparison
};

// A packet of them. In the meta dialect the server repeats the opaque made of a command's number in
// its reply; `version`, `mn` and `stats` have none in any release that has to be supported, but
// they take part in the numbering.
class Packet final : public CommandBuffer {
  public:
    // Of a command's number the last digits: sent both ways with every command, however long the
    // connection lasts. Replies belong to commands by their order, so opaques may come again.
    static constexpr std::uint32_t opaque_of(std::uint32_t number) noexcept {
        return number % 1000;
    }

    explicit Packet(std::uint32_t first, Dialect dialect = Dialect::Meta) noexcept
        : CommandBuffer(first), dialect_(dialect) {}

    // From the next command on.
    void speak(Dialect dialect) noexcept { dialect_ = dialect; }

    void get(const MetaGet& command);
    // The value is `head` followed by `tail`.
    void set(const MetaSet& command, ByteView head, ByteView tail = {});
    void erase(const MetaDelete& command);
    void no_op();
    void stats_settings();

  private:
    void command(std::string_view word, std::string_view key);
    void flag(char flag, std::uint64_t value);
    void opaque();
    void end_line();
    void set_meta(const MetaSet& command, std::size_t size);
    void get_classic(const MetaGet& command);
    void set_classic(const MetaSet& command, std::size_t size);
    void erase_classic(const MetaDelete& command);
    void argument(std::uint64_t value);

    Dialect dialect_;
};

}  // namespace sessmirror::wire

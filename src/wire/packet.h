// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace sessmirror::wire {

// Meta commands of memcached, as they are used here. Every one is answered by exactly one reply:
// quiet mode is not used, because a reply that may be absent cannot be told from one that is late.
// Keys are not checked: they are made from hashes, see store/session_key.h.

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

// Commands to be sent together. Large values are referenced, not copied: they must outlive the
// packet, its clear() or its keep(). Commands are numbered from `first` upwards, and the server
// repeats the opaque made of the number in its reply; `version`, `mn` and `stats` have none in any
// release that has to be supported, but they take part in the numbering. To be used again and
// again: its memory stays, within bounds.
class Packet {
  public:
    // Of a command's number the last digits: sent both ways with every command, however long the
    // connection lasts. Replies belong to commands by their order, so opaques may come again.
    static constexpr std::uint32_t opaque_of(std::uint32_t number) noexcept {
        return number % 1000;
    }

    explicit Packet(std::uint32_t first) noexcept : first_(first) {}

    void get(const MetaGet& command);
    // The value is `head` followed by `tail`.
    void set(const MetaSet& command, ByteView head, ByteView tail = {});
    void erase(const MetaDelete& command);
    void no_op();
    void version();
    void stats_settings();

    [[nodiscard]] std::uint32_t commands() const noexcept { return commands_; }
    // The number of the next command.
    [[nodiscard]] std::uint32_t next() const noexcept { return first_ + commands_; }
    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }  // of what it holds
    // In sending order; valid until the packet changes or ends.
    [[nodiscard]] std::span<const ByteView> pieces();
    // From now on no value outside is referred to.
    void keep();
    // No commands; the numbering goes on.
    void clear() noexcept;

  private:
    void command(std::string_view word, std::string_view key);
    void number(char flag, std::uint64_t value);
    void opaque();
    void data(ByteView bytes);

    static constexpr std::size_t kKeepCapacity = 16 * 1024;
    // Values up to this size are copied between their commands: cheaper than another piece.
    static constexpr std::size_t kCopyBelow = 512;
    struct External {
        std::size_t after;  // position in text_ behind which it belongs
        ByteView bytes;
    };
    std::uint32_t first_;
    std::uint32_t commands_ = 0;
    std::string text_;
    std::vector<External> external_;
    std::vector<ByteView> pieces_;
};

}  // namespace sessmirror::wire

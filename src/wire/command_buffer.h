// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace sessmirror::wire {

// Commands to be sent together, whatever the protocol. Large values are referenced, not copied:
// they must outlive the buffer, its clear() or its keep(). Commands are numbered from `first`
// upwards. To be used again and again: its memory stays, within bounds.
class CommandBuffer {
  public:
    [[nodiscard]] std::uint32_t commands() const noexcept { return commands_; }
    // The number of the next command.
    [[nodiscard]] std::uint32_t next() const noexcept { return first_ + commands_; }
    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }  // of what it holds
    // In sending order; valid until the buffer changes or ends.
    [[nodiscard]] std::span<const ByteView> pieces();
    // From now on no value outside is referred to.
    void keep();
    // No commands; the numbering goes on.
    void clear() noexcept;

  protected:
    explicit CommandBuffer(std::uint32_t first) noexcept : first_(first) {}

    [[nodiscard]] std::string& text() noexcept { return text_; }
    // In one piece with what stands before it, of kMaxBefore at most: a packet has many of them.
    void number(std::uint64_t value, std::string_view before = {});
    void data(ByteView bytes);
    void count_command() noexcept { ++commands_; }

  private:
    static constexpr std::size_t kKeepCapacity = 16 * 1024;
    // Values up to this size are copied between their commands: cheaper than another piece.
    static constexpr std::size_t kCopyBelow = 512;
    static constexpr std::size_t kMaxBefore = 4;
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

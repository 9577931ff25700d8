// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "migration/exchange.h"

namespace sessmirror::migration {

// The answer to commands of memcached's classic protocol, which servers of any age, proxies and
// repcached speak: for each command any number of values, and a line.
class ClassicAnswer final : public Answer {
  public:
    struct Value {
        std::string key;
        std::uint32_t flags = 0;
        Bytes data;
    };

    // To so many commands; values of more than `max_value` bytes are refused with Errc::TooLarge.
    // `name` is the server's, for messages.
    ClassicAnswer(const std::string& name, int commands, std::uint64_t max_value)
        : name_(name), commands_(commands), max_value_(max_value) {}

    void begin(bool has_greeting) override;
    Result<bool> take(ByteView bytes) override;
    [[nodiscard]] bool has_begun() const noexcept override {
        return !values_.empty() || !lines_.empty() || !buffer_.empty();
    }

    // What came before the lines.
    [[nodiscard]] std::vector<Value>& values() noexcept { return values_; }
    // One for each command: "END", "STORED".
    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }

  private:
    static constexpr std::size_t kLongestLine = 1024;
    static constexpr std::size_t kMostValues = 8;

    // How much of the text is dealt with; 0: more has to come.
    Result<std::size_t> take_one(std::string_view text);
    Result<std::size_t> take_value(std::string_view line, std::string_view text);
    [[nodiscard]] Error nonsense() const noexcept;

    const std::string& name_;
    const int commands_;
    const std::uint64_t max_value_;
    std::string buffer_;
    std::vector<Value> values_;
    std::vector<std::string> lines_;
};

}  // namespace sessmirror::migration

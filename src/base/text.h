// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sessmirror {

// Foreign text made fit for a message: in double quotes, cut to about kMax characters ("..." marks
// the cut), everything but printable ASCII as \xNN, so that it can break neither a line of a log
// nor the limit of Error::detail. Masking secrets is the caller's work.
class Quoted {
  public:
    static constexpr std::size_t kMax = 60;

    explicit Quoted(std::string_view text, std::size_t max = kMax) noexcept;
    [[nodiscard]] const char* c_str() const noexcept { return text_.data(); }

  private:
    std::array<char, kMax + 10> text_{};
};

// ASCII only, whatever the locale: names of hosts and of settings.
std::string lower_case(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

// %XX becomes the byte; nullopt where a '%' has no two hexadecimal digits behind it.
std::optional<std::string> percent_decoded(std::string_view text);

// Decimal digits and nothing else, in [min, max]; nullopt otherwise.
std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t min,
                                          std::uint32_t max) noexcept;

}  // namespace sessmirror

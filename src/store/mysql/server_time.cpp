// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/server_time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace sessmirror::store {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kLatest = std::int64_t{1} << 40;  // seconds, far beyond any clock

}  // namespace

void ServerTime::note(std::string_view told, TimePoint now) noexcept {
    const char* const end = told.data() + told.size();
    std::int64_t seconds = 0;
    const auto [point, code] = std::from_chars(told.data(), end, seconds);
    if (code != std::errc() || seconds <= 0 || seconds > kLatest) return;
    std::int64_t ms = seconds * kMsPerSecond;
    if (point != end && *point == '.') {
        std::int64_t weight = kMsPerSecond / 10;
        for (const char* at = point + 1; at != end && *at >= '0' && *at <= '9'; ++at) {
            ms += weight * (*at - '0');
            weight /= 10;
        }
    }
    ms_ = ms;
    noted_ = now;
    is_known_ = true;
}

std::string ServerTime::at(TimePoint moment) const {
    const std::int64_t ms = ms_ + std::chrono::floor<milliseconds>(moment - noted_).count();
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%lld.%03lld",
                  static_cast<long long>(ms / kMsPerSecond),
                  static_cast<long long>(ms % kMsPerSecond));
    return text.data();
}

}  // namespace sessmirror::store

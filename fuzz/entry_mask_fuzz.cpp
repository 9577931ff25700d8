// SPDX-License-Identifier: BSD-3-Clause
// Any text around an entry with a password, in each notation that has one: no entry is shown with
// the password, whatever stands before and behind it. The first byte chooses the notation.
#include "pool/entry_mask.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sessmirror;

namespace {

constexpr std::string_view kPassword = "Hush7Xq";
constexpr std::array<std::string_view, 6> kNotations = {
    "redis://me:Hush7Xq@host:6379",           "redis://:Hush7Xq@host/2",
    "tcp://host:6379?auth=Hush7Xq",           "host:6379?auth[pass]=Hush7Xq",
    "tcp://host:6379?auth%5Bpass%5D=Hush7Xq", "unix:/run/redis.sock?weight=2&AUTH=Hush7Xq"};

void require(bool promise) {
    if (!promise) std::abort();
}

void show_all(const pool::EntryMask& mask, std::string_view list, bool may_pass,
              pool::EntryMask& passing) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        const std::string_view entry = list.substr(0, end);
        require(mask.show(entry).find(kPassword) == std::string::npos);
        require(passing.show(entry).find(kPassword) == std::string::npos);
        if (may_pass) passing.pass(entry);
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (input.find("Hush") != std::string_view::npos) return 0;  // it is no secret then
    const std::size_t middle = size < 2 ? 0 : data[1] % size;
    const std::string before(input.substr(0, middle));
    const std::string behind(input.substr(std::min(middle, input.size())));
    const std::string list = before + (before.empty() ? "" : ",") +
                             std::string(kNotations[data[0] % kNotations.size()]) + "," + behind;
    const pool::EntryMask mask(list);
    pool::EntryMask passing(list);
    show_all(mask, list, (data[0] & 0x80) != 0, passing);
    return 0;
}

// SPDX-License-Identifier: BSD-3-Clause
// Any text behind VERSION is no version, or three numbers that read back as the same version.
#include "wire/server_version.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sessmirror;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto version = wire::parse_server_version({reinterpret_cast<const char*>(data), size});
    if (!version) return 0;
    require(version->major >= 0 && version->minor >= 0 && version->patch >= 0);
    const std::string text = std::to_string(version->major) + "." + std::to_string(version->minor) +
                             "." + std::to_string(version->patch);
    const auto again = wire::parse_server_version(text);
    require(again && *again == *version);
    return 0;
}

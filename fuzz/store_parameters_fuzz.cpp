// SPDX-License-Identifier: BSD-3-Clause
// Any text behind the '?' of an entry, for each engine: it is refused with a message that shows no
// password, or gives settings within their bounds. The first byte chooses the engine and what was
// given before, and whether the text stands behind a password.
#include "pool/store_parameters.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/engines.h"

using namespace sessmirror;

namespace {

constexpr std::string_view kPassword = "Hush7Xq";

void require(bool promise) {
    if (!promise) std::abort();
}

void check_within_bounds(const store::StoreSpec& spec) {
    require(spec.weight >= 1 && spec.weight <= store::kMaxWeight);
    for (const store::Parameter& own : spec.engine->parameters)
        if (own.type == store::Parameter::Type::Number)
            require(spec.own.number(own) >= own.least && spec.own.number(own) <= own.most);
    for (const Duration timeout : {spec.connect_timeout, spec.io_timeout})
        require(timeout >= Duration::zero() && timeout <= std::chrono::hours(1));
}

void check_message(const Error& error, std::string_view input) {
    const std::string_view detail = error.detail;
    require(error.code == Errc::BadConfig && !detail.empty());
    for (const char c : detail) require(c >= ' ' && c <= '~');
    require(input.find(kPassword) != std::string_view::npos ||
            detail.find(kPassword) == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const unsigned choice = data[0];
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const bool has_password = (choice & 1) != 0;
    const std::string query = has_password
                                  ? "auth=" + std::string(kPassword) + "&" + std::string(input)
                                  : std::string(input);
    store::StoreSpec spec;
    spec.engine = store::engines()[(choice >> 1) % store::engines().size()];
    const store::Given given{.weight = (choice & 8) != 0};
    const Status applied = pool::apply_parameters(query, given, (choice & 32) != 0, spec);
    if (applied)
        check_within_bounds(spec);
    else
        check_message(applied.error(), input);
    require(!has_password || pool::engine_told_in(query) != nullptr);
    return 0;
}

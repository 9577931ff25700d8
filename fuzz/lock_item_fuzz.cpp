// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a lock item and, behind the first line feed, as the item of withdrawals. The owner
// that is read is the content or nobody; it is withdrawn exactly when the list names it, and for
// certain once it was withdrawn itself.
#include "store/memcached/withdrawals.h"

#include <algorithm>
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
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(input.find('\n'), size);
    const std::string_view content = input.substr(0, end);
    const std::string withdrawals(input.substr(std::min(end + 1, size)));

    const store::LockOwner owner = store::read_lock_item(content);
    require(owner.view().empty() || owner.view() == content);
    for (const char c : owner.view()) require(c > ' ' && c <= '~' && c != '|');
    require(store::read_lock_item(owner.view()) == owner);

    const bool is_named = store::is_withdrawn(owner, withdrawals);
    if (owner.view().empty()) return 0;
    const std::string name(owner.view());
    // The first character is a separator, whatever it is.
    const std::string list = withdrawals.empty() ? "" : "|" + withdrawals.substr(1) + "|";
    require(is_named == (list.find("|" + name + "|") != std::string::npos));
    require(store::is_withdrawn(owner, withdrawals + "|" + name));

    const auto key = store::derive_key("sm:", "", "fuzz");
    const std::string commands = store::withdrawal_commands({key, owner});
    require(commands.find("|" + name + "\r\n") != std::string::npos);
    return 0;
}

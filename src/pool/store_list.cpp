// SPDX-License-Identifier: BSD-3-Clause
#include "pool/store_list.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "pool/store_entry.h"
#include "pool/store_list_scanner.h"

namespace sessmirror::pool {
namespace {

// An entry as a message may show it. "user:password@host" is no notation that is accepted, but
// somebody may try it, with a password that itself contains a separator: once the list has an '@'
// anywhere, only schemes are shown.
std::string masked(std::string_view entry, bool list_has_userinfo) {
    const std::size_t scheme_end = entry.find("://");
    if (list_has_userinfo) {
        const bool has_scheme = scheme_end != std::string_view::npos;
        return std::string(has_scheme ? entry.substr(0, scheme_end + 3) : "") + "***";
    }
    const std::string lower = lower_case(entry);
    const std::size_t query = lower.find('?');
    if (query == std::string::npos) return std::string(entry);
    const std::size_t secret = std::min(lower.find("auth", query), lower.find("pass", query));
    const std::size_t value = lower.find('=', std::min(secret, lower.size()));
    if (value == std::string::npos) return std::string(entry);
    return std::string(entry.substr(0, value + 1)) + "***";
}

Error refuse(int number, const std::string& shown, const char* reason) noexcept {
    return Error(Errc::BadConfig, "store list, entry %d, %s: %s", number, Quoted(shown).c_str(),
                 reason);
}

bool contains(const std::vector<store::StoreSpec>& stores, const std::string& name) {
    return std::any_of(stores.begin(), stores.end(),
                       [&](const store::StoreSpec& spec) { return spec.name() == name; });
}

bool is_embedded(const store::StoreSpec& spec) noexcept {
    return spec.engine == store::Engine::Embedded;
}

}  // namespace

Status check_embedded_is_alone(std::span<const store::StoreSpec> stores) noexcept {
    if (stores.size() > 1 && std::any_of(stores.begin(), stores.end(), is_embedded))
        return Error(Errc::BadConfig,
                     "store list: an embedded store (lmdb://, or a directory) belongs to one web "
                     "server and cannot stand beside other stores: list it alone, or use a "
                     "memcached on this host");
    return kOk;
}

Result<std::vector<store::StoreSpec>> parse_store_list(std::string_view text) {
    const bool has_userinfo = text.find('@') != std::string_view::npos;
    std::vector<store::StoreSpec> stores;
    StoreListScanner scanner(text);
    for (;;) {
        const auto entry = scanner.next();
        if (!entry) return entry.error();
        if (!entry->has_value()) break;
        const std::string shown = masked(**entry, has_userinfo);
        auto spec = parse_store_entry(**entry);
        if (!spec) return refuse(scanner.count(), shown, spec.error().detail);
        if (contains(stores, spec->name()))
            return refuse(scanner.count(), shown, "this store is listed twice");
        if (stores.size() == kMaxStores)
            return refuse(scanner.count(), shown, "at most 64 stores can be listed");
        stores.push_back(std::move(*spec));
    }
    if (stores.empty())
        return Error(Errc::BadConfig,
                     "the store list is empty: name the stores in session.save_path or "
                     "sessmirror.stores, for instance \"10.0.0.1:11211,10.0.0.2:11211\"");
    if (const auto alone = check_embedded_is_alone(stores); !alone) return alone.error();
    return stores;
}

}  // namespace sessmirror::pool

// SPDX-License-Identifier: BSD-3-Clause
#include "pool/store_list.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "pool/entry_mask.h"
#include "pool/store_entry.h"
#include "pool/store_list_scanner.h"
#include "store/engine.h"

namespace sessmirror::pool {
namespace {

Error refuse_entry(int number, const std::string& shown, const char* reason) noexcept {
    return Error(Errc::BadConfig, "store list, entry %d, %s: %s", number, Quoted(shown).c_str(),
                 reason);
}

// A separator inside of a password makes its rest look like the host of a memcached, and every
// message about that store would show it.
Result<store::StoreSpec> parse_entry(std::string_view entry, const EntryMask& mask) {
    auto spec = parse_store_entry(entry, mask.may_quote());
    if (mask.may_be_a_rest(entry) && (!spec || !spec->engine->holds_password))
        return Error(Errc::BadConfig,
                     "behind a store with a password a scheme (tcp://, unix://) is needed; a ',', "
                     "';' or blank in a password is written as %%2C, %%3B or %%20");
    return spec;
}

bool stands_alone(const store::StoreSpec& spec) noexcept {
    return spec.engine->stands_alone;
}

// While a list is changed both the one before and the one after are in force.
Status check_change(std::span<const store::StoreSpec> stores) noexcept {
    for (const auto change : {store::ListChange::Joins, store::ListChange::Leaves}) {
        const bool is_empty = std::ranges::all_of(
            stores, [change](const store::StoreSpec& spec) { return spec.change == change; });
        if (is_empty)
            return Error(Errc::BadConfig,
                         "store list: with change=%s at every store the list %s the change would "
                         "be empty",
                         change == store::ListChange::Joins ? "joins" : "leaves",
                         change == store::ListChange::Joins ? "before" : "after");
    }
    return kOk;
}

}  // namespace

Status check_embedded_is_alone(std::span<const store::StoreSpec> stores) noexcept {
    if (stores.size() > 1 && std::any_of(stores.begin(), stores.end(), stands_alone))
        return Error(Errc::BadConfig,
                     "store list: an embedded store (lmdb://, or a directory) belongs to one web "
                     "server and cannot stand beside other stores: list it alone, or use a "
                     "memcached on this host");
    return kOk;
}

Result<std::vector<store::StoreSpec>> parse_store_list(std::string_view text) {
    EntryMask mask(text);
    std::vector<store::StoreSpec> stores;
    std::vector<std::string> names;
    StoreListScanner scanner(text);
    for (;;) {
        const auto entry = scanner.next();
        if (!entry) return entry.error();
        if (!entry->has_value()) break;
        const auto refuse = [&](const char* reason) {
            return refuse_entry(scanner.count(), mask.show(**entry), reason);
        };
        auto spec = parse_entry(**entry, mask);
        if (!spec) return refuse(spec.error().detail);
        names.push_back(spec->name());
        if (std::find(names.begin(), names.end() - 1, names.back()) != names.end() - 1)
            return refuse("this store is listed twice");
        if (stores.size() == kMaxStores) return refuse("at most 64 stores can be listed");
        if (spec->engine->holds_password) mask.pass(**entry);
        stores.push_back(std::move(*spec));
    }
    if (stores.empty())
        return Error(Errc::BadConfig,
                     "the store list is empty: name the stores in session.save_path or "
                     "sessmirror.stores, for instance \"10.0.0.1:11211,10.0.0.2:11211\"");
    if (const auto alone = check_embedded_is_alone(stores); !alone) return alone.error();
    if (const auto change = check_change(stores); !change) return change.error();
    return stores;
}

}  // namespace sessmirror::pool

// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded/engine.h"

#ifdef SESSMIRROR_WITH_LMDB

#include <lmdb.h>

#include <cstdio>

#include "store/embedded/inventory.h"
#include "store/embedded/store.h"

namespace sessmirror::store {

const char* embedded_store_library() noexcept {
    static const struct Text {
        char bytes[24];
        Text() noexcept {
            int major = 0, minor = 0, patch = 0;
            mdb_version(&major, &minor, &patch);
            std::snprintf(bytes, sizeof bytes, "%d.%d.%d", major, minor, patch);
        }
    } text;
    return text.bytes;
}

bool has_embedded_store() noexcept {
    return true;
}

Result<std::unique_ptr<Store>> open_embedded_store(const StoreSpec& spec, int index,
                                                   net::EventLoop& loop, std::uint64_t max_payload,
                                                   Journal& journal) {
    auto store = std::make_unique<LmdbStore>(spec, index, loop, loop, max_payload, &journal);
    if (const auto opened = store->open(); !opened) return opened.error();
    return std::unique_ptr<Store>(std::move(store));
}

std::unique_ptr<Inventory> make_embedded_inventory(const StoreSpec& spec, net::EventLoop& loop) {
    return std::make_unique<LmdbInventory>(spec, loop, loop);
}

}  // namespace sessmirror::store

#else

namespace sessmirror::store {

const char* embedded_store_library() noexcept {
    return "not built in";
}

bool has_embedded_store() noexcept {
    return false;
}

Result<std::unique_ptr<Store>> open_embedded_store(const StoreSpec& spec, int /*index*/,
                                                   net::EventLoop& /*loop*/,
                                                   std::uint64_t /*max_payload*/,
                                                   Journal& /*journal*/) {
    return Error(Errc::BadConfig, "%.100s: %s", spec.name().c_str(), kNoEmbeddedStore);
}

std::unique_ptr<Inventory> make_embedded_inventory(const StoreSpec& /*spec*/,
                                                   net::EventLoop& /*loop*/) {
    return nullptr;
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB

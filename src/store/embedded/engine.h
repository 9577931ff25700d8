// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/journal.h"
#include "net/event_loop.h"
#include "store/inventory.h"
#include "store/store.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// The embedded store is an option of the build (LMDB); everything about it that others need stands
// here, and can be called in every build.

// "0.9.24", or "not built in". Static.
const char* embedded_store_library() noexcept;
[[nodiscard]] bool has_embedded_store() noexcept;

// Completes "...: ". What to say where one was asked for and the build has none.
inline constexpr const char kNoEmbeddedStore[] =
    "this build has no embedded store (install liblmdb-dev and build again)";

// Opens the store of this user in the directory that the spec names, and makes its files if there
// are none. Errc::BadConfig where they cannot be used, Errc::StoreError where the disk is full; see
// store.h. The loop, which is its clock, and the journal outlive it.
Result<std::unique_ptr<Store>> open_embedded_store(const StoreSpec& spec, int index,
                                                   net::EventLoop& loop, std::uint64_t max_payload,
                                                   Journal& journal);

// REQUIRES: has_embedded_store()
std::unique_ptr<Inventory> make_embedded_inventory(const StoreSpec& spec, net::EventLoop& loop);

}  // namespace sessmirror::store

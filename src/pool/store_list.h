// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

// More stores than this make no sense for sessions and would not fit the host page.
inline constexpr int kMaxStores = 64;

// Reads a list of stores in any of the notations that the handlers memcache, memcached and redis
// accept in session.save_path, so that an existing string can stay as it is. Grammar and examples:
// docs/configuration-stores.md. Every piece is either understood or refused with Errc::BadConfig
// and the piece quoted (passwords masked, see entry_mask.h); nothing is dropped in silence. Order
// is kept; it means nothing to placement. Refused as well: an empty list, an empty entry, the same
// store twice, an embedded store beside others.
Result<std::vector<store::StoreSpec>> parse_store_list(std::string_view text);

// Errc::BadConfig unless an embedded store is the only one. It cannot be reached from other hosts,
// so the copies that they and this host would count on are none.
Status check_embedded_is_alone(std::span<const store::StoreSpec> stores) noexcept;

}  // namespace sessmirror::pool

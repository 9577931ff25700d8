// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace sessmirror::wire {

// How a memcached is spoken to: by its meta commands, or by the commands that every release and
// every proxy has (gets, set, add, append, cas, delete, touch).
enum class Dialect : std::uint8_t { Meta, Classic };

}  // namespace sessmirror::wire

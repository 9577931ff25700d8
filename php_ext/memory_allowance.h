// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "php_compat.h"

namespace sessmirror::shim {

// PHP serializes a session when the page is gone and its buffers are free. Where it happens before,
// memory_limit has to leave room for both: if half of it is in use, it is raised by as much, at
// most to the double.
inline void allow_more_memory() noexcept {
    const size_t limit = PG(memory_limit) > 0 ? static_cast<size_t>(PG(memory_limit)) : 0;
    const size_t used = zend_memory_usage(true);
    if (limit > 0 && used > limit / 2) (void)zend_set_memory_limit(limit + used);
}

// False when more is in use than memory_limit allows.
inline bool restore_memory_limit() noexcept {
    if (PG(memory_limit) <= 0) return true;
    return zend_set_memory_limit(static_cast<size_t>(PG(memory_limit))) == SUCCESS;
}

}  // namespace sessmirror::shim

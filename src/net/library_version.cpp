// SPDX-License-Identifier: BSD-3-Clause
#include "net/library_version.h"

#include <event2/event.h>

namespace sessmirror::net {

const char* event_library_version() noexcept {
    return event_get_version();
}

}  // namespace sessmirror::net

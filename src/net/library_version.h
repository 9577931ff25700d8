// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror::net {

// Version of the event library that was loaded, "2.1.12-stable". Static.
const char* event_library_version() noexcept;

}  // namespace sessmirror::net

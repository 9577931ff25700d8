// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "store/life.h"

namespace sessmirror::store {

// What a new connection tells of the time since the one before it, where there was one.
struct Reconnection {
    bool has_lost = false;     // requests that were not made again, so that the store may lack them
    std::optional<Life> life;  // of the server, if it says so
};

// What a store behind a connection reports besides its answers, for counting. Called from the loop.
class StoreEvents {
  public:
    virtual void on_store_connected(int /*store*/, const Reconnection& /*since*/) noexcept {}
    // The connection was dropped because of bytes that were not what was asked for.
    virtual void on_store_protocol_error(int /*store*/) noexcept {}

  protected:
    ~StoreEvents() = default;
};

// Directives that apply to a store unless its entry in the list says otherwise.
struct RemoteDefaults {
    Duration connect_timeout = milliseconds(100);
    Duration io_timeout = milliseconds(200);  // without a sign of life
    Duration polling{};                       // before sleeping, see net::PollGuard
    std::uint64_t max_payload = 16u << 20;
    StoreEvents* events = nullptr;  // outlives the store
};

}  // namespace sessmirror::store

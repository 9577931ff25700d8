// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace sessmirror::store {

// Names one run of a store's server, from its start to its end: what it remembers belongs to that
// run, or was reloaded from an older one and may be outdated. Compared for equality only.
struct Life {
    std::uint64_t process = 0;
    std::uint64_t started = 0;
    friend bool operator==(const Life&, const Life&) = default;
};

class InventorySink {
  public:
    virtual void on_life(Result<Life> life) noexcept = 0;
    virtual void on_key(std::string_view key) noexcept = 0;  // any key, also of other programs
    virtual void on_listed(Status outcome) noexcept = 0;

  protected:
    ~InventorySink() = default;
};

// Looks at a whole store rather than at one session: which life it is in, and what it holds. One
// question at a time; each is answered once, from the loop, unless cancel() came first. Keys that
// are added or removed while they are listed may be missing; all others are there.
class Inventory {
  public:
    virtual ~Inventory() = default;
    virtual void ask_life(InventorySink& sink) = 0;
    virtual void list(InventorySink& sink) = 0;
    virtual void cancel() noexcept = 0;
};

}  // namespace sessmirror::store

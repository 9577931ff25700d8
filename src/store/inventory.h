// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "base/result.h"
#include "store/life.h"

namespace sessmirror::store {

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

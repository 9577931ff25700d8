// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/inventory.h"

namespace sessmirror::test {

// Keeps what an inventory says.
class InventoryAnswers final : public store::InventorySink {
  public:
    void on_life(Result<store::Life> reply) noexcept override {
        life.emplace(reply);
        done = true;
    }
    void on_key(std::string_view key) noexcept override { keys.emplace_back(key); }
    void on_listed(Status outcome) noexcept override {
        listed.emplace(outcome);
        done = true;
    }
    std::optional<Result<store::Life>> life;
    std::vector<std::string> keys;
    std::optional<Status> listed;
    bool done = false;
};

}  // namespace sessmirror::test

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

// A sink that has seen enough.
class Impatient final : public store::InventorySink {
  public:
    void on_life(Result<store::Life>) noexcept override {}
    void on_key(std::string_view) noexcept override {
        ++keys;
        has_key = true;
        inventory->cancel();
    }
    void on_listed(Status) noexcept override { ++listed; }
    store::Inventory* inventory = nullptr;
    int keys = 0;
    int listed = 0;
    bool has_key = false;
};

}  // namespace sessmirror::test

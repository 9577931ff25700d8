// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "simulation/sim_link.h"
#include "simulation/sim_node.h"
#include "simulation/world.h"
#include "store/inventory.h"

namespace sessmirror::simulation {

// A worker's look at the whole of a SimNode, over a connection of its own. Process, node and route
// outlive it.
class SimInventory final : public store::Inventory {
  public:
    static constexpr Duration kPatience = std::chrono::seconds(2);

    SimInventory(Process& process, SimNode& node, Route& route) noexcept
        : process_(process), node_(node), route_(route) {}
    ~SimInventory() override { SimInventory::cancel(); }

    void ask_life(store::InventorySink& sink) override;
    void list(store::InventorySink& sink) override;
    void cancel() noexcept override;

  private:
    // Lives on while its packets are on their way.
    struct Question;

    void ask(store::InventorySink& sink, bool keys);

    Process& process_;
    SimNode& node_;
    Route& route_;
    std::shared_ptr<Question> question_;
};

}  // namespace sessmirror::simulation

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "net/event_loop.h"
#include "store/embedded/env.h"
#include "store/inventory.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// The inventory of the embedded store: its life is that of its file. Lists in steps, so that others
// get their turn in between; sessions that have expired are left out.
class LmdbInventory final : public Inventory, private net::ReadySource {
  public:
    static constexpr int kStep = 256;  // keys

    // The loop and the clock outlive this.
    LmdbInventory(const StoreSpec& spec, net::EventLoop& loop, const Clock& clock) noexcept;
    ~LmdbInventory() override;

    void ask_life(InventorySink& sink) override { ask(Question::Life, sink); }
    void list(InventorySink& sink) override { ask(Question::Keys, sink); }
    void cancel() noexcept override;

  private:
    enum class Question : std::uint8_t { None, Life, Keys };

    void on_ready() noexcept override;
    void ask(Question question, InventorySink& sink);
    void tell_life() noexcept;
    void list_step() noexcept;
    int list_some(bool& is_over) noexcept;

    net::EventLoop& loop_;
    const Clock& clock_;
    LmdbAccess access_;
    Question question_ = Question::None;
    InventorySink* sink_ = nullptr;
    std::string position_;  // the last key that was told
};

}  // namespace sessmirror::store

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "net/connection.h"
#include "store/inventory.h"
#include "store/inventory_budget.h"
#include "store/memcached/life.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// The inventory of a memcached, by `stats` and `lru_crawler metadump hash`, over a connection of
// its own that lasts for one question: a dump takes a connection over, and a listing of every key
// must not stand in front of a visitor's session.
//
// The server runs one dump at a time and starts some of its own, so a dump waits for its turn. It
// fails where the crawler is switched off (-X), and at the first of its limits.
class MemcachedInventory final : public Inventory, private net::ConnectionSink, private TimerSink {
  public:
    // How long the server may be silent. Generous: nobody waits, and the loop runs in slices.
    static constexpr Duration kPatience = std::chrono::seconds(2);
    // Between two questions whether it is our turn.
    static constexpr Duration kTurn = milliseconds(10);

    // The loop and the resolver outlive this. REQUIRES: not destroyed from inside a callback.
    MemcachedInventory(const StoreSpec& spec, net::EventLoop& loop, net::Resolver& resolver,
                       const InventoryLimits& limits = {});

    void ask_life(InventorySink& sink) override;
    void list(InventorySink& sink) override;
    void cancel() noexcept override;

  private:
    enum class Question : std::uint8_t { None, Life, Keys };
    static constexpr std::size_t kMaxLine = 4096;  // a key may take three times its 250 bytes

    void on_open() noexcept override {}
    void on_bytes(ByteView bytes) noexcept override;
    void on_closed(const Error& reason) noexcept override;
    void on_timer() noexcept override;

    void ask(Question question, InventorySink& sink);
    void send() noexcept;
    void wait_for_turn() noexcept;
    void take_lines(std::string_view text);
    void take_line(std::string_view line);
    void take_key(std::string_view line);
    void end(Status outcome);

    net::EventLoop& loop_;
    const InventoryLimits limits_;
    net::Connection connection_;
    std::unique_ptr<Timer> timer_;
    InventorySink* sink_ = nullptr;
    Question question_ = Question::None;
    InventoryBudget budget_;
    TimePoint give_up_{};
    bool waits_for_turn_ = false;
    std::string line_;  // the part of a line that has arrived
    MemcachedLife life_;
};

}  // namespace sessmirror::store

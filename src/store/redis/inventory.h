// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "net/connection.h"
#include "store/inventory.h"
#include "store/inventory_budget.h"
#include "store/store_spec.h"
#include "wire/resp_packet.h"
#include "wire/resp_parser.h"

namespace sessmirror::store {

// The inventory of a Redis, by INFO and SCAN, over a connection of its own that lasts for one
// question. A key may be told twice, as SCAN does.
class RedisInventory final : public Inventory, private net::ConnectionSink, private TimerSink {
  public:
    // How long the server may be silent. Generous: nobody waits, and the loop runs in slices.
    static constexpr Duration kPatience = std::chrono::seconds(2);
    static constexpr std::uint64_t kPage = 500;  // keys that are looked at by one SCAN

    // The loop and the resolver outlive this. REQUIRES: not destroyed from inside a callback.
    RedisInventory(const StoreSpec& spec, net::EventLoop& loop, net::Resolver& resolver,
                   const InventoryLimits& limits = {});

    void ask_life(InventorySink& sink) override;
    void list(InventorySink& sink) override;
    void cancel() noexcept override;

  private:
    enum class Question : std::uint8_t { None, Life, Keys };

    void on_open() noexcept override {}
    void on_bytes(ByteView bytes) noexcept override;
    void on_closed(const Error& reason) noexcept override;
    void on_timer() noexcept override;

    void ask(Question question, InventorySink& sink);
    void scan_from(std::string_view cursor);
    void send();
    void take_replies(ByteView bytes);
    void take(const wire::RespReply& reply);
    void take_life(std::string_view info);
    void take_page(std::span<const wire::RespReply> page);
    void not_understood();
    void end(Status outcome);
    void answer(Result<Life> life);

    net::EventLoop& loop_;
    const StoreSpec spec_;
    const InventoryLimits limits_;
    net::Connection connection_;
    std::unique_ptr<Timer> timer_;
    wire::RespParser parser_;
    wire::RespPacket packet_{0};
    InventorySink* sink_ = nullptr;
    InventoryBudget budget_;
    Question question_ = Question::None;
    std::uint32_t introductions_ = 0;  // that have not been answered yet
};

}  // namespace sessmirror::store

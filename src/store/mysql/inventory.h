// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>

#include "store/inventory.h"
#include "store/inventory_budget.h"
#include "store/mysql/client.h"
#include "store/mysql/greeting.h"

namespace sessmirror::store {

// The inventory of a table: its life is that of the table, whatever becomes of the server. Lists by
// ranges of keys, over a connection of its own that lasts for one question. Sessions that have
// expired are left out.
class MysqlInventory final : public Inventory, private MysqlSink, private TimerSink {
  public:
    // How long the server may be silent. Generous: nobody waits, and the loop runs in slices.
    static constexpr Duration kPatience = std::chrono::seconds(2);
    static constexpr std::uint32_t kPage = 500;  // keys

    // The loop and the resolver outlive this. REQUIRES: not destroyed from inside a callback.
    MysqlInventory(MysqlTarget target, net::EventLoop& loop, net::Resolver& resolver,
                   const InventoryLimits& limits = {});

    void ask_life(InventorySink& sink) override { ask(Question::Life, sink); }
    void list(InventorySink& sink) override { ask(Question::Keys, sink); }
    void cancel() noexcept override;

  private:
    enum class Question : std::uint8_t { None, Life, Keys };

    void on_connected() noexcept override;
    void on_answers(std::vector<SqlAnswer>& answers) noexcept override;
    void on_closed(const Error& reason) noexcept override;
    void on_timer() noexcept override;

    void ask(Question question, InventorySink& sink);
    void greet();
    void query(const Sql& sql, std::size_t max_rows);
    void list_behind(std::string_view key);
    void take_greeting(std::span<const SqlAnswer> answers);
    void take_page(const SqlAnswer& answer);
    void not_understood();
    void end(Status outcome);
    void answer(Result<Life> life);
    [[nodiscard]] const char* name() const noexcept { return target_.endpoint.name.c_str(); }

    net::EventLoop& loop_;
    const MysqlTarget target_;
    const InventoryLimits limits_;
    const Table table_;
    MysqlGreeting greeting_;
    MysqlClient client_;
    std::unique_ptr<Timer> timer_;
    InventorySink* sink_ = nullptr;
    InventoryBudget budget_;
    Question question_ = Question::None;
    bool is_greeted_ = false;
    std::string last_;  // the key that was told last
};

}  // namespace sessmirror::store

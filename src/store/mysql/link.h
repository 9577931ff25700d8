// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "store/mysql/client.h"
#include "store/mysql/greeting.h"
#include "store/mysql/server_time.h"
#include "store/mysql/table.h"
#include "store/remote/link.h"

namespace sessmirror::store {

// Who asks. One of on_replies() and on_lost() is called for each send(), from the loop.
class MysqlAsker {
  public:
    // The statements, when their turn has come; called again when they have to be sent again.
    virtual void write(Sql& /*sql*/) {}
    // One answer for each statement, but for those behind an error. Returns false, having done
    // nothing, when they are no answers to these statements; on_lost() then follows.
    virtual bool on_replies(std::span<SqlAnswer> replies) noexcept = 0;
    // `may_repeat`: see LinkClient.
    virtual void on_lost(const Error& why, bool may_repeat) noexcept = 0;

  protected:
    ~MysqlAsker() = default;
};

// The one connection to a server, made at first use and made again after a failure, with the
// requests that wait for it: one packet of statements after the other, each when the one before has
// been answered.
//
// A packet takes the timeout, and the time that its bytes need at Link's lowest rate, at most;
// then, or when a caller's deadline has come, the connection ends, with all that waits. What a
// server that hangs does with the packet later is up to its statements: see Table::claim().
class MysqlLink final : private MysqlSink, private TimerSink, private net::ReadySource {
  public:
    using Client = MysqlAsker;
    using Reply = SqlAnswer;

    // All outlive this.
    MysqlLink(net::EventLoop& loop, net::Resolver& resolver, MysqlTarget target,
              const LinkOptions& options, LinkOwner& owner);
    ~MysqlLink();
    MysqlLink(const MysqlLink&) = delete;
    MysqlLink& operator=(const MysqlLink&) = delete;

    // `max_rows`: of each result.
    void send(Client* client, TimePoint deadline, std::size_t max_rows = 1);
    // For what helps others and is in no hurry: this statement goes in front of the next packet, or
    // with flush(). Lost with the connection, and when there is none.
    void send_later(const Sql& statement);
    // This claim may have taken effect, or may still do so, and nobody will give the lock up. The
    // next connections do, until one has.
    void withdraw(const SessionKey& key, const LockClaim& claim);
    void flush();

    [[nodiscard]] const std::string& name() const noexcept { return target_.endpoint.name; }
    [[nodiscard]] const Table& table() const noexcept { return table_; }
    [[nodiscard]] std::size_t largest_value() const noexcept { return options_.max_value; }
    // The moment, by the server's clock, until which what is sent now may be answered.
    [[nodiscard]] std::string latest(TimePoint deadline) const;
    void note_time(std::string_view told) noexcept { time_.note(told, loop_.now()); }
    // What the server takes in one packet; nothing before it has told.
    [[nodiscard]] std::optional<std::uint64_t> max_packet() const noexcept { return max_packet_; }
    [[nodiscard]] bool is_idle() const noexcept { return is_up_ && pending_.empty(); }
    [[nodiscard]] TimePoint now() const noexcept { return loop_.now(); }
    // Packets that were answered; for tests.
    [[nodiscard]] std::uint64_t exchanges() const noexcept { return exchanges_; }

  private:
    struct Pending {
        Client* client = nullptr;
        TimePoint deadline;
        std::size_t max_rows = 1;
        bool on_used_connection = false;
        TimePoint sent_at;
    };
    struct Withdrawal {
        Claimant claimant;
        TimePoint ends;  // the lock has ended by itself
    };

    void on_connected() noexcept override;
    void on_answers(std::vector<SqlAnswer>& answers) noexcept override;
    void on_progress(std::size_t bytes) noexcept override;
    void on_closed(const Error& reason) noexcept override;
    void on_timer() noexcept override;
    void on_ready() noexcept override;

    void open();
    void greet();
    void take_greeting(std::span<SqlAnswer> answers);
    void send_next();
    [[nodiscard]] bool write_packet(Sql& sql);
    void write_front(Sql& sql);
    void send_packet(const Sql& sql, std::size_t max_rows);
    void take_answers(std::span<SqlAnswer> answers);
    void front_failed(const SqlAnswer& answer, std::size_t statement);
    void complete(std::span<SqlAnswer> answers);
    void give_back(const Error& why);
    void watch_time();
    [[nodiscard]] TimePoint due() const noexcept;
    void drop(const Error& reason);
    [[nodiscard]] Error too_late(TimePoint now) const noexcept;

    net::EventLoop& loop_;
    const MysqlTarget target_;
    const LinkOptions options_;
    LinkOwner& owner_;
    const Table table_;
    MysqlGreeting greeting_;
    MysqlClient client_;
    std::unique_ptr<Timer> timer_;
    TimePoint timer_due_ = TimePoint::max();  // max: not running
    std::deque<Pending> pending_;             // if is_asking_ and is_up_, the first is under way
    std::vector<std::pair<Client*, Error>> given_back_;  // never sent; told from the loop
    Sql later_;
    std::vector<Withdrawal> withdrawals_;
    ServerTime time_;
    std::optional<std::uint64_t> max_packet_;
    bool is_up_ = false;      // greeted
    bool is_asking_ = false;  // a packet is under way
    bool was_up_ = false;
    bool has_lost_ = false;         // with the connections since it was up
    bool is_front_failed_ = false;  // the next packet goes without what helps others
    std::uint32_t in_front_ = 0;    // statements of the packet that are not its asker's
    std::uint32_t withdrawn_ = 0;   // of those, that withdraw
    TimePoint patience_ends_ = TimePoint::max();
    TimePoint next_try_{};  // to withdraw, where there is no connection
    std::uint64_t exchanges_ = 0;
};

}  // namespace sessmirror::store

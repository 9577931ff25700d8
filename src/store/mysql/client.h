// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/event_loop.h"
#include "net/fd_watch.h"
#include "net/resolver.h"
#include "store/mysql/answer.h"
#include "store/mysql/target.h"

struct st_mysql;
struct st_mysql_res;

namespace sessmirror::store {

// Called from the loop only. May query, close and open again, but not destroy the client.
class MysqlSink {
  public:
    virtual void on_connected() noexcept = 0;
    // To a query: one answer for each of its statements, in order; the last one may be an error,
    // and then those behind it were not made.
    virtual void on_answers(std::vector<SqlAnswer>& answers) noexcept = 0;
    // So many bytes of an answer have come.
    virtual void on_progress(std::size_t /*bytes*/) noexcept {}
    // The connection has ended by itself, or could not be opened.
    virtual void on_closed(const Error& reason) noexcept = 0;

  protected:
    ~MysqlSink() = default;
};

// How much a server may answer. What is more ends the connection.
struct MysqlLimits {
    std::size_t value = 16u << 20;  // bytes of a packet
    std::size_t rows = 1;           // of each result
};

// A connection to a MariaDB or a MySQL on our event loop, by MariaDB Connector/C's non-blocking
// calls: each of them runs on a stack of its own, which it leaves whenever it would have to wait.
// One query at a time. Never blocks; whoever owns this keeps the time of queries.
class MysqlClient final : private net::FdSink,
                          private net::ResolveSink,
                          private net::ReadySource,
                          private TimerSink {
  public:
    // All outlive this.
    MysqlClient(net::EventLoop& loop, net::Resolver& resolver, const MysqlTarget& target,
                MysqlSink& sink);
    ~MysqlClient();
    MysqlClient(const MysqlClient&) = delete;
    MysqlClient& operator=(const MysqlClient&) = delete;

    // REQUIRES: is_closed(). on_connected() or on_closed() follows. `timeout`: for connecting and
    // for the server's greetings, not for the resolver.
    void open(Duration timeout, std::size_t largest_packet);
    // REQUIRES: is_idle(). on_answers() or on_closed() follows.
    void query(std::string text, std::size_t max_rows);
    // No callback. A query that is under way may still take effect.
    void close() noexcept;

    [[nodiscard]] bool is_closed() const noexcept { return step_ == Step::Closed; }
    // Connected, and no query is under way.
    [[nodiscard]] bool is_idle() const noexcept { return step_ == Step::Idle; }
    // Whether somebody waits for what comes next.
    void await(bool is_awaited) { watch_.await(is_awaited); }

  private:
    // What is under way. The names of the library's calls, but for the first three.
    enum class Step : std::uint8_t {
        Closed,
        Failing,  // the loop is to tell of failure_
        Resolving,
        Connect,
        Idle,
        Query,
        FetchRow,
        NextResult,
    };

    static constexpr int kAtRest = -1;  // in place of what a call waits for: none is under way

    void on_fd_ready(net::FdEvents ready) noexcept override;
    void on_fd_forked() noexcept override;
    void on_resolved(const Result<net::IpAddresses>& addresses) noexcept override;
    void on_ready() noexcept override;
    void on_timer() noexcept override;

    void connect_next() noexcept;
    [[nodiscard]] bool make_handle() noexcept;
    [[nodiscard]] int start_connecting() noexcept;
    void begin(int waits_for) noexcept;
    void go_on(int happened) noexcept;
    [[nodiscard]] int continue_step(int happened) noexcept;
    [[nodiscard]] int finish_step() noexcept;
    [[nodiscard]] int finish_connect() noexcept;
    [[nodiscard]] int take_result() noexcept;
    [[nodiscard]] int take_row() noexcept;
    [[nodiscard]] int next_result() noexcept;
    [[nodiscard]] int take_error() noexcept;
    [[nodiscard]] int complete() noexcept;
    void describe_columns(SqlAnswer& answer);
    void wait_for(int events) noexcept;
    void drop_handle(bool says_goodbye) noexcept;
    void fail_later(const Error& reason) noexcept;
    void fail(const Error& reason) noexcept;
    [[nodiscard]] Error connect_error() const noexcept;
    [[nodiscard]] Error lost() const noexcept;

    net::EventLoop& loop_;
    net::Resolver& resolver_;
    const MysqlTarget& target_;
    MysqlSink& sink_;
    net::FdWatch watch_;
    std::unique_ptr<Timer> timer_;  // of the opening
    Step step_ = Step::Closed;
    bool is_told_ = false;  // a callback is due from on_ready(): the step ended without a wait
    st_mysql* handle_ = nullptr;
    st_mysql_res* result_ = nullptr;
    // Where the library puts what a call returns.
    st_mysql* connected_ = nullptr;
    int outcome_ = 0;
    char** row_ = nullptr;

    Duration timeout_{};
    TimePoint opening_ends_{};
    std::size_t largest_packet_ = 0;
    std::vector<net::IpAddress> candidates_;  // the one that answered last is the first
    std::size_t candidate_ = 0;
    std::string query_;  // while it is sent
    std::size_t max_rows_ = 1;
    std::vector<SqlAnswer> answers_;
    Error failure_;
};

// "3.3.8". Static.
const char* mysql_client_version() noexcept;

}  // namespace sessmirror::store

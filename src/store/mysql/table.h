// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "store/mysql/answer.h"
#include "store/mysql/sql.h"
#include "store/store.h"

namespace sessmirror::store {

// The table that sessions are in; specified in docs/format.md. One row for each session, with its
// lock and its hint, so that each step of a session is one statement about one row: it holds or it
// does not, on every node of a cluster alike.
//
// Times are seconds of the server's clock since 1970. What has expired counts as not there.
//
// The whole statement that makes it.
std::string create_statement(std::string_view table);

// Says what is wrong with the columns of select_all(), if anything is.
std::optional<std::string> objection_to(const std::vector<SqlColumn>& columns);

// The names of rows that are no sessions: shorter than any key.
inline constexpr std::string_view kLifeRow = ".life";
inline constexpr std::string_view kSweepRow = ".sweep";

// A statement about a table, and what is read of its answers.
class Table {
  public:
    // `patience`: how long a change may take, where the server can be told so (MariaDB can).
    Table(std::string_view name, Duration patience);

    // ---- with every connection

    // What the statements below rely on.
    static void settings(Sql& sql);
    // One row: the packet that the server takes, and its time (see ServerTime).
    static void limits(Sql& sql);
    // The row that names the life of the table, with all columns there are.
    void select_life(Sql& sql) const;
    static constexpr std::size_t kLifeColumn = 2;
    void insert_life(Sql& sql, std::string_view name) const;

    // ---- sessions

    // Takes the lock if it is free or already the owner's, and `until` has not come: a number as
    // ServerTime gives it.
    void claim(Sql& sql, const SessionKey& key, const LockClaim& claim,
               std::string_view until) const;
    // The answer: see read_row().
    void select(Sql& sql, const SessionKey& key, Want want, bool hint, std::size_t largest) const;

    // What a put is made of. The statement's answer: see read_put().
    struct Put {
        SessionKey key;
        ByteView header;
        ByteView payload;
        ByteView hint;
        Cas cas = 0;
        Cas expected = 0;
        std::uint32_t ttl_s = 0;
        std::string_view owner;  // who gives up the lock; "": nobody
    };
    void put(Sql& sql, const Put& put) const;
    // insert_id is not 0 if the session is there.
    void touch(Sql& sql, const SessionKey& key, std::uint32_t ttl_s) const;
    // One row is affected if the lock was the owner's.
    void release(Sql& sql, const SessionKey& key, std::string_view owner) const;
    void leave_hint(Sql& sql, const SessionKey& key, ByteView hint, std::uint32_t ttl_s) const;

    // ---- the whole table

    // Up to `count` sessions behind that key, in the order of their keys: one column.
    void list(Sql& sql, std::string_view behind, std::uint32_t count) const;
    // insert_id is not 0, or one row is affected, if nobody has begun to sweep for `rest_s`.
    void begin_sweep(Sql& sql, std::uint32_t rest_s) const;
    // Up to `count` keys of what has expired.
    void select_expired(Sql& sql, std::uint32_t count) const;
    // Those that still are.
    void delete_expired(Sql& sql, const std::vector<SqlRow>& keys) const;

  private:
    Sql& begin(Sql& sql, std::string_view verb) const {
        return sql.begin(in_time_).add(verb).name(name_);
    }
    void insert(Sql& sql, const Put& put) const;
    void update(Sql& sql, const Put& put) const;

    const std::string name_;
    const std::string in_time_;  // in front of a change
};

// What select() has found.
struct TableRow {
    std::string server_time;  // as ServerTime takes it
    bool is_alive = false;    // there is a session
    Cas cas = 0;
    std::int64_t ttl_left_s = 0;
    LockOwner holder;  // empty: the lock is free, or it is not known whose it is
    bool is_locked = false;
    std::uint64_t size = 0;  // of the value
    SqlField hint;           // if it was asked for
    SqlField value;          // if it was asked for, and is not too large
};
// nullopt when this is no row of such a table. Accepts any input.
std::optional<TableRow> read_row(SqlRow& row) noexcept;

struct PutAnswer {
    PutOutcome outcome = PutOutcome::Stored;
    bool lock_was_ours = false;
    bool was_repeated = false;  // it had been stored before
};
// nullopt when this is no answer to put(). Accepts any input.
std::optional<PutAnswer> read_put(const SqlAnswer& answer, bool expects_absence) noexcept;

}  // namespace sessmirror::store

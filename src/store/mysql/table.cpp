// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "store/lock_item.h"

namespace sessmirror::store {
namespace {

constexpr std::string_view kNow = "UNIX_TIMESTAMP()";
// Not when the statement began, but now, as it is carried out.
constexpr std::string_view kThisMoment = "UNIX_TIMESTAMP(SYSDATE(3))";
constexpr std::string_view kForEver = "4294967295";

// The bits of what a put hands to LAST_INSERT_ID(), which is how one statement tells more than the
// number of rows.
constexpr std::uint64_t kLooked = 1;    // always: there is a row
constexpr std::uint64_t kStored = 2;    // what was expected is there
constexpr std::uint64_t kRepeated = 4;  // what is to be stored is there
constexpr std::uint64_t kUnlocked = 8;  // the lock was the owner's
constexpr std::uint64_t kAlive = 16;    // a session is there
constexpr std::uint64_t kAllBits = 31;

constexpr std::size_t kLarge = 64 * 1024;  // a put of so many bytes may take longer than others

struct Column {
    const char* name;
    SqlColumn::Kind kind;
    std::uint64_t size;  // at least
    const char* type;
};
constexpr std::array kColumns = {
    Column{"k", SqlColumn::Kind::Bytes, 96, "VARBINARY(96) NOT NULL PRIMARY KEY"},
    Column{"cas", SqlColumn::Kind::Number, 20, "BIGINT UNSIGNED NOT NULL DEFAULT 0"},
    Column{"value", SqlColumn::Kind::Bytes, (1u << 24) - 1, "LONGBLOB"},
    Column{"hint", SqlColumn::Kind::Bytes, kMaxHint, "VARBINARY(256) NOT NULL DEFAULT ''"},
    Column{"hint_until", SqlColumn::Kind::Number, 10, "INT UNSIGNED NOT NULL DEFAULT 0"},
    Column{"expires_at", SqlColumn::Kind::Number, 10, "INT UNSIGNED NOT NULL DEFAULT 0"},
    Column{"lock_owner", SqlColumn::Kind::Bytes, kMaxOwner, "VARBINARY(64) NOT NULL DEFAULT ''"},
    Column{"lock_until", SqlColumn::Kind::Number, 10, "INT UNSIGNED NOT NULL DEFAULT 0"},
    Column{"gone_at", SqlColumn::Kind::Number, 10, "INT UNSIGNED NOT NULL DEFAULT 0"},
};

Sql& from_now(Sql& sql, std::uint32_t seconds) {
    return sql.add(kNow).add("+").add_number(std::max(seconds, 1u));
}

}  // namespace

std::string create_statement(std::string_view table) {
    Sql sql;
    sql.begin("CREATE TABLE ").name(table).add(" (");
    for (const Column& column : kColumns) sql.add(column.name).add(" ").add(column.type).add(", ");
    sql.add("KEY (gone_at)) ENGINE=InnoDB");
    return sql.text();
}

std::optional<std::string> objection_to(const std::vector<SqlColumn>& columns) {
    if (columns.size() != kColumns.size()) return "it has other columns";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const SqlColumn& there = columns[i];
        const Column& wanted = kColumns[i];
        const bool is_number = wanted.kind == SqlColumn::Kind::Number;
        if (there.kind != wanted.kind || (is_number && !there.is_unsigned) ||
            there.size < wanted.size)
            return "its column " + std::string(wanted.name) + " has another type";
        if (there.is_key != (i == 0)) return "its primary key is another";
    }
    return std::nullopt;
}

// A comment to every other server. Whoever waits for somebody else's lock on the row is told, in
// place of a connection that has to be dropped; whatever was to be done is not done then.
Table::Table(std::string_view name, Duration patience)
    : name_(name),
      in_time_("/*M!100200 SET STATEMENT max_statement_time=" +
               std::to_string(std::chrono::duration<double>(patience).count()) + " FOR */") {}

// ---- with every connection ----------------------------------------------------------------------

// Whoever waits for a lock longer than a page may has lost; a second is the least there is.
void Table::settings(Sql& sql) {
    sql.begin(
        "SET SESSION sql_mode='STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES',"
        "time_zone='+00:00',autocommit=1,innodb_lock_wait_timeout=1,lock_wait_timeout=1");
}

void Table::limits(Sql& sql) {
    sql.begin("SELECT @@max_allowed_packet,").add(kThisMoment);
}

void Table::select_life(Sql& sql) const {
    sql.begin("SELECT ");
    for (const Column& column : kColumns)
        sql.add(&column == kColumns.data() ? "" : ",").add(column.name);
    sql.add(" FROM ").name(name_).add(" WHERE k=").hex(kLifeRow);
}

void Table::insert_life(Sql& sql, std::string_view name) const {
    begin(sql, "INSERT INTO ").add(" (k,value,expires_at,gone_at) VALUES (").hex(kLifeRow);
    sql.add(",").hex(name).add(",").add(kForEver).add(",").add(kForEver);
    sql.add(") ON DUPLICATE KEY UPDATE k=k");
}

// ---- sessions -----------------------------------------------------------------------------------

// Assignments are made from left to right, so the guard reads what was there before. A claim that
// comes too late leaves no lock of its owner, not even one that he had. The lease ends with a
// second of the clock, so one more is added: it is never shorter than it was asked for.
void Table::claim(Sql& sql, const SessionKey& key, const LockClaim& claim,
                  std::string_view until) const {
    const std::uint32_t lease = claim.lease_s + 1;
    const auto in_time = [&] { sql.add(kThisMoment).add("<=").add(until); };
    const auto owner = [&]() -> Sql& { return sql.hex(claim.owner.view()); };
    const auto ends = [&] {
        in_time();
        from_now(sql.add(","), lease).add(",0)");
    };
    begin(sql, "INSERT INTO ").add(" (k,lock_owner,lock_until,gone_at) VALUES (");
    sql.hex(key.text()).add(",IF(");
    in_time();
    sql.add(",");
    owner().add(",''),IF(");
    ends();
    sql.add(",IF(");
    ends();
    sql.add(") ON DUPLICATE KEY UPDATE lock_owner=IF((lock_owner='' OR lock_until<=").add(kNow);
    sql.add(" OR lock_owner=");
    owner().add(") AND ");
    in_time();
    sql.add(",");
    owner().add(",IF(lock_owner=");
    owner().add(",'',lock_owner)),lock_until=IF(lock_owner=");
    from_now(owner().add(","), lease).add(",lock_until),gone_at=IF(lock_owner=");
    owner().add(",GREATEST(gone_at,lock_until),gone_at)");
}

void Table::select(Sql& sql, const SessionKey& key, Want want, bool hint,
                   std::size_t largest) const {
    sql.begin("SELECT ").add(kThisMoment).add(",").add(kNow);
    sql.add(",cas,expires_at,lock_owner,lock_until,IFNULL(LENGTH(value),0),");
    if (hint)
        sql.add("IF(hint_until>").add(kNow).add(",hint,'')");
    else
        sql.add("''");
    if (want == Want::Value) {
        sql.add(",IF(expires_at>").add(kNow).add(" AND LENGTH(value)<=").add_number(largest);
        sql.add(",value,NULL)");
    } else {
        sql.add(",NULL");
    }
    sql.add(" FROM ").name(name_).add(" WHERE k=").hex(key.text());
}

void Table::put(Sql& sql, const Put& put) const {
    put.expected == 0 ? insert(sql, put) : update(sql, put);
}

namespace {

// The first assignment of a put: it looks at the row as it is found, says what it sees, and gives
// up the lock. `guard` is whether the put is made.
void look_and_unlock(Sql& sql, const Table::Put& put, std::string_view guard) {
    sql.add("lock_owner=IF(LAST_INSERT_ID(").add_number(kLooked);
    sql.add("+IF(").add(guard).add(",").add_number(kStored).add(",0)");
    sql.add("+IF(expires_at>").add(kNow).add(" AND cas=").add_number(put.cas).add(",");
    sql.add_number(kRepeated).add(",0)");
    sql.add("+IF(expires_at>").add(kNow).add(",").add_number(kAlive).add(",0)");
    if (!put.owner.empty()) {
        sql.add("+IF(lock_until>").add(kNow).add(" AND lock_owner=").hex(put.owner).add(",");
        sql.add_number(kUnlocked).add(",0)");
    }
    sql.add(")&").add_number(kUnlocked).add(",'',lock_owner)");
}

void set_hint(Sql& sql, const Table::Put& put, std::string_view guard) {
    if (put.hint.empty()) return;
    sql.add(",hint=IF(").add(guard).add(",").quote(put.hint).add(",hint)");
    sql.add(",hint_until=IF(").add(guard).add(",");
    from_now(sql, put.ttl_s).add(",hint_until)");
}

}  // namespace

// What is absent may still have a row: of a lock, or of a session that has expired. What the guard
// reads is assigned last.
void Table::insert(Sql& sql, const Put& put) const {
    const std::string guard = "expires_at<=" + std::string(kNow);
    sql.begin(put.payload.size() < kLarge ? in_time_ : "").add("INSERT INTO ").name(name_);
    sql.add(" (k,cas,value,hint,hint_until,expires_at,gone_at) VALUES (");
    sql.hex(put.key.text()).add(",").add_number(put.cas).add(",");
    sql.quote(put.header, put.payload).add(",").quote(put.hint).add(",");
    put.hint.empty() ? sql.add("0") : from_now(sql, put.ttl_s);
    from_now(sql.add(","), put.ttl_s);
    from_now(sql.add(","), put.ttl_s).add(") ON DUPLICATE KEY UPDATE ");
    look_and_unlock(sql, put, guard);
    sql.add(",value=IF(").add(guard).add(",VALUES(value),value)");
    set_hint(sql, put, guard);
    sql.add(",gone_at=IF(").add(guard).add(",GREATEST(gone_at,");
    from_now(sql, put.ttl_s).add("),gone_at)");
    sql.add(",cas=IF(").add(guard).add(",").add_number(put.cas).add(",cas)");
    sql.add(",expires_at=IF(").add(guard).add(",");
    from_now(sql, put.ttl_s).add(",expires_at)");
}

// A foreign row may have no version. It counts as the first, so that it can be replaced.
void Table::update(Sql& sql, const Put& put) const {
    const std::string guard =
        "expires_at>" + std::string(kNow) + " AND GREATEST(cas,1)=" + std::to_string(put.expected);
    sql.begin(put.payload.size() < kLarge ? in_time_ : "").add("UPDATE ").name(name_).add(" SET ");
    look_and_unlock(sql, put, guard);
    sql.add(",value=IF(").add(guard).add(",").quote(put.header, put.payload).add(",value)");
    set_hint(sql, put, guard);
    sql.add(",gone_at=IF(").add(guard).add(",GREATEST(IF(lock_owner='',0,lock_until),");
    from_now(sql, put.ttl_s).add("),gone_at)");
    sql.add(",expires_at=IF(").add(guard).add(",");
    from_now(sql, put.ttl_s).add(",expires_at)");
    sql.add(",cas=IF(").add(guard).add(",").add_number(put.cas).add(",cas)");
    sql.add(" WHERE k=").hex(put.key.text());
}

void Table::touch(Sql& sql, const SessionKey& key, std::uint32_t ttl_s) const {
    begin(sql, "UPDATE ").add(" SET hint_until=IF(hint_until>").add(kNow).add(",");
    from_now(sql, ttl_s).add(",hint_until),expires_at=IF(expires_at>").add(kNow);
    from_now(sql.add(",LAST_INSERT_ID("), ttl_s).add("),expires_at)");
    sql.add(",gone_at=GREATEST(expires_at,hint_until,IF(lock_owner='',0,lock_until)) WHERE k=");
    sql.hex(key.text());
}

void Table::release(Sql& sql, const SessionKey& key, std::string_view owner) const {
    begin(sql, "UPDATE ").add(" SET lock_owner='' WHERE k=").hex(key.text());
    sql.add(" AND lock_owner=").hex(owner).add(" AND lock_until>").add(kNow);
}

void Table::leave_hint(Sql& sql, const SessionKey& key, ByteView hint, std::uint32_t ttl_s) const {
    begin(sql, "INSERT INTO ").add(" (k,hint,hint_until,gone_at) VALUES (").hex(key.text());
    from_now(sql.add(",").quote(hint).add(","), ttl_s);
    from_now(sql.add(","), ttl_s);
    sql.add(
        ") ON DUPLICATE KEY UPDATE hint=VALUES(hint),hint_until=VALUES(hint_until),"
        "gone_at=GREATEST(gone_at,VALUES(gone_at))");
}

// ---- the whole table ----------------------------------------------------------------------------

void Table::list(Sql& sql, std::string_view behind, std::uint32_t count) const {
    sql.begin("SELECT k FROM ").name(name_).add(" WHERE k>").hex(behind);
    sql.add(" AND expires_at>").add(kNow).add(" AND k<>").hex(kLifeRow);
    sql.add(" ORDER BY k LIMIT ").add_number(count);
}

void Table::begin_sweep(Sql& sql, std::uint32_t rest_s) const {
    begin(sql, "INSERT INTO ").add(" (k,lock_until,gone_at) VALUES (").hex(kSweepRow);
    from_now(sql.add(","), rest_s).add(",").add(kForEver);
    sql.add(") ON DUPLICATE KEY UPDATE lock_until=IF(lock_until<=").add(kNow);
    from_now(sql.add(",LAST_INSERT_ID("), rest_s).add("),lock_until)");
}

void Table::select_expired(Sql& sql, std::uint32_t count) const {
    sql.begin("SELECT k FROM ").name(name_).add(" WHERE gone_at<=").add(kNow);
    sql.add(" ORDER BY gone_at LIMIT ").add_number(count);
}

// By their keys: a range of the index would be locked with its gaps, and pages would wait for it.
void Table::delete_expired(Sql& sql, const std::vector<SqlRow>& keys) const {
    begin(sql, "DELETE FROM ").add(" WHERE k IN (");
    bool is_first = true;
    for (const SqlRow& row : keys) {
        if (row.size() != 1 || !row.front()) continue;
        sql.add(is_first ? "" : ",").hex(as_text(*row.front()));
        is_first = false;
    }
    sql.add(is_first ? "NULL" : "").add(") AND gone_at<=").add(kNow);
}

// ---- answers ------------------------------------------------------------------------------------

std::optional<std::uint64_t> read_number(const SqlField& field) noexcept {
    if (!field || field->empty()) return std::nullopt;
    const std::string_view text = as_text(*field);
    std::uint64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<TableRow> read_row(SqlRow& row) noexcept {
    constexpr std::size_t kFields = 9;
    constexpr std::size_t kLongestTime = 32;
    if (row.size() != kFields || !row[0] || row[0]->size() > kLongestTime || !row[4] || !row[7])
        return std::nullopt;
    const auto now = read_number(row[1]);
    const auto cas = read_number(row[2]);
    const auto expires = read_number(row[3]);
    const auto locked_until = read_number(row[5]);
    const auto size = read_number(row[6]);
    if (!now || !cas || !expires || !locked_until || !size) return std::nullopt;
    TableRow out;
    out.server_time = as_text(*row[0]);
    out.is_alive = *expires > *now;
    if (out.is_alive) {
        out.cas = std::max(*cas, Cas{1});
        out.ttl_left_s = static_cast<std::int64_t>(
            std::min(*expires - *now, std::uint64_t{std::numeric_limits<std::int64_t>::max()}));
        out.size = *size;
    }
    out.is_locked = !row[4]->empty() && *locked_until > *now;
    if (out.is_locked) out.holder = read_lock_item(as_text(*row[4]));
    out.hint = std::move(row[7]);
    out.value = std::move(row[8]);
    return out;
}

std::optional<PutAnswer> read_put(const SqlAnswer& answer, bool expects_absence) noexcept {
    const std::uint64_t bits = answer.insert_id;
    if (answer.has_rows || bits > kAllBits || (bits != 0 && (bits & kLooked) == 0))
        return std::nullopt;
    PutAnswer out;
    if (bits == 0) {  // there was no row
        out.outcome = expects_absence ? PutOutcome::Stored : PutOutcome::Missing;
        return out;
    }
    out.lock_was_ours = (bits & kUnlocked) != 0;
    out.was_repeated = (bits & kRepeated) != 0;
    if ((bits & (kStored | kRepeated)) == 0)
        out.outcome = (bits & kAlive) != 0 ? PutOutcome::Conflict : PutOutcome::Missing;
    return out;
}

}  // namespace sessmirror::store

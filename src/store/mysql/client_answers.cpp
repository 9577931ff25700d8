// SPDX-License-Identifier: BSD-3-Clause
// What a MysqlClient makes of a server's answers.
#include "store/mysql/client.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include <errmsg.h>
#include <mysql.h>

#include <utility>

#include "base/allocation.h"
#include "store/mysql/errors.h"
#include "wire/printable.h"

namespace sessmirror::store {
namespace {

SqlColumn::Kind kind_of(const MYSQL_FIELD& field) noexcept {
    if (IS_NUM(field.type) && field.type != MYSQL_TYPE_TIMESTAMP) return SqlColumn::Kind::Number;
    const bool is_string =
        (field.type >= MYSQL_TYPE_TINY_BLOB && field.type <= MYSQL_TYPE_STRING) ||
        field.type == MYSQL_TYPE_VARCHAR;
    if (!is_string) return SqlColumn::Kind::Other;
    // The character set that is told is that of the answer.
    return (field.flags & BINARY_FLAG) != 0 ? SqlColumn::Kind::Bytes : SqlColumn::Kind::Text;
}

}  // namespace

// The call is over. What the next one waits for; 0 when that is over as well.
int MysqlClient::finish_step() noexcept {
    switch (step_) {
        case Step::Connect:
            return finish_connect();
        case Step::Query:
            query_.clear();
            return outcome_ != 0 ? take_error() : take_result();
        case Step::FetchRow:
            return take_row();
        case Step::NextResult:
            if (outcome_ < 0) return complete();
            return outcome_ > 0 ? take_error() : take_result();
        default:
            return kAtRest;
    }
}

int MysqlClient::take_result() noexcept {
    bool is_wrong = false;
    const bool is_noted = try_to_allocate([&] {
        SqlAnswer& answer = answers_.emplace_back();
        answer.has_rows = mysql_field_count(handle_) > 0;
        if (!answer.has_rows) {
            answer.affected = mysql_affected_rows(handle_);
            answer.insert_id = mysql_insert_id(handle_);
            return;
        }
        result_ = mysql_use_result(handle_);
        is_wrong = result_ == nullptr;
        if (!is_wrong) describe_columns(answer);
    });
    if (!is_noted)
        fail(Error(Errc::OutOfMemory, "no memory for an answer of %.100s",
                   target_.endpoint.name.c_str()));
    else if (is_wrong)
        fail(lost());
    if (!is_noted || is_wrong) return kAtRest;
    if (result_ == nullptr) return next_result();
    step_ = Step::FetchRow;
    return mysql_fetch_row_start(&row_, result_);
}

void MysqlClient::describe_columns(SqlAnswer& answer) {
    const unsigned count = mysql_num_fields(result_);
    const MYSQL_FIELD* const fields = mysql_fetch_fields(result_);
    for (unsigned i = 0; i < count; ++i)
        answer.columns.push_back({kind_of(fields[i]), (fields[i].flags & UNSIGNED_FLAG) != 0,
                                  (fields[i].flags & PRI_KEY_FLAG) != 0, fields[i].length});
}

int MysqlClient::take_row() noexcept {
    if (row_ == nullptr) {
        const bool has_failed = mysql_errno(handle_) != 0;
        mysql_free_result(std::exchange(result_, nullptr));
        return has_failed ? take_error() : next_result();
    }
    SqlAnswer& answer = answers_.back();
    if (answer.rows.size() == max_rows_) {
        fail(Error(Errc::Protocol, "%.100s: it sent more than it was asked for",
                   target_.endpoint.name.c_str()));
        return kAtRest;
    }
    const unsigned long* const lengths = mysql_fetch_lengths(result_);
    const bool is_noted = try_to_allocate([&] {
        SqlRow& row = answer.rows.emplace_back(answer.columns.size());
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row_[i] == nullptr) continue;
            const auto* const bytes = reinterpret_cast<const std::byte*>(row_[i]);
            row[i].emplace(bytes, bytes + lengths[i]);
        }
    });
    if (is_noted) return mysql_fetch_row_start(&row_, result_);
    fail(Error(Errc::OutOfMemory, "no memory for an answer of %.100s",
               target_.endpoint.name.c_str()));
    return kAtRest;
}

int MysqlClient::next_result() noexcept {
    if (mysql_more_results(handle_) == 0) return complete();
    step_ = Step::NextResult;
    return mysql_next_result_start(&outcome_, handle_);
}

// A statement has failed, or the connection.
int MysqlClient::take_error() noexcept {
    const unsigned code = mysql_errno(handle_);
    if (!is_servers_own(code)) {
        fail(lost());
        return kAtRest;
    }
    const bool is_noted = try_to_allocate([&] {
        // A result that broke off is no result.
        if (answers_.empty() || step_ != Step::FetchRow) answers_.emplace_back();
        answers_.back().error = code;
        wire::keep_printable(mysql_error(handle_), answers_.back().text);
    });
    if (is_noted) return complete();
    fail(Error(Errc::OutOfMemory, "no memory for an answer of %.100s",
               target_.endpoint.name.c_str()));
    return kAtRest;
}

int MysqlClient::complete() noexcept {
    step_ = Step::Idle;
    wait_for(MYSQL_WAIT_READ);  // the connection's end
    std::vector<SqlAnswer> answers = std::move(answers_);
    answers_.clear();
    if (step_ == Step::Idle) sink_.on_answers(answers);
    return kAtRest;
}

Error MysqlClient::lost() const noexcept {
    const char* const name = target_.endpoint.name.c_str();
    switch (mysql_errno(handle_)) {
        case CR_SERVER_GONE_ERROR:
        case CR_SERVER_LOST:
        case CR_SERVER_LOST_EXTENDED:
            return Error(Errc::Closed, "%.100s closed the connection", name);
        case CR_OUT_OF_MEMORY:
            return Error(Errc::OutOfMemory, "no memory for an answer of %.100s", name);
        default:
            return Error(Errc::Protocol, "%.100s: it does not speak MySQL's protocol (error %u)",
                         name, mysql_errno(handle_));
    }
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL

// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/greeting.h"

#include <array>
#include <cstdio>

#include "base/hash.h"
#include "store/mysql/errors.h"

namespace sessmirror::store {

void MysqlGreeting::write(Sql& sql) {
    Table::settings(sql);
    if (stage_ == Stage::Create) sql.begin(create_statement(target_.table));
    if (stage_ == Stage::Name) {
        std::array<char, 40> name{};
        std::snprintf(name.data(), name.size(), "%016llx%016llx",
                      static_cast<unsigned long long>(random_.next()),
                      static_cast<unsigned long long>(random_.next()));
        table_.insert_life(sql, name.data());
    }
    Table::limits(sql);
    table_.select_life(sql);
}

MysqlGreeting::Step MysqlGreeting::take(std::span<const SqlAnswer> answers) {
    if (answers.empty())
        return fail(
            Error(Errc::Protocol, "%.100s: it said nothing", target_.endpoint.name.c_str()));
    if (answers.back().error != 0) return take_error(answers.back());
    const std::size_t first = stage_ == Stage::Look ? 1 : 2;
    if (answers.size() != first + 2)
        return fail(Error(Errc::Protocol, "%.100s: an answer is not to this question",
                          target_.endpoint.name.c_str()));
    return take_look(answers.subspan(first));
}

MysqlGreeting::Step MysqlGreeting::take_error(const SqlAnswer& answer) {
    constexpr std::uint32_t kTableIsThere = 1050;
    if (stage_ == Stage::Create && answer.error == kTableIsThere) {  // somebody else was faster
        stage_ = Stage::Look;
        return Step::Again;
    }
    if (misses_table(answer.error)) {
        const bool is_column = answer.text.find("column") != std::string::npos;
        if (is_column || !target_.creates_table || was_created_)
            return fail(no_table(is_column ? "it has other columns" : "there is none"));
        was_created_ = true;
        stage_ = Stage::Create;
        return Step::Again;
    }
    return fail(turned_away(target_.endpoint.name.c_str(), answer.error, answer.text));
}

MysqlGreeting::Step MysqlGreeting::take_look(std::span<const SqlAnswer> answers) {
    const SqlField* const packet = answers[0].field(0);
    const SqlField* const time = answers[0].field(1);
    const auto max_packet = packet != nullptr ? read_number(*packet) : std::nullopt;
    if (!max_packet || time == nullptr || !*time || !answers[1].has_rows)
        return fail(Error(Errc::Protocol, "%.100s: an answer is not to this question",
                          target_.endpoint.name.c_str()));
    if (const auto objection = objection_to(answers[1].columns))
        return fail(no_table(objection->c_str()));
    const SqlField* const life = answers[1].field(Table::kLifeColumn);
    if (life == nullptr || !*life) {
        if (stage_ == Stage::Name) return fail(no_table("it does not keep its own name"));
        stage_ = Stage::Name;
        return Step::Again;
    }
    welcome_ = {*max_packet, std::string(as_text(**time)), Life{hash64(as_text(**life)), 0}};
    was_created_ = false;
    return Step::Done;
}

MysqlGreeting::Step MysqlGreeting::fail(const Error& why) noexcept {
    error_ = why;
    was_created_ = false;
    return Step::Failed;
}

Error MysqlGreeting::no_table(const char* what) const noexcept {
    return Error(Errc::Refused, "%.100s cannot use the table `%.64s`: %s",
                 target_.endpoint.name.c_str(), target_.table.c_str(), what)
        .with_errno(0);
}

}  // namespace sessmirror::store

// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/inventory.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include <utility>

#include "store/mysql/errors.h"

namespace sessmirror::store {
namespace {

constexpr std::size_t kMaxPacket = 1 << 20;  // a page has some 50 KB

}  // namespace

MysqlInventory::MysqlInventory(MysqlTarget target, net::EventLoop& loop, net::Resolver& resolver,
                               const InventoryLimits& limits)
    : loop_(loop),
      target_(std::move(target)),
      limits_(limits),
      table_(target_.table, kPatience),
      greeting_(target_),
      client_(loop, resolver, target_, *this),
      timer_(loop.make_timer(*this)) {}

void MysqlInventory::ask(Question question, InventorySink& sink) {
    cancel();
    question_ = question;
    sink_ = &sink;
    is_greeted_ = false;
    last_.clear();
    budget_.begin(question == Question::Keys ? limits_ : kLifeLimits, loop_.now());
    client_.open(kPatience, kMaxPacket);
}

void MysqlInventory::on_connected() noexcept {
    greeting_.begin();
    greet();
}

void MysqlInventory::greet() {
    Sql sql;
    greeting_.write(sql);
    query(sql, 1);
}

void MysqlInventory::query(const Sql& sql, std::size_t max_rows) {
    timer_->start(kPatience);
    client_.query(sql.text(), max_rows);
}

void MysqlInventory::list_behind(std::string_view key) {
    Sql sql;
    table_.list(sql, key, kPage);
    query(sql, kPage);
}

void MysqlInventory::cancel() noexcept {
    timer_->stop();
    question_ = Question::None;
    sink_ = nullptr;
    client_.close();
}

void MysqlInventory::on_answers(std::vector<SqlAnswer>& answers) noexcept {
    timer_->stop();
    if (!is_greeted_) return take_greeting(answers);
    if (answers.size() != 1) return not_understood();
    const SqlAnswer& page = answers.front();
    if (page.error != 0)
        return end(
            Error(Errc::StoreError, "%.100s cannot be listed: %.100s", name(), page.text.c_str()));
    take_page(page);
}

void MysqlInventory::take_greeting(std::span<const SqlAnswer> answers) {
    switch (greeting_.take(answers)) {
        case MysqlGreeting::Step::Again:
            return greet();
        case MysqlGreeting::Step::Failed:
            return end(greeting_.error());
        case MysqlGreeting::Step::Done:
            break;
    }
    is_greeted_ = true;
    if (question_ == Question::Life) return answer(greeting_.welcome().life);
    list_behind("");
}

void MysqlInventory::take_page(const SqlAnswer& answer) {
    if (!answer.has_rows) return not_understood();
    for (const SqlRow& row : answer.rows) {
        // In their order, so that no list goes on without end.
        if (row.size() != 1 || !row.front() || as_text(*row.front()) <= last_)
            return not_understood();
        last_ = as_text(*row.front());
        budget_.take_key();
        budget_.take_bytes(last_.size());
        sink_->on_key(last_);
        if (question_ == Question::None) return;  // cancelled meanwhile
    }
    if (answer.rows.size() < kPage) return end(kOk);
    if (budget_.is_spent(loop_.now())) return end(endless_inventory(name()));
    list_behind(last_);
}

void MysqlInventory::not_understood() {
    end(Error(Errc::Protocol, "%.100s: an answer is not to this question", name()));
}

void MysqlInventory::on_closed(const Error& reason) noexcept {
    end(reason);
}

void MysqlInventory::on_timer() noexcept {
    end(Error(Errc::Timeout, "%.100s did not answer", name()));
}

void MysqlInventory::end(Status outcome) {
    if (question_ == Question::Life) return answer(outcome.error());
    InventorySink* const sink = sink_;
    cancel();
    sink->on_listed(outcome);
}

void MysqlInventory::answer(Result<Life> life) {
    InventorySink* const sink = sink_;
    cancel();
    sink->on_life(life);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL

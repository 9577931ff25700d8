// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/link.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include <algorithm>

#include "base/allocation.h"
#include "store/mysql/errors.h"

namespace sessmirror::store {
namespace {

constexpr std::size_t kLowestRate = 256 * 1024;  // bytes a second, as of every link
constexpr std::size_t kMaxHeld = 8 * 1024;       // a hundred hints
constexpr std::size_t kMaxWithdrawals = 64;
constexpr Duration kBetweenTries = std::chrono::seconds(1);

Duration time_of(std::size_t bytes) noexcept {
    constexpr auto kPerByte = std::chrono::nanoseconds(std::chrono::seconds(1)) / kLowestRate;
    return kPerByte * static_cast<Duration::rep>(bytes);
}

}  // namespace

MysqlLink::MysqlLink(net::EventLoop& loop, net::Resolver& resolver, MysqlTarget target,
                     const LinkOptions& options, LinkOwner& owner)
    : loop_(loop),
      target_(std::move(target)),
      options_(options),
      owner_(owner),
      table_(target_.table, options.io_timeout * 3 / 4),
      greeting_(target_),
      client_(loop, resolver, target_, *this),
      timer_(loop.make_guard_timer(*this)) {}

MysqlLink::~MysqlLink() {
    loop_.unpost(*this);
}

// ---- sending

void MysqlLink::send(Client* client, TimePoint deadline, std::size_t max_rows) {
    loop_.base();  // a forked child leaves its parent's connection before it decides anything
    pending_.push_back({client, deadline, max_rows, is_up_, loop_.now()});
    client_.is_closed() ? open() : send_next();
    watch_time();
}

void MysqlLink::send_later(const Sql& statement) {
    loop_.base();
    if (!is_up_) return;
    later_.append(statement);
    if (later_.text().size() > kMaxHeld) flush();
}

void MysqlLink::withdraw(const SessionKey& key, const LockClaim& claim) {
    if (withdrawals_.size() == kMaxWithdrawals) withdrawals_.erase(withdrawals_.begin());
    withdrawals_.push_back(
        {{key, claim.owner}, loop_.now() + std::chrono::seconds(claim.lease_s + 1)});
}

void MysqlLink::flush() {
    loop_.base();
    const bool has_more = !later_.empty() || !withdrawals_.empty();
    if (!has_more || !pending_.empty()) return;  // it goes in front of what is pending
    if (client_.is_closed()) {
        if (loop_.now() < next_try_) return;
        next_try_ = loop_.now() + kBetweenTries;
    }
    send(nullptr, TimePoint::max());
}

std::string MysqlLink::latest(TimePoint deadline) const {
    return time_.at(std::min(deadline, loop_.now() + options_.io_timeout));
}

void MysqlLink::send_next() {
    while (is_up_ && !is_asking_ && !pending_.empty() && client_.is_idle()) {
        Sql sql;
        if (!write_packet(sql)) continue;
        Pending& pending = pending_.front();
        pending.sent_at = loop_.now();
        send_packet(sql, pending.max_rows);
    }
}

// False when the first of them cannot be sent; it is given back then.
bool MysqlLink::write_packet(Sql& sql) {
    const Pending& pending = pending_.front();
    const bool is_written = try_to_allocate([&] {
        write_front(sql);
        if (pending.client != nullptr) pending.client->write(sql);
    });
    if (is_written && sql.text().size() < *max_packet_) return true;
    if (is_written && in_front_ != 0 && pending.client != nullptr) {  // try it alone
        is_front_failed_ = true;
        sql.clear();
        return write_packet(sql);
    }
    give_back(is_written
                  ? Error(Errc::TooLarge, "the session needs %zu bytes, %.100s takes at most %llu",
                          sql.text().size(), name().c_str(),
                          static_cast<unsigned long long>(*max_packet_))
                  : Error(Errc::OutOfMemory, "no memory for a packet to %.100s", name().c_str()));
    return false;
}

void MysqlLink::write_front(Sql& sql) {
    const TimePoint now = loop_.now();
    std::erase_if(withdrawals_, [now](const Withdrawal& one) { return one.ends <= now; });
    withdrawn_ = 0;
    if (!std::exchange(is_front_failed_, false)) {
        for (const Withdrawal& one : withdrawals_)
            table_.release(sql, one.claimant.key, one.claimant.owner.view());
        withdrawn_ = sql.statements();
        sql.append(later_);
    }
    later_.clear();
    in_front_ = sql.statements();
    // A packet of nothing is one all the same, where all that was to be sent has ended.
    if (sql.empty() && pending_.front().client == nullptr) Table::limits(sql);
}

void MysqlLink::send_packet(const Sql& sql, std::size_t max_rows) {
    is_asking_ = true;
    patience_ends_ = loop_.now() + options_.io_timeout + time_of(sql.text().size());
    client_.query(sql.text(), max_rows);
    watch_time();
}

// The first of them, which has not been sent. Its asker is told from the loop.
void MysqlLink::give_back(const Error& why) {
    Client* const client = pending_.front().client;
    pending_.pop_front();
    if (client == nullptr) return;
    given_back_.emplace_back(client, why);
    loop_.post(*this);
}

void MysqlLink::on_ready() noexcept {
    const auto given_back = std::exchange(given_back_, {});
    for (const auto& [client, why] : given_back) client->on_lost(why, false);
}

// ---- a new connection

void MysqlLink::open() {
    client_.open(options_.connect_timeout + options_.io_timeout,
                 options_.max_value + ValueLimits::kSmall);
}

void MysqlLink::on_connected() noexcept {
    greeting_.begin();
    greet();
}

void MysqlLink::greet() {
    Sql sql;
    greeting_.write(sql);
    send_packet(sql, 1);
}

void MysqlLink::take_greeting(std::span<SqlAnswer> answers) {
    switch (greeting_.take(answers)) {
        case MysqlGreeting::Step::Again:
            return greet();
        case MysqlGreeting::Step::Failed:
            if (greeting_.error().code == Errc::Protocol) owner_.on_protocol_error();
            return drop(greeting_.error());
        case MysqlGreeting::Step::Done:
            break;
    }
    const MysqlGreeting::Welcome& welcome = greeting_.welcome();
    note_time(welcome.time);
    max_packet_ = welcome.max_packet;
    const bool is_sure = was_up_ && !has_lost_;
    is_up_ = was_up_ = true;
    owner_.on_link_up({std::exchange(has_lost_, false),
                       is_sure ? std::optional<Life>(welcome.life) : std::nullopt});
}

// ---- answers

void MysqlLink::on_answers(std::vector<SqlAnswer>& answers) noexcept {
    is_asking_ = false;
    patience_ends_ = TimePoint::max();
    ++exchanges_;
    is_up_ ? take_answers(answers) : take_greeting(answers);
    send_next();
    watch_time();
}

void MysqlLink::take_answers(std::span<SqlAnswer> answers) {
    const SqlAnswer& last = answers.back();
    const std::uint32_t error = last.error;
    if (ends_connection(error) || misses_table(error))  // the next one says what is wrong
        return drop(Error(Errc::Closed, "%.100s ended the connection: %.100s", name().c_str(),
                          last.text.c_str()));
    if (is_not_ready(error)) return drop(turned_away(name().c_str(), error, last.text));
    if (error != 0 && answers.size() <= in_front_) return front_failed(last, answers.size() - 1);
    withdrawals_.erase(withdrawals_.begin(), withdrawals_.begin() + std::exchange(withdrawn_, 0));
    complete(answers.subspan(std::min<std::size_t>(in_front_, answers.size())));
}

// The asker's own statements have not been made, so they are sent again, by themselves. A claim
// that could not be withdrawn is withdrawn the next time.
void MysqlLink::front_failed(const SqlAnswer& answer, std::size_t statement) {
    if (statement < withdrawn_ && !is_conflict(answer.error)) withdrawals_.clear();
    is_front_failed_ = true;
    if (pending_.front().client == nullptr) pending_.pop_front();
}

void MysqlLink::complete(std::span<SqlAnswer> answers) {
    const Pending done = pending_.front();
    pending_.pop_front();
    if (done.client == nullptr || done.client->on_replies(answers)) return;
    pending_.push_front(done);
    owner_.on_protocol_error();
    drop(Error(Errc::Protocol, "%.100s: an answer is not to this question", name().c_str()));
}

// ---- time

TimePoint MysqlLink::due() const noexcept {
    TimePoint due = patience_ends_;
    for (const Pending& pending : pending_) due = std::min(due, pending.deadline);
    return due;
}

void MysqlLink::watch_time() {
    client_.await(std::ranges::any_of(
        pending_, [](const Pending& pending) { return pending.client != nullptr; }));
    const TimePoint ends = due();
    if (ends == TimePoint::max()) {
        timer_->stop();
        timer_due_ = TimePoint::max();
    } else if (ends < timer_due_) {  // one that is too early looks again
        timer_due_ = ends;
        timer_->start(ends - loop_.now());
    }
}

void MysqlLink::on_timer() noexcept {
    timer_due_ = TimePoint::max();
    const TimePoint now = loop_.now();
    due() <= now ? drop(too_late(now)) : watch_time();
}

void MysqlLink::on_progress(std::size_t bytes) noexcept {
    if (patience_ends_ == TimePoint::max()) return;
    const TimePoint longest = loop_.now() + options_.io_timeout;
    if (patience_ends_ < longest)
        patience_ends_ = std::min(patience_ends_ + time_of(bytes), longest);
}

// A caller that came with less time than stores may take has nothing to hold against this one.
Error MysqlLink::too_late(TimePoint now) const noexcept {
    const auto late = std::ranges::find_if(
        pending_, [now](const Pending& pending) { return pending.deadline <= now; });
    const Duration waited =
        patience_ends_ <= now || late == pending_.end() ? options_.io_timeout : now - late->sent_at;
    const auto waited_ms = static_cast<int>(std::chrono::ceil<milliseconds>(waited).count());
    if (waited < options_.io_timeout / 2)
        return Error(Errc::OutOfTime, "%.100s had only %d ms to answer", name().c_str(), waited_ms);
    return Error(Errc::Timeout, "%.100s did not answer within %d ms", name().c_str(), waited_ms);
}

// ---- the end of a connection

void MysqlLink::on_closed(const Error& reason) noexcept {
    if (reason.code == Errc::Protocol) owner_.on_protocol_error();
    drop(reason);
}

void MysqlLink::drop(const Error& reason) {
    const Error why = reason;
    const bool may_repeat = why.code == Errc::Closed;
    client_.close();
    const std::deque<Pending> lost = std::exchange(pending_, {});
    later_.clear();
    is_up_ = is_asking_ = is_front_failed_ = false;
    patience_ends_ = TimePoint::max();
    watch_time();
    for (const Pending& pending : lost) {
        if (pending.client == nullptr) continue;
        const bool repeats = may_repeat && pending.on_used_connection;
        has_lost_ |= !repeats;
        pending.client->on_lost(why, repeats);
    }
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL

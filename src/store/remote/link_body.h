// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The functions of Link. Included where an engine makes its own link of it:
//     template class Link<MyWire>;
// and nowhere else; its header declares that (extern template).

#include <algorithm>
#include <utility>

#include "base/allocation.h"
#include "store/remote/link.h"
#include "store/remote/server_guess.h"

namespace sessmirror::store {

template <class Wire>
Link<Wire>::Link(net::EventLoop& loop, net::Resolver& resolver, net::Endpoint endpoint,
                 const LinkOptions& options, LinkOwner& owner)
    : loop_(loop),
      options_(options),
      owner_(owner),
      connection_(loop, resolver, std::move(endpoint), *this),
      timer_(loop.make_guard_timer(*this)),
      parser_(options.max_value) {}

// ---- sending

template <class Wire>
typename Link<Wire>::Packet& Link<Wire>::packet() {
    loop_.base();  // a forked child leaves its parent's connection before it decides anything
    return outgoing_;
}

template <class Wire>
void Link<Wire>::send(Client* client, const LinkTerms& terms) {
    if (connection_.is_closed()) open();
    push(client, terms);
    is_held_ |= terms.waits_for_greeting && !is_up_;
    if (!is_held_) return send_outgoing();
    outgoing_.keep();
    watch_time();
}

template <class Wire>
void Link<Wire>::send_later() {
    if (!is_up_ && !is_held_) {
        outgoing_.clear();
        next_pending_ = outgoing_.next();
        return;
    }
    outgoing_.keep();
    push(nullptr, {.deadline = TimePoint::max()});
    if (outgoing_.size() > kMaxHeld && !is_held_) send_outgoing();
}

template <class Wire>
void Link<Wire>::flush() {
    if (packet().commands() != 0 && !is_held_) send_outgoing();
}

template <class Wire>
void Link<Wire>::push(Client* client, const LinkTerms& terms) {
    Pending& pending = pending_.emplace_back();
    pending.client = client;
    pending.terms = terms;
    pending.first_command = std::exchange(next_pending_, outgoing_.next());
    pending.commands = next_pending_ - pending.first_command;
    pending.on_used_connection = is_up_;
    pending.sent_at = loop_.now();
    if (is_up_ && pending.is_awaited()) silence_.begin(pending.sent_at + options_.io_timeout / 2);
}

template <class Wire>
void Link<Wire>::send_outgoing() {
    if (connection_.is_open()) begin_patience();
    const std::span<const ByteView> pieces = outgoing_.pieces();
    const std::size_t size = size_of(pieces);
    unacknowledged_ += size;
    silence_.sent(size);
    connection_.send(pieces);
    outgoing_.clear();
    watch_time();
}

template <class Wire>
std::size_t Link<Wire>::size_of(std::span<const ByteView> pieces) noexcept {
    std::size_t size = 0;
    for (const ByteView piece : pieces) size += piece.size();
    return size;
}

// Of all that is sent from now on.
template <class Wire>
void Link<Wire>::begin_patience() {
    const TimePoint now = loop_.now();
    for (auto pending = pending_.rbegin(); pending != pending_.rend(); ++pending) {
        if (pending->patience_ends != TimePoint::max()) return;
        pending->sent_at = now;
        pending->patience_ends = now + options_.io_timeout;
    }
}

template <class Wire>
void Link<Wire>::open() {
    connection_.open(options_.connect_timeout, {kDirectWait, options_.polling});
    const Greeting hello = greeting(was_up_ && !has_lost_);
    const ByteView text = as_bytes(hello.text);
    connection_.send({&text, 1});
    Pending& pending = pending_.emplace_back();
    pending.is_greeting = true;
    pending.commands = hello.commands;
    pending.terms.deadline = TimePoint::max();
    pending.sent_at = loop_.now();
}

template <class Wire>
void Link<Wire>::on_open() noexcept {
    begin_patience();
    watch_time();
}

// ---- time

template <class Wire>
void Link<Wire>::watch_time() {
    if (std::any_of(pending_.begin(), pending_.end(),
                    [](const Pending& pending) { return pending.is_awaited(); }))
        loop_.await(*this);
    else
        loop_.await_no_longer(*this);
    if (pending_.empty()) {
        timer_->stop();
        timer_due_ = TimePoint::max();
        return;
    }
    const auto first =
        std::min_element(pending_.begin(), pending_.end(),
                         [](const Pending& a, const Pending& b) { return a.ends() < b.ends(); });
    // A timer that is too early looks again when it fires; it is not moved for every packet.
    const TimePoint due = std::min(first->ends(), silence_.due());
    if (due >= timer_due_) return;
    timer_due_ = due;
    timer_->start(timer_due_ - loop_.now());
}

template <class Wire>
void Link<Wire>::on_timer() noexcept {
    timer_due_ = TimePoint::max();
    const TimePoint now = loop_.now();
    if (silence_.due() <= now && silence_.is_silent(connection_.unacknowledged()))
        connection_.doubt();
    const auto late = std::find_if(pending_.begin(), pending_.end(),
                                   [now](const Pending& p) { return p.ends() <= now; });
    const bool is_over = late != pending_.end() && late->terms.deadline <= now;
    if (late == pending_.end() || (!is_over && made_progress())) {
        watch_time();
        return;
    }
    drop(too_late(*late, now));
}

// A caller that came with less time than stores may take has nothing to hold against this one.
template <class Wire>
Error Link<Wire>::too_late(const Pending& pending, TimePoint now) const noexcept {
    const Duration waited = now - pending.sent_at;
    const int ms = static_cast<int>(std::chrono::ceil<milliseconds>(waited).count());
    if (waited < options_.io_timeout / 2)
        return Error(Errc::OutOfTime, "%.100s had only %d ms to answer", name().c_str(), ms);
    return Error(Errc::Timeout, "%.100s did not answer within %d ms", name().c_str(), ms);
}

// A packet was answered, or taken to its end: whatever the server owes, it may take that long again
// for.
template <class Wire>
void Link<Wire>::renew_patience() noexcept {
    if (pending_.empty()) return;
    const TimePoint ends = loop_.now() + options_.io_timeout;
    for (Pending& pending : pending_)
        if (pending.patience_ends < ends) pending.patience_ends = ends;
}

// So many bytes have come or gone, of which that is all that they show.
template <class Wire>
void Link<Wire>::extend_patience(std::size_t bytes) noexcept {
    constexpr auto kPerByte = std::chrono::nanoseconds(std::chrono::seconds(1)) / kLowestRate;
    const Duration worth = kPerByte * static_cast<Duration::rep>(bytes);
    const TimePoint longest = loop_.now() + options_.io_timeout;
    for (Pending& pending : pending_)
        if (pending.patience_ends < longest)
            pending.patience_ends = std::min(pending.patience_ends + worth, longest);
}

// Looked at when the patience is at its end, since it costs a system call. Where everything is
// acknowledged it is the answer that is late, unless something was still missing at the last look.
template <class Wire>
bool Link<Wire>::made_progress() noexcept {
    const std::size_t before = std::exchange(unacknowledged_, connection_.unacknowledged());
    const bool is_less = unacknowledged_ < before;
    const bool was_sending = std::exchange(is_sending_, is_less && unacknowledged_ > 0);
    if (!is_sending_ && !(is_less && was_sending)) return false;
    // Once it has everything, it may think as long as with any other packet.
    unacknowledged_ == 0 ? renew_patience() : extend_patience(before - unacknowledged_);
    const TimePoint now = loop_.now();
    return std::none_of(pending_.begin(), pending_.end(),
                        [now](const Pending& p) { return p.patience_ends <= now; });
}

template <class Wire>
void Link<Wire>::forget_sending() noexcept {
    unacknowledged_ = 0;
    is_sending_ = false;
    silence_.end();
}

// ---- receiving

// The socket's patience is fixed, which spares the call that would set it. So where the loop would
// have to end the wait earlier, it has to wait itself; as when an answer that nobody waited for is
// late, since then it is here, or the store hangs.
template <class Wire>
bool Link<Wire>::receive_directly(TimePoint limit) noexcept {
    constexpr Duration kSlack = milliseconds(1);  // between sending and waiting
    const TimePoint now = loop_.now();
    const TimePoint back = now + kDirectWait;
    if (back > limit) return false;
    for (const Pending& pending : pending_)
        if (pending.ends() < (pending.is_awaited() ? back - kSlack : now)) return false;
    return connection_.receive_directly();
}

template <class Wire>
void Link<Wire>::on_bytes(ByteView bytes) noexcept {
    receive(bytes, bytes.size());
}

template <class Wire>
void Link<Wire>::on_filled(std::size_t size) noexcept {
    parser_.filled(size);
    receive({}, size);
}

template <class Wire>
void Link<Wire>::receive(ByteView bytes, std::size_t size) {
    const unsigned life = life_;
    const std::uint32_t completed = completed_packets_;
    silence_.end();
    if (!try_to_allocate([&] { parse(bytes); }))
        return drop(Error(Errc::OutOfMemory, "no memory for an answer of %.100s", name().c_str()));
    if (life != life_) return;
    if (completed != completed_packets_)
        renew_patience();
    else
        extend_patience(size);
}

// Without bytes the parser only finishes what it has been filled with.
template <class Wire>
void Link<Wire>::parse(ByteView bytes) {
    const unsigned life = life_;
    do {
        if (pending_.empty()) {
            protocol_error("it sent more than it was asked for");
            return;
        }
        Reply reply;
        parser_.set_max_value(largest_value());
        const ByteView unread = bytes;
        const auto step = parser_.next(bytes, reply);
        if (step == Parser::Step::NeedMore) break;
        if (step == Parser::Step::Malformed) {
            protocol_error(("it does not speak " + std::string(protocol_name()) +
                            what_speaks_so(as_text(unread)))
                               .c_str());
            return;
        }
        take(std::move(reply));
        if (life != life_) return;
    } while (!bytes.empty() || parser_.has_more());
}

// Of the next reply.
template <class Wire>
std::size_t Link<Wire>::largest_value() const noexcept {
    const ValueLimits& limits = pending_.front().terms.values;
    return std::min(limits.each, limits.all - values_);
}

template <class Wire>
void Link<Wire>::accept(Reply reply) {
    values_ += std::min(Wire::value_size(reply), largest_value());
    replies_.push_back(std::move(reply));
    if (replies_.size() == pending_.front().commands) complete_front();
}

template <class Wire>
void Link<Wire>::accept_greeting(std::optional<Life> life) {
    is_up_ = was_up_ = true;
    ++completed_packets_;
    pending_.erase(pending_.begin());
    if (std::exchange(is_held_, false)) send_outgoing();
    watch_time();
    owner_.on_link_up({std::exchange(has_lost_, false), life});
}

template <class Wire>
void Link<Wire>::complete_front() {
    const Pending done = pending_.front();
    pending_.erase(pending_.begin());
    ++completed_packets_;
    values_ = 0;
    if (pending_.empty()) forget_sending();
    completed_.swap(replies_);
    watch_time();
    const bool is_answer = done.client == nullptr || done.client->on_replies(completed_);
    if (!is_answer) {
        pending_.insert(pending_.begin(), done);
        replies_.swap(completed_);
        protocol_error("an answer is not to this question");
    }
    completed_.clear();
    if (completed_.capacity() > kUsualReplies) completed_.shrink_to_fit();
}

// ---- the end of a connection

template <class Wire>
void Link<Wire>::protocol_error(const char* what) {
    owner_.on_protocol_error();
    drop(Error(Errc::Protocol, "%.100s: %s", name().c_str(), what));
}

template <class Wire>
void Link<Wire>::on_closed(const Error& reason) noexcept {
    drop(reason);
}

template <class Wire>
void Link<Wire>::drop(const Error& reason) {
    end_connection(reason, reason.code == Errc::Closed ? Repeat::OnUsedConnection : Repeat::None);
}

template <class Wire>
void Link<Wire>::start_over(const Error& reason) {
    end_connection(reason, Repeat::All);
}

// Who repeats needs the lock that it has.
template <class Wire>
void Link<Wire>::end_connection(const Error& reason, Repeat repeat) {
    if (!connection_.is_closed())
        connection_.close_after(as_bytes(repeat == Repeat::None ? withdrawals() : std::string()));
    const std::vector<Pending> lost = std::exchange(pending_, {});
    replies_.clear();
    values_ = 0;
    outgoing_.clear();
    next_pending_ = outgoing_.next();
    forget_sending();
    ++life_;
    parser_.reset();
    is_up_ = is_held_ = false;
    forget_server();
    watch_time();
    for (const Pending& pending : lost) {
        if (pending.client == nullptr) continue;
        const bool repeats = repeat == Repeat::All ||
                             (repeat == Repeat::OnUsedConnection && pending.on_used_connection);
        has_lost_ |= !repeats;
        pending.client->on_lost(reason, repeats);
    }
}

template <class Wire>
std::string Link<Wire>::withdrawals() const {
    std::string out;
    for (const Pending& pending : pending_)
        if (pending.terms.withdrawal) out += withdrawal_of(pending);
    return out;
}

}  // namespace sessmirror::store

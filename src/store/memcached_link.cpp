// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached_link.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "wire/server_version.h"

namespace sessmirror::store {
namespace {

using wire::ReplyCode;

// How long a receiving call may take the loop's place: an answer that takes longer costs one wait
// of the loop more, and a guard timer fires that much late.
constexpr Duration kDirectWait = milliseconds(4);
constexpr std::size_t kMaxHeld = 8 * 1024;  // a hundred hints
constexpr std::size_t kUsualReplies = 16;   // more are those of a large session's chunks
constexpr unsigned kMaxSettings = 1000;     // real servers send about a hundred

int milliseconds_of(Duration duration) noexcept {
    return static_cast<int>(std::chrono::ceil<milliseconds>(duration).count());
}

std::size_t size_of(std::span<const ByteView> pieces) noexcept {
    std::size_t size = 0;
    for (const ByteView piece : pieces) size += piece.size();
    return size;
}

// memcached repeats the opaque in every reply to a meta command but these: a miss before 1.6.18,
// `mn`, the end of `stats`, and errors.
bool may_lack_opaque(ReplyCode code) noexcept {
    return code == ReplyCode::Miss || code == ReplyCode::NoOp || code == ReplyCode::End ||
           code == ReplyCode::ServerError;
}

}  // namespace

MemcachedLink::MemcachedLink(net::EventLoop& loop, net::Resolver& resolver, net::Endpoint endpoint,
                             const LinkOptions& options, LinkOwner& owner)
    : loop_(loop),
      options_(options),
      owner_(owner),
      connection_(loop, resolver, std::move(endpoint), *this),
      timer_(loop.make_guard_timer(*this)),
      parser_(options.max_value) {}

// ---- sending

wire::Packet& MemcachedLink::packet() {
    loop_.base();  // a forked child leaves its parent's connection before it decides anything
    return outgoing_;
}

void MemcachedLink::send(LinkClient* client, const LinkTerms& terms) {
    if (connection_.is_closed()) open();
    push(client, terms);
    send_outgoing();
}

void MemcachedLink::send_later() {
    if (!is_up_) {
        outgoing_.clear();
        next_pending_ = outgoing_.next();
        return;
    }
    outgoing_.keep();
    push(nullptr, {.deadline = TimePoint::max()});
    if (outgoing_.size() > kMaxHeld) send_outgoing();
}

void MemcachedLink::flush() {
    if (packet().commands() != 0) send_outgoing();
}

void MemcachedLink::push(LinkClient* client, const LinkTerms& terms) {
    Pending& pending = pending_.emplace_back();
    pending.client = client;
    pending.terms = terms;
    pending.first_command = std::exchange(next_pending_, outgoing_.next());
    pending.commands = next_pending_ - pending.first_command;
    pending.on_used_connection = is_up_;
    pending.sent_at = loop_.now();
}

void MemcachedLink::send_outgoing() {
    if (connection_.is_open()) begin_patience();
    const std::span<const ByteView> pieces = outgoing_.pieces();
    unacknowledged_ += size_of(pieces);
    connection_.send(pieces);
    outgoing_.clear();
    watch_time();
}

// Of all that is sent from now on.
void MemcachedLink::begin_patience() {
    const TimePoint now = loop_.now();
    for (auto pending = pending_.rbegin(); pending != pending_.rend(); ++pending) {
        if (pending->patience_ends != TimePoint::max()) return;
        pending->sent_at = now;
        pending->patience_ends = now + options_.io_timeout;
    }
}

void MemcachedLink::open() {
    connection_.open(options_.connect_timeout, {kDirectWait, options_.polling});
    constexpr std::string_view kHello = "version\r\n";
    const ByteView hello = as_bytes(kHello);
    connection_.send({&hello, 1});
    Pending& pending = pending_.emplace_back();
    pending.is_handshake = true;
    pending.commands = 1;
    pending.terms.deadline = TimePoint::max();
    pending.sent_at = loop_.now();
}

void MemcachedLink::on_open() noexcept {
    begin_patience();
    watch_time();
}

// ---- time

void MemcachedLink::watch_time() {
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
    if (first->ends() >= timer_due_) return;
    timer_due_ = first->ends();
    timer_->start(timer_due_ - loop_.now());
}

void MemcachedLink::on_timer() noexcept {
    timer_due_ = TimePoint::max();
    const TimePoint now = loop_.now();
    const auto late = std::find_if(pending_.begin(), pending_.end(),
                                   [now](const Pending& p) { return p.ends() <= now; });
    if (late == pending_.end() || made_progress()) {
        watch_time();
        return;
    }
    drop(Error(Errc::Timeout, "%.100s did not answer within %d ms", name().c_str(),
               milliseconds_of(now - late->sent_at)));
}

// What shows that the server lives: whatever it owes, it may take that long again for.
void MemcachedLink::be_patient() noexcept {
    if (pending_.empty()) return;
    const TimePoint ends = loop_.now() + options_.io_timeout;
    for (Pending& pending : pending_)
        if (pending.patience_ends < ends) pending.patience_ends = ends;
}

// Looked at when the patience is at its end, since it costs a system call. Where everything is
// acknowledged it is the answer that is late, unless something was still missing at the last look.
bool MemcachedLink::made_progress() noexcept {
    const std::size_t before = std::exchange(unacknowledged_, connection_.unacknowledged());
    const bool is_less = unacknowledged_ < before;
    const bool was_sending = std::exchange(is_sending_, is_less && unacknowledged_ > 0);
    if (!is_sending_ && !(is_less && was_sending)) return false;
    be_patient();
    return true;
}

void MemcachedLink::forget_sending() noexcept {
    unacknowledged_ = 0;
    is_sending_ = false;
}

// ---- receiving

// The socket's patience is fixed, which spares the call that would set it. So where the loop would
// have to end the wait earlier, it has to wait itself; as when an answer that nobody waited for is
// late, since then it is here, or the store hangs.
bool MemcachedLink::receive_directly(TimePoint limit) noexcept {
    constexpr Duration kSlack = milliseconds(1);  // between sending and waiting
    const TimePoint now = loop_.now();
    const TimePoint back = now + kDirectWait;
    if (back > limit) return false;
    for (const Pending& pending : pending_)
        if (pending.ends() < (pending.is_awaited() ? back - kSlack : now)) return false;
    return connection_.receive_directly();
}

void MemcachedLink::on_bytes(ByteView bytes) noexcept {
    parse(bytes);
}

void MemcachedLink::on_filled(std::size_t size) noexcept {
    parser_.filled(size);
    parse({});
}

// Without bytes the parser only finishes what it has been filled with.
void MemcachedLink::parse(ByteView bytes) {
    const unsigned life = life_;
    do {
        if (pending_.empty()) {
            protocol_error("it sent more than it was asked for");
            return;
        }
        wire::Reply reply;
        const auto step = parser_.next(bytes, reply);
        if (step == wire::ReplyParser::Step::NeedMore) break;
        if (step == wire::ReplyParser::Step::Malformed) {
            protocol_error("it does not speak memcached's meta protocol");
            return;
        }
        take(std::move(reply));
        if (life != life_) return;
    } while (!bytes.empty());
    be_patient();
}

void MemcachedLink::take(wire::Reply reply) {
    Pending& pending = pending_.front();
    if (pending.is_handshake) {
        take_version(reply);
        return;
    }
    if (reply.code == ReplyCode::Stat && pending.terms.reads_settings) {
        take_setting(reply);
        return;
    }
    if (const char* const fault = fault_of(reply, pending)) {
        protocol_error(fault);
        return;
    }
    const bool is_item = reply.code == ReplyCode::Done || reply.code == ReplyCode::Value;
    if (is_item && reply.has_cas && reply.cas == 0) {
        drop(Error(Errc::StoreError,
                   "%.100s runs without compare-and-set (option -C), which sessions need",
                   name().c_str()));
        return;
    }
    replies_.push_back(std::move(reply));
    if (replies_.size() == pending.commands) complete_front();
}

const char* MemcachedLink::fault_of(const wire::Reply& reply, const Pending& pending) const {
    const auto expected = pending.first_command + static_cast<std::uint32_t>(replies_.size());
    if (reply.has_opaque && reply.opaque != wire::Packet::opaque_of(expected))
        return "an answer is not to this question";
    if (!reply.has_opaque && !may_lack_opaque(reply.code)) return "an answer has no opaque";
    if (reply.code == ReplyCode::End && !pending.terms.reads_settings)
        return "an answer is not to this question";
    return nullptr;
}

void MemcachedLink::complete_front() {
    const Pending done = pending_.front();
    pending_.erase(pending_.begin());
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

void MemcachedLink::take_version(const wire::Reply& reply) {
    if (reply.code == ReplyCode::ServerError) {
        drop(Error(Errc::StoreError, "%.100s: %.100s", name().c_str(), reply.text.c_str()));
        return;
    }
    if (reply.code == ReplyCode::Refusal) {
        drop(Error(Errc::Refused, "%.100s turns connections away: %.100s", name().c_str(),
                   reply.text.c_str()));
        return;
    }
    if (reply.code != ReplyCode::Version) {
        protocol_error("it is no memcached");
        return;
    }
    const auto version = wire::parse_server_version(reply.text);
    if (!version || *version < wire::kMetaProtocol) {
        drop(Error(Errc::StoreError, "%.100s runs memcached %.20s; 1.6.10 or later is needed",
                   name().c_str(), reply.text.c_str()));
        return;
    }
    has_explicit_cas_ = *version >= wire::kExplicitCas;
    is_up_ = true;
    pending_.erase(pending_.begin());
    watch_time();
    owner_.on_link_up();
}

void MemcachedLink::take_setting(const wire::Reply& reply) {
    if (++settings_seen_ > kMaxSettings) {
        protocol_error("its list of settings does not end");
        return;
    }
    constexpr std::string_view kItemLimit = "item_size_max ";
    if (!reply.text.starts_with(kItemLimit)) return;
    const std::string_view digits = std::string_view(reply.text).substr(kItemLimit.size());
    std::uint64_t limit = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), limit).ec == std::errc{})
        item_limit_ = limit;
}

// ---- the end of a connection

void MemcachedLink::protocol_error(const char* what) {
    owner_.on_protocol_error();
    drop(Error(Errc::Protocol, "%.100s: %s", name().c_str(), what));
}

void MemcachedLink::on_closed(const Error& reason) noexcept {
    drop(reason);
}

void MemcachedLink::drop(const Error& reason) {
    if (!connection_.is_closed()) connection_.close_after(as_bytes(withdrawals()));
    const std::vector<Pending> lost = std::exchange(pending_, {});
    replies_.clear();
    outgoing_.clear();
    next_pending_ = outgoing_.next();
    forget_sending();
    ++life_;
    parser_.reset();
    is_up_ = false;
    has_explicit_cas_ = false;
    item_limit_.reset();
    settings_seen_ = 0;
    watch_time();
    for (const Pending& pending : lost) {
        const bool may_repeat = reason.code == Errc::Closed && pending.on_used_connection;
        if (pending.client != nullptr) pending.client->on_lost(reason, may_repeat);
    }
}

std::string MemcachedLink::withdrawals() const {
    std::string out;
    for (const Pending& entry : pending_) {
        const bool is_answered = &entry == &pending_.front() && !replies_.empty();
        const bool was_refused =
            entry.terms.claims_lock && is_answered && replies_.front().code == ReplyCode::NotStored;
        if (entry.terms.withdrawal && !was_refused)
            out += withdrawal_commands(*entry.terms.withdrawal);
    }
    return out;
}

}  // namespace sessmirror::store

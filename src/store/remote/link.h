// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/connection.h"
#include "store/lock_item.h"
#include "store/remote/silence_watch.h"
#include "store/remote_store.h"

namespace sessmirror::store {

// Who asked. Exactly one of the two is called for each packet, from the loop.
template <class Reply>
class LinkClient {
  public:
    // One reply for each command, in order. Returns false, having done nothing, when they are no
    // answer to these commands; on_lost() then follows.
    virtual bool on_replies(std::span<Reply> replies) noexcept = 0;
    // `may_repeat`: an established connection turned out to be closed, as after a restart of the
    // store; the packet may or may not have taken effect.
    virtual void on_lost(const Error& why, bool may_repeat) noexcept = 0;

  protected:
    ~LinkClient() = default;
};

// What the owner of a link is told, for counting.
class LinkOwner {
  public:
    virtual void on_link_up(const Reconnection& since) noexcept = 0;
    virtual void on_protocol_error() noexcept = 0;

  protected:
    ~LinkOwner() = default;
};

// How many bytes of values a packet's replies may have: each, and all together. A server that
// announces more ends its connection before memory is taken for it.
struct ValueLimits {
    static constexpr std::size_t kSmall = 64 * 1024;  // owners of locks, hints
    std::size_t each = kSmall;
    std::size_t all = kSmall;
};

// What a packet may take, and what must follow it if it is given up.
struct LinkTerms {
    TimePoint deadline;       // the caller's
    bool is_special = false;  // to the protocol, which knows why
    ValueLimits values = {};
    // Nobody's next step depends on the answer: it may stay unread until the connection is used.
    bool may_lie = false;
    // Sent before the connection is closed with this packet unanswered; see lock_item.h.
    std::optional<Claimant> withdrawal = std::nullopt;
    // Not sent before the greeting is answered, nor is anything behind it: it must not reach a
    // server that would read its values as commands.
    bool waits_for_greeting = false;
    // The packet's first reply tells whether a lock was granted, and a refused claim needs no
    // withdrawal. False: the lock is held already.
    bool claims_lock = false;
};

struct LinkOptions {
    Duration connect_timeout{};
    Duration io_timeout{};
    Duration polling{};
    std::size_t max_value = 0;
};

// The one connection to a store, made at first use and made again after a failure, with the
// requests in flight on it. Replies belong to requests by their order; the first that is not what
// was asked for ends the connection, because nothing behind it can be trusted to belong to anybody.
//
// On a timeout it ends as well, for the same reason: when the server has been silent for the
// timeout, neither answering nor, while a large value is on its way, taking more of it; when it
// answers or takes less than kLowestRate beyond the timeout; or when the caller's deadline has
// come. So a packet takes the timeout, and the time that its bytes need at that rate, at most.
//
// A connection that has served before, and of whose packets nothing is acknowledged within half the
// timeout, is doubted: another one is made beside it, and if that is quicker, the packets are made
// again there, as after a restart of the store.
//
// A protocol is given by `Wire`, which names its Packet, its Parser and its Reply, and by the class
// derived from this, which judges the replies. The functions are in link_body.h, from which each
// engine makes those of its own link. Every connection starts with the protocol's
// greeting, in front of the first packet. The link is up once the greeting has been answered. When
// nothing was lost with the connection before, the greeting also asks which life the server is in:
// stores and what is between them and us close connections that are idle, and that says nothing
// about the store.
template <class Wire>
class Link : private net::ConnectionSink, private net::AwaitedSocket, private TimerSink {
  public:
    using Packet = typename Wire::Packet;
    using Parser = typename Wire::Parser;
    using Reply = typename Wire::Reply;
    using Client = LinkClient<Reply>;

    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // Where the next commands are put; send() or send_later() follows before anything else here.
    [[nodiscard]] Packet& packet();
    // Sends these commands. A null client is not told. Their values need to live only during the
    // call.
    void send(Client* client, const LinkTerms& terms);
    // For what helps others and is in no hurry: these commands go in front of the next ones, at no
    // further system call, or with flush(). Lost with the connection, and when there is none.
    void send_later();
    void flush();

    [[nodiscard]] const std::string& name() const noexcept { return connection_.name(); }
    [[nodiscard]] std::uint32_t unix_seconds() const noexcept { return loop_.unix_seconds(); }

    // Of a packet that reads a session, and small values beside it.
    [[nodiscard]] ValueLimits whole_session() const noexcept {
        return {options_.max_value, options_.max_value + ValueLimits::kSmall};
    }

    static constexpr std::size_t kLowestRate = 256 * 1024;  // bytes a second

  protected:
    struct Greeting {
        std::string text;
        std::uint32_t commands = 0;
    };
    struct Pending {
        Client* client = nullptr;
        LinkTerms terms;
        std::uint32_t first_command = 0;
        std::uint32_t commands = 0;
        bool is_greeting = false;
        bool on_used_connection = false;
        TimePoint sent_at;
        TimePoint patience_ends = TimePoint::max();  // max until it is sent

        [[nodiscard]] TimePoint ends() const noexcept {
            return patience_ends < terms.deadline ? patience_ends : terms.deadline;
        }
        [[nodiscard]] bool is_awaited() const noexcept {
            return client != nullptr && !terms.may_lie;
        }
    };

    Link(net::EventLoop& loop, net::Resolver& resolver, net::Endpoint endpoint,
         const LinkOptions& options, LinkOwner& owner);
    ~Link() { loop_.await_no_longer(*this); }

    // ---- what a protocol says

    [[nodiscard]] virtual Greeting greeting(bool asks_life) const = 0;
    // Judges the next reply: accept(), or protocol_error(), or drop(), or nothing where it is one
    // of several that are taken together.
    virtual void take(Reply reply) = 0;
    // The commands that undo the packet's claim of a lock. Nobody reads their answers.
    [[nodiscard]] virtual std::string withdrawal_of(const Pending& pending) const = 0;
    // The connection has ended, and what was learnt about the server with it.
    virtual void forget_server() noexcept = 0;
    [[nodiscard]] virtual const char* protocol_name() const noexcept = 0;

    // ---- for its judgement

    // REQUIRES: inside take().
    [[nodiscard]] const Pending& asked() const noexcept { return pending_.front(); }
    // How many of its replies have been accepted.
    [[nodiscard]] std::uint32_t accepted() const noexcept {
        return static_cast<std::uint32_t>(replies_.size());
    }
    // Those of the first packet.
    [[nodiscard]] std::span<const Reply> accepted_replies() const noexcept { return replies_; }
    [[nodiscard]] bool is_first(const Pending& pending) const noexcept {
        return &pending == &pending_.front();
    }
    void accept(Reply reply);
    // The greeting was answered to the last.
    void accept_greeting(std::optional<Life> life = std::nullopt);
    void protocol_error(const char* what);
    void drop(const Error& reason);
    // The connection ends, and all that was sent on it is made again on the next: the server has
    // understood none of it.
    void start_over(const Error& reason);
    // For a protocol of several dialects.
    [[nodiscard]] Parser& parser() noexcept { return parser_; }
    [[nodiscard]] Packet& next_packet() noexcept { return outgoing_; }
    [[nodiscard]] bool is_up() const noexcept { return is_up_; }

  private:
    static constexpr std::uint32_t kFirstCommand = 1;
    // How long a receiving call may take the loop's place: an answer that takes longer costs one
    // wait of the loop more, and a guard timer fires that much late.
    static constexpr Duration kDirectWait = milliseconds(4);
    static constexpr std::size_t kMaxHeld = 8 * 1024;  // a hundred hints
    static constexpr std::size_t kUsualReplies = 16;   // more are those of a large session's chunks

    void on_open() noexcept override;
    void on_bytes(ByteView bytes) noexcept override;
    std::span<std::byte> room() noexcept override { return parser_.room(); }
    void on_filled(std::size_t size) noexcept override;
    void on_closed(const Error& reason) noexcept override;
    void on_timer() noexcept override;
    bool receive_directly(TimePoint limit) noexcept override;

    void open();
    enum class Repeat : std::uint8_t { None, OnUsedConnection, All };
    void end_connection(const Error& reason, Repeat repeat);
    void push(Client* client, const LinkTerms& terms);
    [[nodiscard]] static std::size_t size_of(std::span<const ByteView> pieces) noexcept;
    void send_outgoing();
    void begin_patience();
    void renew_patience() noexcept;
    void extend_patience(std::size_t bytes) noexcept;
    [[nodiscard]] bool made_progress() noexcept;
    void forget_sending() noexcept;
    void receive(ByteView bytes, std::size_t size);
    void parse(ByteView bytes);
    void complete_front();
    [[nodiscard]] std::size_t largest_value() const noexcept;
    [[nodiscard]] std::string withdrawals() const;
    [[nodiscard]] Error too_late(const Pending& pending, TimePoint now) const noexcept;
    void watch_time();

    net::EventLoop& loop_;
    LinkOptions options_;
    LinkOwner& owner_;
    net::Connection connection_;
    std::unique_ptr<Timer> timer_;
    TimePoint timer_due_ = TimePoint::max();  // max: not running
    Parser parser_;
    Packet outgoing_{kFirstCommand};              // of send_later(), and what is being put in
    std::uint32_t next_pending_ = kFirstCommand;  // the first in outgoing_ not yet in pending_
    std::uint32_t completed_packets_ = 0;         // tells whether there was one
    // Of what is in pending_: bytes not acknowledged at the last look, and all that was sent since.
    std::size_t unacknowledged_ = 0;
    bool is_sending_ = false;  // at the last look it was less than before, and not nothing
    SilenceWatch silence_;
    std::vector<Pending> pending_;
    std::vector<Reply> replies_;    // to the first in pending_, so far
    std::vector<Reply> completed_;  // that a client is looking at
    std::size_t values_ = 0;        // bytes of those in replies_
    // Which connection this is; tells a loop that it was dropped under its feet.
    unsigned life_ = 0;
    bool is_held_ = false;  // what is in outgoing_ waits for the greeting's answer
    bool is_up_ = false;    // the greeting was answered
    bool was_up_ = false;
    bool has_lost_ = false;  // with the connections since it was up
};

}  // namespace sessmirror::store

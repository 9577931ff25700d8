// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/journal.h"
#include "base/result.h"
#include "pool/host_page.h"
#include "record/session_entries.h"
#include "service/options.h"
#include "service/token_draft.h"

namespace sessmirror::service {

class Session;

// The only face of the core that the PHP shim sees: sessions by id, in blocking calls that each end
// by their deadline. One per worker process (and per thread in ZTS builds), made at first use,
// after any fork of the server; it owns the event loop, the connections and the pool, and keeps
// them between requests. A fork in the middle of a script is noticed and the child gets its own
// connections. Nothing here calls PHP, prints, or reads the environment.
class SessionService {
  public:
    // `page` outlives the service and was made before the workers were forked.
    explicit SessionService(pool::HostPage& page);
    ~SessionService();
    SessionService(const SessionService&) = delete;
    SessionService& operator=(const SessionService&) = delete;

    // Starts one session's life between open and close. Makes the pool on first use and again when
    // `options` or `stores` differ from last time; connections are made when they are needed.
    // Errc::BadConfig names the piece that cannot be used. The session must be destroyed before the
    // service is.
    Result<std::unique_ptr<Session>> open(const Options& options, std::string_view stores);

    // For the time after the response has been sent: one due probe, locks of dead workers, late
    // replies, a slice of a refill. Bounded to a few milliseconds unless a store hangs, then to
    // io_timeout.
    void after_response() noexcept;
    // The same for processes that serve no responses, such as workers of a queue: to be called when
    // a session was closed. Does something once a second at most.
    void between_sessions() noexcept;

    // Brings every store of the pool in use up to date with its peers now: begun, then continued
    // for some time at once until it is over; stores() has the results. Nothing is done in between,
    // so it may also be left. REQUIRES: there was an open().
    void begin_refill();
    struct RefillProgress {
        bool is_over = false;
        double done = 0;  // 0 to 1
    };
    RefillProgress continue_refill(Duration time);

    Journal& journal() noexcept;

    struct StoreStatus {
        std::string name;
        bool is_local = false;
        bool is_up = true;
        bool is_filling = false;     // not known to hold all it should hold; see replica/refill.h
        bool is_disproved = false;   // has told a session that nobody has stored
        bool is_unchecked = false;   // nobody on this host has looked yet whether it is complete
        bool is_behind = false;      // this host has, or may have, something to bring there
        std::string same_server_as;  // the store that is the same server under another name, if any
        std::uint64_t refill_seen = 0;    // sessions that the last or present refill compared
        std::uint64_t refill_copied = 0;  // of these, copied
        std::uint64_t refill_listed = 0;  // sessions that it has found to compare so far
        std::string refill_trouble;       // why refill() could not bring the store up to date
        std::uint32_t weight = 1;
        double down_for_s = 0;
        std::uint32_t latency_us = 0;  // 0: not measured yet
        std::uint64_t requests = 0;
        std::uint64_t errors = 0;
    };
    // The stores of the pool that is in use; empty before the first open.
    [[nodiscard]] std::vector<StoreStatus> stores() const;

  private:
    friend class Session;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// What a read found. `payload` lives until the next call on the session.
struct Loaded {
    bool exists = false;  // a session with this id is stored (its payload may be empty)
    ByteView payload;
};

// One opened session: what PHP's handler keeps in mod_data. Ids are raw client input of any length
// and alphabet. Calls may come in any order that PHP knows (docs/architecture.md has the table);
// lifetimes are in seconds. Failures are returned; only std::bad_alloc may be thrown.
class Session {
  public:
    ~Session();  // as close()

    // What the client sent as its freshness tokens: any text, from then on. Judged by each read
    // together with the id. Of several, separated by blanks, the newest counts that belongs to the
    // session. `is_expected` says that the client returned the session's cookie, so that it could
    // have returned a token too: reads without one are then counted.
    void set_token(std::string_view text, bool is_expected = false);

    // The client's freshness token after each of the calls below: a new one, or what the client
    // sent if that is still right, for a client whose token's cookie needs another lifetime or
    // place.
    [[nodiscard]] std::optional<TokenDraft> token() const noexcept;
    // Whether token() is a new one, which the client should get.
    [[nodiscard]] bool has_new_token() const noexcept;
    // Whether token() is a new one because this request has stored or destroyed the session, and
    // not only because the client knew too little.
    [[nodiscard]] bool tells_a_change() const noexcept;

    // Loads the session and, with locking on, holds its lock from here to close(). Fails when no
    // replica can be asked, when the lock is not free in time, or when all copies are damaged; then
    // nothing may be written either. A repeated read of the same id is answered from the first.
    Result<Loaded> read(std::string_view id, std::int64_t lifetime_s);

    // As read(), for strict mode; a following read() costs nothing. The lock of an id that turns
    // out not to exist is given back. A session that another request ended while this one waited
    // for its lock still exists for this one, with what it held; what is written to it is dropped.
    Result<bool> exists(std::string_view id, std::int64_t lifetime_s);

    // Tells that this request has just drawn `id` at random: its read and lock need no store until
    // it is published.
    void created(std::string_view id);

    // The client is about to learn the id of the open session. One that was drawn in this request
    // is then treated as any other: it is locked, and its first write meets that of another
    // request. Costs nothing otherwise.
    Status publish();

    // Stores the payload on all replicas and gives back the lock. Refused with Errc::Internal for
    // an id whose read failed. A payload equal to what is stored already only extends the lifetime.
    // `form` says who serialized it: what of a concurrent write can be merged depends on that.
    Status write(std::string_view id, ByteView payload, std::int64_t lifetime_s,
                 record::Serialization form = record::Serialization::Opaque);

    // Stores the payload as write() does while the session stays open and locked, so that the token
    // can leave with the headers. A later write() of the same payload costs nothing.
    Status commit(std::string_view id, ByteView payload, std::int64_t lifetime_s,
                  record::Serialization form);

    // The headers leave while the session is open or may be opened again: makes token() say that a
    // later write() may follow.
    void leave_token_open() noexcept;
    // Whether there is a stored session that this request has not changed.
    [[nodiscard]] bool is_unchanged() const noexcept;

    // For a script that gives up its changes and goes on: makes undone what was committed and not
    // confirmed by a write(), as close() does too, and what was read without a lock is read anew by
    // the next read().
    Status reset();

    // The session was used and not changed: extends the lifetime of all copies when an eighth of it
    // has passed, otherwise sends nothing.
    Status touch(std::string_view id, std::int64_t lifetime_s);

    // Destroys the session on all replicas (tombstones, so that it stays destroyed). Destroying
    // what does not exist succeeds.
    Status destroy(std::string_view id, std::int64_t lifetime_s);

    // PHP cannot decode what read() has given, and wants the session destroyed for that. So it is,
    // if every member of its replica set says the same. If another one has something else that is
    // as new as what the client has seen, that takes the place of what was read, and the stores
    // that told it are not believed alone for a while; Errc::Corrupt names them. If a member
    // cannot be asked, nothing is changed.
    Status destroy_undecodable(std::string_view id, std::int64_t lifetime_s);

    // Gives back the lock without waiting and forgets what was read; a session that was only read
    // (read_and_close) gets its lifetime extended when due. The object may be used again after it;
    // token() stays.
    void close() noexcept;

  private:
    friend class SessionService;
    struct Impl;
    explicit Session(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sessmirror::service

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "replica/note.h"
#include "replica/operation.h"
#include "replica/session_copy.h"
#include "store/inventory.h"

namespace sessmirror::replica {

// Looks after one store: is it complete, and if it is not, copies to it what its peers have.
//
// A store is complete when its `ready` item names the life it is in and the settings in force
// (docs/format.md). A store that restarted, empty or from a snapshot, is in another life; a store
// that joined has no such item; after a change of the list of stores the settings differ. Every
// session on the other stores is compared with such a store (SessionCopy); then the item is
// written. It names the life that was asked for at the beginning, so a restart meanwhile leaves an
// item that no life answers to. It replaces what was there at the beginning, if need be an item
// that was written for that, so a store that somebody has flushed meanwhile is not called complete.
//
// Meanwhile the store is marked as filling (pool::Health): at once if this host has seen it go,
// else after the first few sessions that it lacks. (In a new pool all stores lack the item and
// nothing else. Were they marked, by every host at its own time, then homes would move without
// need.)
//
// A store that was out of this host's reach and is complete lacks at most what this host wrote
// without it (pool::MissedWrites). Only these sessions are compared, or all if too many were
// missed. It is not marked as filling: other hosts never stopped using it as a home, and two homes
// at a time are worse.
//
// A host page that was just made, as by a reload of php-fpm, knows of no missed writes, and there
// may have been some. So the first look at a store compares everything, complete or not.
//
// A pass counts only when all other stores could be listed, or so few are out of reach that another
// copy of every session was on those that could, and these were complete. When all stores are
// filling, as at the first start of everything, nothing is more complete than another: each gets
// the union of all. A store that stays filling is only asked later than others; nothing fails.
//
// Works while resumed and leaves no request of its own behind when it is quiet after a pause: it
// runs in slices between requests, and a reply that waits for the next slice would look like a hung
// store. Several passes over one store, by several hosts, do each other no harm.
class Refill final : public Operation, private OperationListener, private store::InventorySink {
  public:
    static constexpr std::size_t kInFlight = 16;
    static constexpr Duration kDrain = milliseconds(20);  // a live store answers well within
    // A store that lacks fewer sessions is complete before anybody could be told that it is not.
    static constexpr std::uint64_t kGaps = 8;
    static constexpr std::uint32_t kReadyLifetime = 30 * 24 * 3600;  // seconds

    // Keys with this prefix are sessions, except these two. There is an inventory for each store
    // of the pool; they outlive this.
    struct Scope {
        std::string prefix;
        store::SessionKey ready_key;
        store::SessionKey settings_key;
        NoteText settings;
        std::span<const std::unique_ptr<store::Inventory>> inventories;
    };
    enum class Extent : std::uint8_t {
        Look,    // nothing, if the store is complete
        First,   // everything: what the host knew before its page was made is forgotten
        Missed,  // what this host's writes have missed, if it is complete otherwise
        Whole,   // everything in any case
    };
    Refill(const Environment& env, Scope scope, int target, Extent extent) noexcept;
    ~Refill() override;

    void resume() noexcept;
    void pause() noexcept { paused_ = true; }
    // No request of this is on its way to a store.
    [[nodiscard]] const bool& quiet() const noexcept { return quiet_; }
    // Whether a peer was asked for all its keys: a pass that failed earlier has cost next to
    // nothing.
    [[nodiscard]] bool has_listed() const noexcept { return has_listed_; }
    [[nodiscard]] int target() const noexcept { return target_; }
    // Names the server behind a store that is complete: two stores with the same one are one server
    // under two names, since an item's CAS is drawn at random. 0: not known.
    [[nodiscard]] std::uint64_t server() const noexcept { return server_; }
    // How much of it is done: 0 to 1. A guess, since the other sources are not listed yet.
    [[nodiscard]] double progress() const noexcept;

  private:
    using Hash = pool::MissedWrites::Hash;

    void run() noexcept override;
    void on_life(Result<store::Life> life) noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    void on_key(std::string_view key) noexcept override;
    void on_listed(Status outcome) noexcept override;
    void on_done() noexcept override;
    void on_put(int store, Result<store::PutReply> reply) noexcept override;

    void read_ready() noexcept;
    void note_begin() noexcept;
    void take_begin(const Result<store::PutReply>& reply) noexcept;
    void put_ready(const NoteText& text) noexcept;
    void name_server(store::Cas cas) noexcept;
    void tell_of_gaps() noexcept;
    void begin_pass() noexcept;
    [[nodiscard]] int away() noexcept;
    [[nodiscard]] bool begin_with_missed() noexcept;
    void next_source() noexcept;
    void note_listed() noexcept;
    void copy_more() noexcept;
    void reap() noexcept;
    [[nodiscard]] store::SessionKey key_of(const Hash& hash) const;
    void conclude() noexcept;
    [[nodiscard]] bool is_sufficient() const noexcept;
    void write_ready() noexcept;
    void requests(int change) noexcept;
    void end(Status outcome) noexcept;

    Scope scope_;
    int target_;
    Extent extent_;
    NoteText ready_text_;
    store::Cas ready_cas_ = 0;
    std::uint64_t server_ = 0;
    bool is_ready_ = false;
    bool is_noting_begin_ = false;
    bool is_overtaken_ = false;  // another host wrote the item while this one compared
    int source_ = -1;
    int missing_ = 0;     // stores that could not be listed
    int incomplete_ = 0;  // stores that were listed and are filling themselves
    Status trouble_ = kOk;
    std::vector<Hash> keys_;           // of the present source, still to be compared
    std::size_t listed_ = 0;           // of the present source in all
    pool::MissedWrites::Span missed_;  // that this took upon itself
    std::vector<std::unique_ptr<SessionCopy>> copies_;
    std::uint64_t copied_ = 0;
    int in_flight_ = 0;
    bool quiet_ = true;
    bool paused_ = false;
    bool listing_ = false;
    bool has_listed_ = false;
    bool copying_ = false;
};

}  // namespace sessmirror::replica

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "simulation/world.h"
#include "store/store.h"

namespace sessmirror::simulation {

// Who chooses the CAS of a stored item: memcached before 1.6.27 counts by itself, differently on
// every server; newer ones let the client name it.
enum class CasMode : std::uint8_t { NodeCounts, ClientChooses };

// One store server: values and locks in memory, single threaded, with everything that can go wrong
// with it. Requests reach it through receive(); the operations themselves take effect at once.
class SimNode {
  public:
    enum class State : std::uint8_t { Up, Paused, Down };
    struct Item {
        Bytes value;
        store::Cas cas = 0;
        record::Fingerprint fingerprint = 0;
        Duration expires{};
    };
    struct Lock {
        store::LockOwner owner;
        store::Cas cas = 0;
        Duration expires{};
    };
    struct Memory {
        std::map<std::string, Item, std::less<>> items;
        std::map<std::string, Lock, std::less<>> locks;
        std::map<std::string, Bytes, std::less<>> hints;  // beside items, as they were left
    };

    SimNode(World& world, CasMode cas_mode, std::string_view name);

    // ---- the wire. A paused server queues what arrives, whether or not its client still waits;
    // `connection` keeps the order within one connection, nothing does between two.
    // REQUIRES: not Down
    void receive(std::uint64_t connection, std::function<void()> serve);

    // ---- operations, as store/store.h describes them
    Result<store::FetchReply> fetch(const store::FetchRequest& request);
    Result<store::PutReply> put(const store::PutRequest& request, const Bytes& payload);
    void leave_hint(std::string_view key, const Bytes& hint);
    Result<store::TouchReply> touch(std::string_view key, std::uint32_t ttl_s);
    Result<store::ReleaseReply> release(std::string_view key, const store::LockOwner& owner);

    // ---- faults
    void pause() noexcept;
    void resume();
    void kill();           // memory is gone; connections break
    void restart_empty();  // from Down
    void restart_warm(Memory snapshot);
    void evict(std::string_view key);
    void empty(std::string_view key);  // as an operator does who sets the key to ""
    void evict_lock(std::string_view key);
    void set_full(bool full) noexcept { full_ = full; }
    // Gives an item a new CAS with no write, as a slab move does in old memcached versions.
    void shuffle_cas(std::string_view key);

    // ---- for observers
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] std::uint32_t life() const noexcept { return life_; }  // counts restarts; never 0
    [[nodiscard]] int outages() const noexcept { return outages_; }      // pauses and kills so far
    [[nodiscard]] const Memory& memory() const noexcept { return memory_; }
    [[nodiscard]] const Item* find(std::string_view key) const noexcept;  // nullptr once expired
    [[nodiscard]] const Lock* find_lock(std::string_view key) const noexcept;
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] int lock_evictions() const noexcept { return lock_evictions_; }
    // When a value was lost by a fault rather than by a request.
    [[nodiscard]] std::vector<Duration> losses(std::string_view key) const;
    // When its lifetime was over before anybody replaced it.
    [[nodiscard]] std::vector<Duration> aged(std::string_view key) const;
    [[nodiscard]] store::Cas cas_of(record::Version version) const noexcept;
    [[nodiscard]] CasMode cas_mode() const noexcept { return cas_mode_; }

  private:
    struct Queued {
        std::uint64_t connection;
        std::function<void()> serve;
    };
    store::Cas next_cas(record::Version version) noexcept;
    void claim(std::string_view key, const store::LockClaim& claim, store::FetchReply& reply);
    store::PutOutcome judge(const Item* present, store::Cas expected) const noexcept;
    void lose_everything();
    void note_loss(const std::string& key, const Item& item);
    [[nodiscard]] Error out_of_memory() const noexcept;

    World& world_;
    CasMode cas_mode_;
    std::string name_;
    SeededRandom random_;
    State state_ = State::Up;
    std::uint32_t life_ = 1;
    int outages_ = 0;
    int lock_evictions_ = 0;
    bool full_ = false;
    store::Cas counter_;
    Memory memory_;
    using Times = std::map<std::string, std::vector<Duration>, std::less<>>;
    Times losses_;
    Times aged_;  // of those that were replaced
    std::vector<Queued> queued_;
};

}  // namespace sessmirror::simulation

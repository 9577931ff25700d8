// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/journal.h"
#include "pool/health.h"
#include "pool/host_page.h"
#include "pool/local_store.h"
#include "pool/missed_writes.h"
#include "pool/placement.h"
#include "pool/twins.h"
#include "store/store.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

// By what a pool's users differ from others on this host who use the same stores.
struct PoolTerms {
    std::string key_prefix;  // of their sessions
    // How long they wait, unless a store's entry in the list says otherwise.
    Duration connect_timeout = Health::kCommonPatience;
    Duration io_timeout = Health::kCommonPatience;
    Duration deadline = Health::kCommonPatience;
    std::vector<int> twins = {};  // find_twins(); empty: none
};

// The stores of one configuration as a worker uses them: each behind a decorator that keeps its
// health, latency and counters (monitored_store.h), with placement over all of them. Owns the
// stores. The page, clock, random and journal outlive it. Not thread-safe.
class Pool {
  public:
    struct Member {
        store::StoreSpec spec;
        std::unique_ptr<store::Store> store;  // made with this member's index
    };

    Pool(std::vector<Member> members, int local, HostPage& page, const Clock& clock, Random& random,
         Journal& journal, const PoolTerms& terms = {});
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Call now and then while the pool is in use: the page gives a store's slot to another one when
    // nobody has come by for a while, or has one to give to a store that had none.
    void keep_slots() noexcept;

    [[nodiscard]] int size() const noexcept;
    [[nodiscard]] store::Store& store(int index) noexcept;
    [[nodiscard]] const store::StoreSpec& spec(int index) const noexcept;
    [[nodiscard]] const std::string& name(int index) const noexcept;
    [[nodiscard]] std::uint64_t name_hash(int index) const noexcept;
    [[nodiscard]] std::span<const std::uint64_t> name_hashes() const noexcept {
        return name_hashes_;
    }
    [[nodiscard]] int index_of(std::uint64_t name_hash) const noexcept;  // -1 when not in the pool
    [[nodiscard]] Health& health(int index) noexcept;
    [[nodiscard]] bool is_up(int index) const noexcept;
    [[nodiscard]] bool is_filling(int index) const noexcept;
    [[nodiscard]] int local() const noexcept { return local_; }
    // The first store of the list that is the same server under another name, or kNoTwin: by its
    // address, or by what a look at both has found.
    [[nodiscard]] int twin_of(int index) const noexcept;
    // How many servers these stores are; a bit for each store.
    [[nodiscard]] int count_servers(std::uint64_t stores) const noexcept;
    // Says in the journal, once on this host, which stores are twins.
    void report_twins();
    // See placement.h: the first `first` stores in order.
    [[nodiscard]] Ranking rank(const store::SessionKey& key, int first) const noexcept;
    [[nodiscard]] const Placement& placement() const noexcept { return placement_; }
    [[nodiscard]] std::uint64_t list_fingerprint() const noexcept;
    [[nodiscard]] HostPage& page() noexcept { return page_; }
    [[nodiscard]] Journal& journal() noexcept { return journal_; }
    void count(Counter counter, std::uint64_t by = 1) noexcept { page_.count(counter, by); }

    // Sessions that this host has changed without that store; see missed_writes.h.
    void note_missed(int index, const store::SessionKey& key) noexcept;
    [[nodiscard]] MissedWrites::Listing list_missed(int index);
    void settle_missed(int index, MissedWrites::Span span) noexcept;

    // Probes one store whose probe is due, if this worker wins the right to; the outcome arrives
    // through the store's health. For the time after the response. True when a probe was sent.
    bool probe_one_due(TimePoint deadline);

    // Sends what stores keep back (store::Store::leave_hint).
    void flush();

    // No sink of any store will be called for `sink` any more.
    void forget(const store::StoreSink* sink) noexcept;

  private:
    struct Seat;
    [[nodiscard]] bool are_twins(int index, int other) const noexcept;

    std::vector<std::unique_ptr<Seat>> seats_;
    std::vector<std::uint64_t> name_hashes_;
    std::vector<int> twins_;
    Placement placement_;
    int local_;
    HostPage& page_;
    const Clock& clock_;
    Journal& journal_;
    TimePoint slots_kept_until_{};
    std::uint64_t busy_ = 0;  // a bit for each store that somebody waits for
};

}  // namespace sessmirror::pool

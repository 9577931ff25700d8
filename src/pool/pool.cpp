// SPDX-License-Identifier: BSD-3-Clause
#include "pool/pool.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/hash.h"
#include "pool/monitored_store.h"
#include "pool/outage_notices.h"

namespace sessmirror::pool {
namespace {

std::vector<store::StoreSpec> specs_of(const std::vector<Pool::Member>& members) {
    std::vector<store::StoreSpec> specs;
    specs.reserve(members.size());
    for (const Pool::Member& member : members) specs.push_back(member.spec);
    return specs;
}

Duration patience_with(const store::StoreSpec& spec, const PoolTerms& terms) noexcept {
    const auto either = [](Duration own, Duration general) {
        return own > Duration::zero() ? own : general;
    };
    return std::min({either(spec.connect_timeout, terms.connect_timeout),
                     either(spec.io_timeout, terms.io_timeout), terms.deadline});
}

// Names what a store holds of one prefix. No name is 0 or 1.
std::uint64_t holdings_name(std::uint64_t store_name_hash, std::string_view prefix) noexcept {
    return std::max<std::uint64_t>(hash64(prefix, store_name_hash), 2);
}

}  // namespace

// Members refer to those above them, so a seat is neither copied nor moved.
struct Pool::Seat {
    Seat(Member member, bool is_alone, PendingMark pending, HostPage& page, const Clock& clock,
         Random& random, Journal& journal, const PoolTerms& terms)
        : spec(std::move(member.spec)),
          name(spec.name()),
          name_hash(store_name_hash(spec)),
          holdings_hash(holdings_name(name_hash, terms.key_prefix)),
          health(private_slot, private_holdings, clock, random, patience_with(spec, terms)),
          notices(name, is_alone, page, health, clock, journal),
          store(std::move(member.store), pending, health, page, clock, notices) {
        keep_slot(page, clock.now());
    }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    void keep_slot(HostPage& page, TimePoint now) noexcept {
        StoreSlot* const slot = page.slot_for(name_hash, now);
        HoldingsSlot* const holdings = page.holdings_for(holdings_hash, now);
        health.use(slot != nullptr ? *slot : private_slot,
                   holdings != nullptr ? *holdings : private_holdings);
    }

    store::StoreSpec spec;
    std::string name;
    std::uint64_t name_hash;
    std::uint64_t holdings_hash;
    // Used while the page is full: what is known is then this worker's alone.
    StoreSlot private_slot;
    HoldingsSlot private_holdings;
    Health health;
    OutageNotices notices;
    MonitoredStore store;
};

Pool::Pool(std::vector<Member> members, int local, HostPage& page, const Clock& clock,
           Random& random, Journal& journal, const PoolTerms& terms)
    : twins_(terms.twins),
      placement_(specs_of(members)),
      local_(local),
      page_(page),
      clock_(clock),
      journal_(journal) {
    seats_.reserve(members.size());
    for (Member& member : members) {
        const PendingMark pending{busy_, std::uint64_t{1} << seats_.size()};
        seats_.push_back(std::make_unique<Seat>(std::move(member), members.size() == 1, pending,
                                                page, clock, random, journal, terms));
        name_hashes_.push_back(seats_.back()->name_hash);
    }
}

Pool::~Pool() = default;

void Pool::keep_slots() noexcept {
    const TimePoint now = clock_.now();
    if (now < slots_kept_until_) return;
    slots_kept_until_ = now + milliseconds(1000);  // a slot is idle after minutes
    for (const auto& seat : seats_) seat->keep_slot(page_, now);
}

int Pool::size() const noexcept {
    return static_cast<int>(seats_.size());
}

store::Store& Pool::store(int index) noexcept {
    return seats_[static_cast<std::size_t>(index)]->store;
}

const store::StoreSpec& Pool::spec(int index) const noexcept {
    return seats_[static_cast<std::size_t>(index)]->spec;
}

const std::string& Pool::name(int index) const noexcept {
    return seats_[static_cast<std::size_t>(index)]->name;
}

std::uint64_t Pool::name_hash(int index) const noexcept {
    return seats_[static_cast<std::size_t>(index)]->name_hash;
}

int Pool::index_of(std::uint64_t name_hash) const noexcept {
    for (int i = 0; i < size(); ++i)
        if (this->name_hash(i) == name_hash) return i;
    return -1;
}

Health& Pool::health(int index) noexcept {
    return seats_[static_cast<std::size_t>(index)]->health;
}

bool Pool::is_up(int index) const noexcept {
    return seats_[static_cast<std::size_t>(index)]->health.is_up();
}

bool Pool::is_filling(int index) const noexcept {
    return seats_[static_cast<std::size_t>(index)]->health.is_filling();
}

bool Pool::are_twins(int index, int other) const noexcept {
    const auto i = static_cast<std::size_t>(index);
    if (i < twins_.size() && twins_[i] == other) return true;
    const auto server = [this](int store) {
        return seats_[static_cast<std::size_t>(store)]->health.holdings().server.load(
            std::memory_order_relaxed);
    };
    return server(index) != 0 && server(index) == server(other);
}

int Pool::twin_of(int index) const noexcept {
    for (int other = 0; other < index; ++other)
        if (are_twins(index, other)) return other;
    return kNoTwin;
}

int Pool::count_servers(std::uint64_t stores) const noexcept {
    int count = 0;
    for (std::uint64_t rest = stores; rest != 0; rest &= rest - 1) {
        const int index = std::countr_zero(rest);
        bool is_another = true;
        for (std::uint64_t before = stores & ~rest; before != 0; before &= before - 1)
            is_another = is_another && !are_twins(index, std::countr_zero(before));
        count += is_another ? 1 : 0;
    }
    return count;
}

void Pool::report_twins() {
    for (int i = 1; i < size(); ++i) {
        const int twin = twin_of(i);
        if (twin == kNoTwin || health(i).holdings().twin_told.exchange(1) != 0) continue;
        journal_.add(Severity::Warning, "%s", same_server(name(twin), name(i)).detail);
    }
}

void Pool::note_missed(int index, const store::SessionKey& key) noexcept {
    Seat& seat = *seats_[static_cast<std::size_t>(index)];
    MissedWrites(page_).add(seat.health.holdings(), seat.holdings_hash, key);
    if (seat.health.is_up_for_host()) seat.health.note_missed();  // no return will
}

MissedWrites::Listing Pool::list_missed(int index) {
    Seat& seat = *seats_[static_cast<std::size_t>(index)];
    return MissedWrites(page_).list(seat.health.holdings(), seat.holdings_hash);
}

void Pool::settle_missed(int index, MissedWrites::Span span) noexcept {
    MissedWrites(page_).settle(health(index).holdings(), span);
}

Ranking Pool::rank(const store::SessionKey& key, int first) const noexcept {
    return placement_.rank(key, first);
}

std::uint64_t Pool::list_fingerprint() const noexcept {
    return placement_.list_fingerprint();
}

bool Pool::probe_one_due(TimePoint deadline) {
    for (const auto& seat : seats_) {
        if (!seat->health.claim_probe()) continue;
        seat->store.probe(deadline, nullptr);
        return true;
    }
    return false;
}

void Pool::flush() {
    for (const auto& seat : seats_) seat->store.flush();
}

void Pool::forget(const store::StoreSink* sink) noexcept {
    for (std::uint64_t busy = busy_; busy != 0; busy &= busy - 1)
        seats_[static_cast<std::size_t>(std::countr_zero(busy))]->store.forget(sink);
}

}  // namespace sessmirror::pool

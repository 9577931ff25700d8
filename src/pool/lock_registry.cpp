// SPDX-License-Identifier: BSD-3-Clause
#include "pool/lock_registry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/fork_guard.h"
#include "base/hash.h"
#include "pool/page_time.h"
#include "store/lock_item.h"

namespace sessmirror::pool {
namespace {

// Values of LockSlot::ready.
constexpr std::uint32_t kComplete = 1;   // an orphan once its maker is gone
constexpr std::uint32_t kAbandoned = 2;  // an orphan
constexpr std::uint32_t kTakenOver = 3;  // it was abandoned, and somebody is at it

constexpr std::chrono::seconds kLongestLease(86400);

using store::LockOwner;
using store::SessionKey;

// Text in a slot is kept as words, since a byte range cannot be read atomically.
template <std::size_t N>
void store_text(std::array<std::atomic<std::uint64_t>, N>& words, std::string_view text) noexcept {
    std::array<std::uint64_t, N> raw{};
    std::memcpy(raw.data(), text.data(), std::min(text.size(), sizeof raw));
    for (std::size_t i = 0; i < N; ++i) words[i].store(raw[i], std::memory_order_relaxed);
}

template <std::size_t N>
std::array<char, N * sizeof(std::uint64_t)> load_text(
    const std::array<std::atomic<std::uint64_t>, N>& words) noexcept {
    std::array<std::uint64_t, N> raw{};
    for (std::size_t i = 0; i < N; ++i) raw[i] = words[i].load(std::memory_order_relaxed);
    std::array<char, N * sizeof(std::uint64_t)> text{};
    std::memcpy(text.data(), raw.data(), text.size());
    return text;
}

template <std::size_t N>
std::string_view view_of(const std::array<char, N>& text) noexcept {
    return {text.data(), strnlen(text.data(), N)};
}

// Reads up to `separator`, or to the end when it is 0, and removes what was read.
template <class Int>
bool take_hex(std::string_view& text, char separator, Int& value) noexcept {
    const std::size_t end = separator == 0 ? text.size() : text.find(separator);
    if (end == std::string_view::npos) return false;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + end, value, 16);
    if (error != std::errc() || stop != text.data() + end) return false;
    text.remove_prefix(separator == 0 ? end : end + 1);
    return true;
}

// The process that made `owner`, if it belongs to this host.
std::optional<ProcessIdentity> maker_of(const LockOwner& owner, std::uint64_t host_id) noexcept {
    // What a store returned need not be terminated.
    std::string_view text(owner.text, strnlen(owner.text, sizeof owner.text));
    std::uint64_t host = 0;
    std::uint64_t nonce = 0;
    ProcessIdentity process;
    if (!take_hex(text, ':', host) || !take_hex(text, ':', process.pid) ||
        !take_hex(text, ':', process.start) || !take_hex(text, 0, nonce) || host != host_id)
        return std::nullopt;
    return process;
}

void clear(LockSlot& slot, std::uint64_t claim) noexcept {
    slot.ready.store(0);
    slot.pid_start.store(0);
    slot.claim.compare_exchange_strong(claim, 0);
}

}  // namespace

LockRegistry::LockRegistry(HostPage& page, const Clock& clock, Random& random) noexcept
    : page_(page),
      clock_(clock),
      random_(random),
      sequence_(static_cast<std::uint32_t>(random.next())) {
    watch_forks();
    renew_identity();
}

void LockRegistry::renew_identity() noexcept {
    if (self_.pid != 0 && fork_generation_ == fork_generation()) return;
    fork_generation_ = fork_generation();
    self_ = this_process();
    space_ = process_space();
    const std::uint64_t of_page = page_.process_space.load();
    is_elsewhere_ = of_page != 0 && space_ != 0 && space_ != of_page;
}

std::uint64_t LockRegistry::host_id() const noexcept {
    return is_elsewhere_ ? space_ : page_.host_id.load();
}

std::uint64_t LockRegistry::claim_of(std::uint32_t sequence) const noexcept {
    return static_cast<std::uint64_t>(self_.pid) << 32 | sequence;
}

std::uint32_t LockRegistry::next_sequence() noexcept {
    sequence_ = (sequence_ + 1) & kSequenceMask;
    return sequence_;
}

LockOwner LockRegistry::new_owner() noexcept {
    constexpr std::size_t kLongest = 16 + 1 + 8 + 1 + 16 + 1 + 16 + 1;
    static_assert(kLongest <= store::kMaxOwner);
    renew_identity();
    LockOwner owner;
    char* const limit = owner.text + kLongest - 1;
    char* end = std::to_chars(owner.text, limit, host_id(), 16).ptr;
    for (const std::uint64_t part : {std::uint64_t{self_.pid}, self_.start, random_.next()}) {
        *end++ = ':';
        end = std::to_chars(end, limit, part, 16).ptr;
    }
    return owner;
}

int LockRegistry::enter(const SessionKey& key, std::uint64_t store_name_hash,
                        const LockOwner& owner) noexcept {
    renew_identity();
    if (is_elsewhere_) return kNoTicket;
    const std::uint32_t sequence = next_sequence();
    const auto start = static_cast<std::uint32_t>(self_.pid * 31u + sequence);
    for (std::uint32_t i = 0; i < HostPage::kLockSlots; ++i) {
        const std::uint32_t index = (start + i) % HostPage::kLockSlots;
        LockSlot& slot = page_.locks[index];
        std::uint64_t free = 0;
        if (slot.claim.load(std::memory_order_relaxed) != 0 ||
            !slot.claim.compare_exchange_strong(free, claim_of(sequence)))
            continue;
        slot.pid_start.store(self_.start);
        slot.entered_s.store(seconds_of(clock_.now()));
        slot.store_name_hash.store(store_name_hash);
        store_text(slot.key, key.text());
        store_text(slot.owner, owner.view());
        slot.ready.store(kComplete, std::memory_order_release);
        return static_cast<int>(sequence << kSlotBits | index);
    }
    return kNoTicket;
}

// nullptr when the ticket is nobody's, or not this process's own any more.
LockSlot* LockRegistry::slot_of(int ticket) noexcept {
    if (ticket < 0) return nullptr;
    renew_identity();
    const auto bits = static_cast<std::uint32_t>(ticket);
    LockSlot& slot = page_.locks[bits % HostPage::kLockSlots];
    return slot.claim.load() == claim_of(bits >> kSlotBits) ? &slot : nullptr;
}

int LockRegistry::waiters(const SessionKey& key, std::uint64_t store_name_hash,
                          const LockOwner& holder) const noexcept {
    return static_cast<int>(std::ranges::count_if(page_.locks, [&](const LockSlot& slot) {
        return slot.ready.load(std::memory_order_acquire) == kComplete &&
               slot.store_name_hash.load() == store_name_hash &&
               view_of(load_text(slot.key)) == key.text() &&
               view_of(load_text(slot.owner)) != holder.view();
    }));
}

std::atomic<std::uint32_t>& LockRegistry::wake_slot(std::string_view key,
                                                    std::uint64_t store_name_hash) const noexcept {
    return page_.releases[hash64(key, store_name_hash) % page_.releases.size()];
}

std::uint32_t LockRegistry::releases(const SessionKey& key,
                                     std::uint64_t store_name_hash) const noexcept {
    return wake_slot(key.text(), store_name_hash).load(std::memory_order_relaxed);
}

void LockRegistry::leave(int ticket) noexcept {
    LockSlot* const slot = slot_of(ticket);
    if (slot == nullptr) return;
    const auto key = load_text(slot->key);
    wake_slot(view_of(key), slot->store_name_hash.load()).fetch_add(1);
    clear(*slot, slot->claim.load());
}

void LockRegistry::abandon(int ticket) noexcept {
    if (LockSlot* const slot = slot_of(ticket)) slot->ready.store(kAbandoned);
}

bool LockRegistry::is_dead(const LockOwner& owner) const noexcept {
    const auto maker = maker_of(owner, host_id());
    return maker && is_gone(*maker);
}

bool LockRegistry::is_abandoned(const LockOwner& owner,
                                std::uint64_t store_name_hash) const noexcept {
    const std::string_view name = owner.view();
    return std::ranges::any_of(page_.locks, [&](const LockSlot& slot) {
        if (slot.ready.load(std::memory_order_acquire) != kAbandoned ||
            slot.store_name_hash.load() != store_name_hash)
            return false;
        return name == view_of(load_text(slot.owner));
    });
}

bool LockRegistry::claim_sweep() noexcept {
    const std::int64_t now = clock_.now().time_since_epoch().count();
    std::int64_t due = page_.next_lock_sweep_ns.load();
    return has_come(due, clock_.now(), kSweepInterval) &&
           page_.next_lock_sweep_ns.compare_exchange_strong(due, now + kSweepInterval.count());
}

// Makes the slot this process's own, so that it is found again if this process dies as well. For a
// moment the start time is still the dead one's and a second sweeper may take the slot over in
// turn. Then both break the same lock, which the store does once, and only the second can free it.
bool LockRegistry::take_over(LockSlot& slot, int index, int& ticket) noexcept {
    std::uint64_t claim = slot.claim.load();
    const ProcessIdentity holder{static_cast<std::uint32_t>(claim >> 32), slot.pid_start.load()};
    const bool is_abandoned = slot.ready.load() == kAbandoned;
    if (claim == 0 || !(is_abandoned || is_gone(holder))) return false;
    const std::uint32_t sequence = next_sequence();
    if (!slot.claim.compare_exchange_strong(claim, claim_of(sequence))) return false;
    slot.pid_start.store(self_.start);
    if (is_abandoned) slot.ready.store(kTakenOver);
    ticket = static_cast<int>(sequence << kSlotBits | static_cast<std::uint32_t>(index));
    return true;
}

bool LockRegistry::inspect(int index, Orphan& out) noexcept {
    LockSlot& slot = page_.locks[static_cast<std::size_t>(index)];
    int ticket = kNoTicket;
    if (!take_over(slot, index, ticket)) return false;
    if (read_orphan(slot, out)) {
        out.ticket = ticket;
        return true;
    }
    // Killed before the entry was complete, so before the lock was asked for: nothing to break.
    leave(ticket);
    return false;
}

// False for what nobody here has written, too: what is no owner must not be sent to a store, and a
// living owner keeps its lock, whoever the entry is said to be of.
bool LockRegistry::read_orphan(const LockSlot& slot, Orphan& out) const noexcept {
    const std::uint32_t ready = slot.ready.load(std::memory_order_acquire);
    if (ready != kComplete && ready != kTakenOver) return false;
    const auto key_text = load_text(slot.key);
    const auto owner_text = load_text(slot.owner);
    const auto key = SessionKey::from_text(view_of(key_text));
    out.owner = store::read_lock_item(view_of(owner_text));
    if (!key || out.owner.view().empty()) return false;
    if (ready == kComplete && !is_dead(out.owner)) return false;
    out.key = *key;
    out.store_name_hash = slot.store_name_hash.load();
    return true;
}

bool LockRegistry::concerns(const LockSlot& slot,
                            std::span<const std::uint64_t> store_name_hashes) const noexcept {
    const std::int64_t age = std::int64_t{seconds_of(clock_.now())} - slot.entered_s.load();
    const bool is_forgotten = age < -1 || age > kLongestLease.count();
    return is_forgotten || std::ranges::find(store_name_hashes, slot.store_name_hash.load()) !=
                               store_name_hashes.end();
}

bool LockRegistry::next_orphan(Orphan& out,
                               std::span<const std::uint64_t> store_name_hashes) noexcept {
    renew_identity();
    if (is_elsewhere_ || !claim_sweep()) return false;
    for (int i = 0; i < HostPage::kLockSlots; ++i) {
        const int index = (sweep_position_ + i) % HostPage::kLockSlots;
        const LockSlot& slot = page_.locks[static_cast<std::size_t>(index)];
        if (slot.claim.load(std::memory_order_relaxed) == 0 || !concerns(slot, store_name_hashes) ||
            !inspect(index, out))
            continue;
        sweep_position_ = (index + 1) % HostPage::kLockSlots;
        page_.next_lock_sweep_ns.store(clock_.now().time_since_epoch().count());
        return true;
    }
    return false;
}

}  // namespace sessmirror::pool

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/memcached/operation.h"

namespace sessmirror::store {

// Reads a session's item and, in the same packet and before it, claims the session's lock (in the
// classic dialect in a packet before). A claim
// that is refused is made again together with the question who holds the lock and which owners have
// withdrawn. Split sessions are joined. Safe to repeat: the owner in the lock item tells whether
// the first claim won.
class FetchOperation final : public MemcachedOperation {
  public:
    FetchOperation(MemcachedHost& host, const FetchRequest& request, StoreSink* sink);

    void start() override;
    bool on_replies(std::span<wire::Reply> replies) noexcept override;

  private:
    // What the replies to a claim amount to.
    enum class Claim : std::uint8_t { Settled, Again, Unusable };

    void fail(const Error& why) override;
    void ask();
    void put_claim(wire::Packet& packet);
    void claim();
    void read(bool claims);
    bool take_claim(const wire::Reply& added);
    bool take_item(std::span<wire::Reply> replies);
    Claim take_lock(std::span<const wire::Reply> replies);
    Claim take_lock_item(const wire::Reply& present, const wire::Reply& withdrawn);
    Claim take_holder(const wire::Reply& present, const wire::Reply& withdrawn);
    bool take_value(wire::Reply& reply);
    void ask_chunks();
    bool take_chunks(std::span<const wire::Reply> replies);
    void hand_out_damaged();
    void hand_out_absent();
    void finish();
    void release_quietly();
    [[nodiscard]] bool may_need_withdrawal(const Error& why) const noexcept;
    void withdraw();
    [[nodiscard]] Claimant claimant() const { return {key_, claim_->owner}; }

    // A refusal, then ghosts met or locks that vanished between two commands; more is mischief.
    static constexpr int kMaxClaims = 4;

    enum class Phase : std::uint8_t { Claim, Item, Chunks };
    Phase phase_ = Phase::Item;
    const Want want_;
    const bool wants_hint_;
    const std::optional<LockClaim> claim_;
    bool is_classic_ = false;  // the packet that is under way
    bool asks_holder_ = false;
    bool read_again_ = false;  // the chunks were incomplete once
    int claims_ = 0;
    Cas ghost_ = 0;  // CAS of a lock item whose owner has withdrawn
    Manifest manifest_;
    FetchReply reply_;
};

}  // namespace sessmirror::store

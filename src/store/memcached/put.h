// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

#include "store/memcached/operation.h"

namespace sessmirror::store {

// Stores a session's item by compare-and-set, split when it exceeds the server's item limit, and
// gives up the session's lock in the same packet.
//
// A value that the server would refuse is never sent: memcached deletes the old item when it
// refuses a new one, whatever the command's mode. Hence the limit is learnt before a large value is
// sent.
//
// Safe to repeat: if the first attempt took effect, the second meets its own version, and that is
// looked at before a conflict is reported.
class PutOperation final : public MemcachedOperation, private StoreSink {
  public:
    PutOperation(MemcachedHost& host, const PutRequest& request, StoreSink* sink);

    void start() override;
    bool on_replies(std::span<wire::Reply> replies) noexcept override;

  private:
    enum class Phase : std::uint8_t { Limit, Chunks, Item, Verify };

    void fail(const Error& why) override;
    void on_release(int store, Result<ReleaseReply> reply) noexcept override;

    [[nodiscard]] record::Version attempt() noexcept;
    void read_limit();
    void choose_layout();
    void send_chunks();
    void send_item();
    [[nodiscard]] LinkTerms terms(std::optional<Claimant> withdrawal = std::nullopt) const;
    [[nodiscard]] bool is_limit(const wire::Reply& reply) const noexcept;
    void verify();
    bool take_chunks(std::span<const wire::Reply> replies);
    bool take_item(std::span<const wire::Reply> replies);
    bool take_outcome(const wire::Reply& reply);
    bool take_verified(const wire::Reply& reply);
    void settle();
    void forget_old_chunks();
    void erase_chunks(const Manifest& manifest);
    void finish();
    [[nodiscard]] ByteView payload() const noexcept { return payload_->view(); }
    [[nodiscard]] ByteView hint() const noexcept { return {hint_.data(), hint_size_}; }
    [[nodiscard]] std::uint64_t value_size() const noexcept {
        return header_.size() + payload().size();
    }
    [[nodiscard]] std::optional<Claimant> withdrawal() const;

    const record::Version version_;
    const record::Fingerprint fingerprint_;
    const std::uint32_t ttl_s_;
    const Cas expected_;
    const bool expected_by_hint_;
    const std::optional<HeldLock> unlock_;
    const record::EnvelopeBytes header_;
    // Kept, since the put may have to be repeated.
    const std::shared_ptr<const SharedPayload> payload_;
    std::array<std::byte, kMaxHint> hint_;
    const std::size_t hint_size_;
    Bytes main_item_;  // header and manifest, when split
    std::optional<Manifest> manifest_;
    record::Version attempt_;  // names the chunks; none() before there are any
    Phase phase_ = Phase::Item;
    bool must_release_ = false;  // the lock did not go with the item
    PutReply reply_;
    std::optional<Error> error_;
};

}  // namespace sessmirror::store

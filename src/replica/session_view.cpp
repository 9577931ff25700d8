// SPDX-License-Identifier: BSD-3-Clause
#include "replica/session_view.h"

#include <algorithm>
#include <utility>

namespace sessmirror::replica {

void SessionView::reset(const pool::Pool& pool, const store::SessionKey& key,
                        int redundancy) noexcept {
    key_ = key;
    set_ = ReplicaSet(pool, key, redundancy);
    copies_.fill({});
    stored_.clear();
    hints_ = {};
    record_ = {};
    failures_ = Error(Errc::NoStore);
    lock = {};
    token_.reset();
    is_token_closed_ = false;
    is_stale = false;
}

void SessionView::absorb(pool::Pool& pool, int store, Result<store::FetchReply>& reply) noexcept {
    Copy& known = copy(store);
    if (!reply) {
        known.state = Copy::State::Failed;
        failures_.append("%s%s", failures_.detail[0] == '\0' ? "" : "; ", reply.error().detail);
        return;
    }
    known = {};
    known.state = reply->found ? Copy::State::Present : Copy::State::Absent;
    known.cas = reply->cas;
    known.fingerprint = reply->fingerprint;
    known.ttl_left_s = reply->ttl_left_s;
    if (!reply->hint.empty()) hints_ = CasHints::decode(reply->hint);
    if (!reply->found || reply->value.empty()) return;

    const auto decoded = record::decode(reply->value);
    if (!decoded) {
        known.state = Copy::State::Damaged;
        pool.count(pool::Counter::CorruptCopies);
        pool.journal().add(Severity::Warning, "store %s: %s; another replica's copy is used",
                           pool.name(store).c_str(), decoded.error().detail);
        return;
    }
    known.version = decoded->envelope.version;
    if (known.version > version()) {
        stored_ = std::move(reply->value);
        record_.envelope = decoded->envelope;
        record_.payload = ByteView(stored_).subspan(record::Envelope::kSize);
    }
}

bool SessionView::has_newest(int store) const noexcept {
    const Copy& known = copies_[static_cast<std::size_t>(store)];
    return is_found() && known.state == Copy::State::Present &&
           known.fingerprint == record::fingerprint(version());
}

bool SessionView::is_confirmed(pool::Pool& pool) const noexcept {
    for (const int store : set_.everyone())
        if (has_newest(store) && !pool.is_filling(store) &&
            !pool.health(store).is_in_doubt(record_.envelope.modified_unix))
            return true;
    return false;
}

void SessionView::adopt(const record::Envelope& envelope, ByteView payload) {
    const auto header = record::encode(envelope, payload);
    Bytes stored(header.size() + payload.size());
    std::copy(payload.begin(), payload.end(),
              std::copy(header.begin(), header.end(), stored.begin()));
    stored_ = std::move(stored);
    record_.envelope = envelope;
    record_.payload = ByteView(stored_).subspan(record::Envelope::kSize);
}

void SessionView::close_token() noexcept {
    if (!has_open_token()) return;
    token_->kind = FreshnessToken::Kind::Exact;
    is_token_closed_ = true;
}

// A token may be forged where no secret is set, so what it says is believed for a day ahead at
// most: enough for clocks that differ, too little to use up the generations.
std::uint32_t SessionView::generation_floor(std::uint32_t unix_seconds) const noexcept {
    constexpr std::uint32_t kTrusted = 24 * 3600;
    if (!token_ || token_->version.generation > unix_seconds + kTrusted) return 0;
    return token_->version.generation;
}

std::uint32_t SessionView::lifetime_left() const noexcept {
    constexpr std::int64_t kForever = 30 * 24 * 3600;  // the longest lifetime stores take
    std::int64_t longest = 1;
    for (const int store : set_.everyone()) {
        const Copy& copy = copies_[static_cast<std::size_t>(store)];
        if (copy.state != Copy::State::Present || copy.version != version()) continue;
        longest = std::max(longest, copy.ttl_left_s < 0 ? kForever : copy.ttl_left_s);
    }
    return static_cast<std::uint32_t>(std::min(longest, kForever));
}

void SessionView::assume_absent() noexcept {
    for (const int store : set_.everyone()) copy(store).state = Copy::State::Absent;
}

}  // namespace sessmirror::replica

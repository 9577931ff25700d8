// SPDX-License-Identifier: BSD-3-Clause
#include "replica/session_view.h"

#include <algorithm>
#include <utility>

#include "store/lifetime.h"

namespace sessmirror::replica {
namespace {

Error at_store(const pool::Pool& pool, int store, const Error& why) noexcept {
    return Error(why.code, "%s: %s", pool.name(store).c_str(), why.detail).at_store(store);
}

// A token may be forged where no secret is set, so what it says is believed for a day ahead at
// most: enough for clocks that differ, too little to use up the generations.
bool is_plausible(record::Version told, std::uint32_t unix_seconds) noexcept {
    constexpr std::uint32_t kTrusted = 24 * 3600;
    return told.generation <= unix_seconds + kTrusted;
}

}  // namespace

void SessionView::reset(const pool::Pool& pool, const store::SessionKey& key,
                        int redundancy) noexcept {
    key_ = key;
    set_ = ReplicaSet(pool, key, redundancy);
    std::fill_n(copies_.begin(), pool.size(), Copy{});
    stored_.clear();
    content_.clear();
    others_.clear();
    content_before_end_.clear();
    passed_over_.clear();
    passed_over_version_ = {};
    readability_ = kOk;
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
        known.has_timed_out =
            reply.error().code == Errc::Timeout || reply.error().code == Errc::OutOfTime;
        failures_.append("%s%s", failures_.detail[0] == '\0' ? "" : "; ", reply.error().detail);
        return;
    }
    known = {};
    known.state = reply->found ? Copy::State::Present : Copy::State::Absent;
    known.cas = reply->cas;
    known.fingerprint = reply->fingerprint;
    known.ttl_left_s = reply->ttl_left_s;
    if (!reply->hint.empty()) hints_ = CasHints::decode(reply->hint);
    if (!reply->found || !reply->has_value) return;

    const auto decoded = record::decode(key_.text(), reply->value);
    if (!decoded) return note_damage(pool, store, decoded.error());
    known.version = decoded->envelope.version;
    known.fingerprint = record::fingerprint(known.version);
    if (decoded->envelope.precedence() > record_.envelope.precedence()) {
        Bytes content;
        const Status readable = expand(*decoded, content);
        if (!readable && readable.error().code == Errc::Corrupt)
            return note_damage(pool, store, readable.error());
        if (decoded->envelope.is_tombstone() && is_alive())
            content_before_end_.assign(this->content().begin(), this->content().end());
        if (is_found()) pass_over(std::move(stored_), record_.envelope);
        readability_ = readable ? kOk : Status(at_store(pool, store, readable.error()));
        content_ = std::move(content);
        keep(std::move(reply->value), *decoded);
    } else if (decoded->envelope.version != version()) {
        pass_over(std::move(reply->value), decoded->envelope);
    }
}

void SessionView::pass_over(Bytes&& stored, const record::Envelope& envelope) noexcept {
    note_other(envelope);
    if (envelope.version <= passed_over_version_) return;
    passed_over_ = std::move(stored);
    passed_over_version_ = envelope.version;
}

void SessionView::note_other(const record::Envelope& envelope) noexcept {
    const bool is_known = std::ranges::any_of(
        others_, [&](const record::Envelope& other) { return other.version == envelope.version; });
    if (!is_known) others_.push_back(envelope);
}

Status SessionView::expand(const record::Record& record, Bytes& content) noexcept {
    const bool is_plain = record.envelope.codec == record::Codec::Plain;
    if (is_plain || record.envelope.is_tombstone()) return kOk;
    if (compressor_ == nullptr) return Error(Errc::Unreadable);
    return compressor_->expand(record, max_bytes_, content);
}

void SessionView::keep(Bytes&& stored, const record::Record& record) noexcept {
    const std::size_t length = record.payload.size();
    record_.envelope = record.envelope;
    stored_ = std::move(stored);
    record_.payload = ByteView(stored_).last(length);
}

void SessionView::note_damage(pool::Pool& pool, int store, const Error& why) noexcept {
    copy(store).state = Copy::State::Damaged;
    pool.count(pool::Counter::CorruptCopies);
    pool.journal().add(Severity::Warning, "store %s: %s; another replica's copy is used",
                       pool.name(store).c_str(), why.detail);
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

void SessionView::adopt(const record::Envelope& written, ByteView payload) {
    readability_ = kOk;
    others_.clear();
    keep(Bytes(payload.begin(), payload.end()), {written, payload});
    record_.envelope.codec = record::Codec::Plain;
}

bool SessionView::has_ended() const noexcept {
    if (!token_ || token_->kind != FreshnessToken::Kind::Ended) return false;
    const record::Envelope& found = record_.envelope;
    if (found.format == record::Format::First && !found.is_tombstone())
        return !is_fresh() || !token_->is_met_by(found.parent());
    return found.incarnation < token_->version && found.version != token_->version;
}

record::Version SessionView::incarnation(std::uint32_t unix_seconds) const noexcept {
    const record::Version stored = record_.envelope.incarnation;
    const bool has_seen_end = token_ && token_->kind == FreshnessToken::Kind::Ended;
    return has_seen_end && is_plausible(token_->version, unix_seconds)
               ? std::max(stored, token_->version)
               : stored;
}

void SessionView::close_token() noexcept {
    if (!has_open_token()) return;
    token_->kind = FreshnessToken::Kind::Exact;
    is_token_closed_ = true;
}

std::uint32_t SessionView::generation_floor(std::uint32_t unix_seconds) const noexcept {
    const bool is_believed = token_ && is_plausible(token_->version, unix_seconds);
    return is_believed ? token_->version.generation : 0;
}

std::uint32_t SessionView::lifetime_left() const noexcept {
    constexpr std::int64_t kForever = store::kLongestLifetime;
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

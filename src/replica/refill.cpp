// SPDX-License-Identifier: BSD-3-Clause
#include "replica/refill.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <utility>

#include "base/allocation.h"
#include "base/hash.h"

namespace sessmirror::replica {
namespace {

NoteText describe_ready(const store::Life& life, const NoteText& settings) noexcept {
    NoteText out;
    std::snprintf(out.bytes.data(), out.bytes.size(), "life=%" PRIu64 "-%" PRIu64 " %.80s",
                  life.process, life.started, settings.bytes.data());
    return out;
}

}  // namespace

Refill::Refill(const Environment& env, Scope scope, int target, Extent extent) noexcept
    : Operation(env), scope_(std::move(scope)), target_(target), extent_(extent) {}

Refill::~Refill() {
    for (const auto& inventory : scope_.inventories) inventory->cancel();
}

void Refill::run() noexcept {
    scope_.inventories[static_cast<std::size_t>(target_)]->ask_life(*this);
}

void Refill::on_life(Result<store::Life> life) noexcept {
    if (!life) return end(life.error());
    env_.pool.health(target_).note_life(*life);
    ready_text_ = describe_ready(*life, scope_.settings);
    read_ready();
}

void Refill::read_ready() noexcept {
    restart_deadline();
    requests(+1);
    env_.pool.store(target_).fetch({scope_.ready_key, store::Want::Value, std::nullopt, deadline()},
                                   this);
}

void Refill::on_fetch(int, Result<store::FetchReply> reply) noexcept {
    requests(-1);
    if (!reply) return end(reply.error());
    ready_cas_ = reply->cas;
    is_ready_ = read_note(scope_.ready_key, *reply) == ready_text_.view();
    pool::Health& health = env_.pool.health(target_);
    if (is_ready_) {
        name_server(ready_cas_);
        health.set_filling(false);
    }
    if (is_ready_ && (extent_ == Extent::Look || is_overtaken_)) return end(kOk);
    if (is_overtaken_)
        return end(Error(Errc::Conflict,
                         "%s: another host has other settings, or it restarted or was emptied",
                         env_.pool.name(target_).c_str()));
    if (extent_ == Extent::Missed) tell_of_gaps();
    if (!is_ready_ && ready_cas_ == 0) return note_begin();
    begin_pass();
}

// What the end of the pass will replace, and cannot if somebody has emptied the store meanwhile.
void Refill::note_begin() noexcept {
    NoteText text = ready_text_;
    std::snprintf(text.bytes.data(), text.bytes.size(), "begun %.100s", ready_text_.bytes.data());
    is_noting_begin_ = true;
    put_ready(text);
}

void Refill::take_begin(const Result<store::PutReply>& reply) noexcept {
    if (!reply) return end(reply.error());
    if (reply->outcome != store::PutOutcome::Stored) return read_ready();  // another host was first
    ready_cas_ = reply->cas;
    begin_pass();
}

void Refill::tell_of_gaps() noexcept {
    if (is_ready_ || !env_.pool.health(target_).set_filling(true)) return;
    env_.pool.journal().add(Severity::Notice,
                            "store %s is new or was restarted: copying sessions to it",
                            env_.pool.name(target_).c_str());
}

void Refill::begin_pass() noexcept {
    env_.pool.health(target_).reset_refill_count();
    // Nothing would come of a first look at present, so no peer has to list its keys for it.
    missing_ = extent_ == Extent::First ? away() : 0;
    if (!is_sufficient()) return conclude();
    missing_ = 0;
    if (!begin_with_missed()) next_source();
}

// Peers that are down.
int Refill::away() noexcept {
    int count = 0;
    for (int store = 0; store < env_.pool.size(); ++store)
        count += store != target_ && !env_.pool.is_up(store);
    return count;
}

// True when that is all there is to do.
bool Refill::begin_with_missed() noexcept {
    auto missed = env_.pool.list_missed(target_);
    missed_ = missed.span;
    const bool knows_all = extent_ != Extent::First && env_.pool.health(target_).is_looked_at();
    if (!is_ready_ || extent_ == Extent::Whole || !knows_all || !missed.is_complete) return false;
    missing_ = away();
    keys_ = std::move(missed.keys);
    note_listed();
    source_ = env_.pool.size() - 1;
    copy_more();
    return true;
}

// ---- one source after the other, so that no more than one list is in memory

void Refill::next_source() noexcept {
    for (++source_; source_ < env_.pool.size(); ++source_) {
        if (source_ == target_) continue;
        if (!env_.pool.is_up(source_)) {
            ++missing_;
            continue;
        }
        listing_ = has_listed_ = true;
        scope_.inventories[static_cast<std::size_t>(source_)]->list(*this);
        return;
    }
    conclude();
}

void Refill::on_key(std::string_view key) noexcept {
    // Locks and chunks have longer names; see docs/format.md.
    if (key.size() != scope_.prefix.size() + store::SessionKey::kHashChars ||
        !key.starts_with(scope_.prefix) || key == scope_.ready_key.text() ||
        key == scope_.settings_key.text())
        return;
    const auto session = store::SessionKey::from_text(key);
    if (!session || !ReplicaSet(env_.pool, *session, env_.policy.redundancy).contains(target_))
        return;
    if (!try_to_allocate([&] { keys_.emplace_back(); })) {
        scope_.inventories[static_cast<std::size_t>(source_)]->cancel();
        return on_listed(Error(Errc::OutOfMemory, "no memory for the list of keys"));
    }
    std::ranges::copy(session->hashed(), keys_.back().begin());
}

void Refill::on_listed(Status outcome) noexcept {
    listing_ = false;
    if (!outcome) ++missing_;
    incomplete_ += outcome && env_.pool.is_filling(source_);
    note_listed();
    copy_more();
}

void Refill::note_listed() noexcept {
    listed_ = keys_.size();
    env_.pool.health(target_).count_refill_listed(listed_);
}

double Refill::progress() const noexcept {
    if (source_ < 0) return 0;
    const int stores = env_.pool.size();
    if (source_ >= stores) return 1;
    const double present =
        listed_ == 0 ? 0 : 1 - static_cast<double>(keys_.size()) / static_cast<double>(listed_);
    const int before = source_ - (source_ > target_ ? 1 : 0);
    return (before + present) / std::max(stores - 1, 1);
}

void Refill::resume() noexcept {
    paused_ = false;
    if (source_ >= 0 && !done() && !listing_) copy_more();
}

void Refill::copy_more() noexcept {
    if (copying_) return;  // a copy that ended at once, inside of the loop below
    copying_ = true;
    for (reap(); !paused_ && copies_.size() < kInFlight && !keys_.empty(); reap()) {
        const auto key = key_of(keys_.back());
        keys_.pop_back();
        copies_.push_back(std::make_unique<SessionCopy>(env_, key, target_));
        requests(+1);
        copies_.back()->start(this);
    }
    copying_ = false;
    const bool is_through = copies_.empty() && keys_.empty() && !paused_;
    if (is_through && source_ < env_.pool.size()) next_source();
}

void Refill::on_done() noexcept {
    requests(-1);
    if (!paused_) copy_more();
}

void Refill::reap() noexcept {
    std::erase_if(copies_, [this](const auto& copy) {
        if (!copy->done()) return false;
        env_.pool.health(target_).count_refill(copy->copied());
        if (copy->copied()) env_.pool.count(pool::Counter::Refilled);
        copied_ += copy->copied();
        if (copied_ == kGaps) tell_of_gaps();
        if (!copy->outcome()) trouble_ = copy->outcome();
        return true;
    });
}

store::SessionKey Refill::key_of(const Hash& hash) const {
    const auto key =
        store::SessionKey::from_text(scope_.prefix + std::string(hash.data(), hash.size()));
    return key.value_or(store::SessionKey());  // it was one when it was listed
}

// ---- the end of a pass

bool Refill::is_sufficient() const noexcept {
    if (missing_ == 0) return true;
    const int stores = env_.pool.size();
    const int copies = env_.policy.redundancy == Policy::kAllStores
                           ? stores
                           : std::min(env_.policy.redundancy, stores);
    // Every session had this many copies besides the target's; one of them must have been seen.
    return missing_ + incomplete_ < copies - 1;
}

void Refill::conclude() noexcept {
    if (!trouble_) return end(trouble_);
    if (!is_sufficient())
        return end(Error(Errc::NoStore, "%s: stores that may have its sessions are out of reach",
                         env_.pool.name(target_).c_str()));
    if (is_ready_) return end(kOk);
    write_ready();
}

void Refill::write_ready() noexcept {
    put_ready(ready_text_);
}

void Refill::put_ready(const NoteText& text) noexcept {
    restart_deadline();
    const auto put = put_note(env_, scope_.ready_key, text, kReadyLifetime, ready_cas_, deadline());
    requests(+1);
    env_.pool.store(target_).put(put, this);
}

// A conflict: another host has come to the end of its pass first, and says so in its note.
void Refill::on_put(int, Result<store::PutReply> reply) noexcept {
    requests(-1);
    if (std::exchange(is_noting_begin_, false)) return take_begin(reply);
    if (!reply) return end(reply.error());
    if (reply->outcome != store::PutOutcome::Stored) {
        is_overtaken_ = true;
        return read_ready();
    }
    name_server(reply->cas);
    if (env_.pool.health(target_).set_filling(false))
        env_.pool.journal().add(Severity::Notice,
                                "store %s is complete: %" PRIu64 " sessions were copied to it",
                                env_.pool.name(target_).c_str(), copied_);
    end(kOk);
}

void Refill::name_server(store::Cas cas) noexcept {
    server_ = hash64(ready_text_.view()) ^ (cas * 0x9E3779B97F4A7C15u);
}

void Refill::requests(int change) noexcept {
    in_flight_ += change;
    quiet_ = in_flight_ == 0;
}

void Refill::end(Status outcome) noexcept {
    source_ = env_.pool.size();
    if (outcome) {
        env_.pool.settle_missed(target_, missed_);
        env_.pool.health(target_).note_look();
    }
    finish(std::move(outcome));
}

}  // namespace sessmirror::replica

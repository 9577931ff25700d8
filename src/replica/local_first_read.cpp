// SPDX-License-Identifier: BSD-3-Clause
#include "replica/local_first_read.h"

#include <algorithm>

namespace sessmirror::replica {
namespace {

int opinions_wanted(const Policy& policy, const ReplicaSet& set) noexcept {
    switch (policy.freshness) {
        case Freshness::Probe:
            return 1;
        case Freshness::Majority:
            return set.copies() / 2;
        case Freshness::Token:
        case Freshness::Local:
            break;
    }
    return 0;
}

}  // namespace

void LocalFirstRead::run() noexcept {
    reader_ = view_.set().reader(env_.pool);
    const int opinions = opinions_wanted(env_.policy, view_.set());
    ask(reader_, store::Want::Value);
    ask_opinions(opinions);
    if (opinions == 0 && view_.set().copies() > 1) hedge_.watch(reader_);
}

void LocalFirstRead::ask(int store, store::Want want) noexcept {
    ++pending_;
    asked_ |= store_bit(store);
    const bool hint = want == store::Want::Value && needs_hints(env_.pool, view_.set(), store);
    env_.pool.store(store).fetch({view_.key(), want, std::nullopt, deadline(), hint}, this);
}

// The members are in the order of their say: the first one that is up is the home.
void LocalFirstRead::ask_opinions(int count) noexcept {
    for (const int store : view_.set().members()) {
        if (count == 0) return;
        if ((asked_ & store_bit(store)) != 0 || !env_.pool.is_up(store)) continue;
        ask(store, store::Want::Version);
        --count;
    }
}

void LocalFirstRead::on_fetch(int store, Result<store::FetchReply> reply) noexcept {
    view_.absorb(env_.pool, store, reply);
    hedge_.stop();
    if (--pending_ == 0) return conclude();
    if (!is_hedged_ || !is_settled()) return;
    if (store != reader_) env_.pool.count(pool::Counter::HedgesWon);
    env_.pool.forget(this);
    conclude();
}

void LocalFirstRead::on_late() noexcept {
    const int second = view_.set().fastest(env_.pool, asked_);
    if (second < 0 || !hedge_.spend()) return;
    is_hedged_ = true;
    ask(second, store::Want::Value);
}

// Whether one answer is enough. An open token is not closed by whoever happens to answer.
bool LocalFirstRead::is_settled() noexcept {
    return view_.is_found() && view_.is_confirmed(env_.pool) && view_.is_fresh() &&
           !view_.has_open_token();
}

// All that have answered; the rest is not waited for.
bool LocalFirstRead::all_agree() noexcept {
    return std::ranges::all_of(view_.set().everyone(), [this](int store) {
        return view_.copy(store).state == Copy::State::Unknown || view_.has_newest(store);
    });
}

void LocalFirstRead::conclude() noexcept {
    // An open token takes an answer of every member.
    if (!view_.is_confirmed(env_.pool) || !view_.is_fresh() || !all_agree() ||
        view_.has_open_token()) {
        fallback_.emplace(env_, view_);
        return fallback_->start(this, deadline());
    }
    const int local = env_.pool.local();
    if (local >= 0 && view_.has_newest(local)) env_.pool.count(pool::Counter::LocalHits);
    finish(view_.readability());
}

}  // namespace sessmirror::replica

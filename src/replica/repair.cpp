// SPDX-License-Identifier: BSD-3-Clause
#include "replica/repair.h"

#include <algorithm>

#include "replica/forks.h"

namespace sessmirror::replica {
namespace {

void put_newest(const Environment& env, SessionView& view, int store, store::Cas expected,
                std::uint32_t ttl_s) noexcept {
    record::Envelope envelope = view.newest().envelope;
    envelope.modified_unix = env.scheduler.unix_seconds();
    store::PutRequest put;
    put.key = view.key();
    put.payload = view.newest().payload;
    put.header = record::encode(envelope, put.key.text(), put.payload);
    put.version = view.version();
    put.fingerprint = record::fingerprint(view.version());
    put.ttl_s = ttl_s;
    put.expected = expected;
    put.deadline = env.scheduler.now() + env.policy.deadline;
    env.pool.store(store).put(put, nullptr);
    env.pool.count(pool::Counter::Repairs);
    // Whether and under which CAS it will be there is not known before somebody looks.
    view.copy(store).state = Copy::State::Unknown;
}

// Whether the newest version should take the place of this copy.
bool is_behind(const Copy& copy, record::Version newest) noexcept {
    switch (copy.state) {
        case Copy::State::Absent:
        case Copy::State::Damaged:
            return true;
        case Copy::State::Present:
            return copy.version != newest && !copy.version.is_none();
        case Copy::State::Unknown:
        case Copy::State::Failed:
            return false;
    }
    return false;
}

}  // namespace

void repair_laggards(const Environment& env, SessionView& view, Confirmed confirmed) noexcept {
    const std::uint32_t ttl_s = view.lifetime_left();  // once: a put hides the copy that told it
    for (const int store : view.set().members()) {
        const Copy& copy = view.copy(store);
        const bool is_doubted =
            confirmed == Confirmed::Yes && copy.version == view.version() &&
            env.pool.health(store).is_in_doubt(view.newest().envelope.modified_unix);
        if (!is_behind(copy, view.version()) && !is_doubted) continue;
        report_if_fork(env, view, store);
        put_newest(env, view, store, copy.cas, ttl_s);
    }
}

void repair_missing(const Environment& env, SessionView& view, int store) noexcept {
    put_newest(env, view, store, 0, view.lifetime_left());
}

}  // namespace sessmirror::replica

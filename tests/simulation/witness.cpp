// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/witness.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "record/compressor.h"
#include "record/envelope.h"
#include "replica/replica_set.h"

namespace sessmirror::simulation {

// As PHP's serialize handler "php" stores $_SESSION['825'] = null.
Bytes encode_ops(const std::vector<OpId>& ops) {
    std::string text;
    for (const OpId op : ops) text += std::to_string(op) + "|N;";
    const ByteView bytes = as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

std::vector<OpId> decode_ops(ByteView payload) {
    std::string_view text = as_text(payload);
    std::vector<OpId> ops;
    while (!text.empty()) {
        OpId op = kNoOp;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), op).ptr;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (!text.starts_with("|N;")) return {kNoOp};  // no change that anybody made
        text.remove_prefix(3);
        ops.push_back(op);
    }
    return ops;
}

store::SessionKey key_of_session(int session) {
    return store::derive_key(kKeyPrefix, "", "session " + std::to_string(session));
}

namespace {
constexpr std::uint64_t kLargestSession = 1u << 20;
}

std::vector<Witness::Standing> Witness::copies_in_reach(int host, const store::SessionKey& key) {
    std::vector<Standing> copies;
    for (int s = 0; s < cluster_.stores(); ++s) {
        const SimNode& node = cluster_.node(s);
        const Route& route = cluster_.route(host, s);
        if (node.state() != SimNode::State::Up || route.request.is_cut() || route.reply.is_cut())
            continue;
        const SimNode::Item* item = node.find(key.text());
        if (item == nullptr) continue;
        const auto record = record::decode(key.text(), item->value);
        if (!record) continue;
        copies.push_back({s, record->envelope.version, record->envelope.is_tombstone(),
                          node.outages(), node.losses(key.text()).size(),
                          route.request.troubles() + route.reply.troubles()});
    }
    return copies;
}

Witness::Standing Witness::newest_that_stood(int host, const store::SessionKey& key,
                                             const std::vector<Standing>& before) {
    const std::vector<Standing> now = copies_in_reach(host, key);
    Standing newest;
    for (const Standing& then : before) {
        const bool stood = std::any_of(now.begin(), now.end(), [&](const Standing& copy) {
            return copy.store == then.store && copy.outages == then.outages &&
                   copy.losses == then.losses && copy.troubles == then.troubles;
        });
        if (stood && then.version > newest.version) newest = then;
    }
    return newest;
}

FinalState Witness::final_state(int session) {
    FinalState state;
    state.session = session;
    const store::SessionKey key = key_of_session(session);
    record::Precedence standing;
    std::vector<record::Envelope> held(static_cast<std::size_t>(cluster_.stores()));
    for (int s = 0; s < cluster_.stores(); ++s) {
        const SimNode::Item* item = cluster_.node(s).find(key.text());
        if (item == nullptr) continue;
        const auto record = record::decode(key.text(), item->value);
        if (!record) continue;
        held[static_cast<std::size_t>(s)] = record->envelope;
        if (record->envelope.precedence() <= standing) continue;
        standing = record->envelope.precedence();
        state.newest = record->envelope.version;
        state.is_tombstone = record->envelope.is_tombstone();
        Bytes content(record->payload.begin(), record->payload.end());
        if (record->envelope.codec != record::Codec::Plain)
            (void)record::Compressor().expand(*record, kLargestSession, content);
        state.ops = decode_ops(content);
        std::sort(state.ops.begin(), state.ops.end());
    }
    const replica::ReplicaSet set(*cluster_.worker(0, 0).pool, key, redundancy_);
    for (const int member : set.members()) {
        const record::Envelope& copy = held[static_cast<std::size_t>(member)];
        // Of two log-outs at one time either will do.
        const bool is_ended_too = state.is_tombstone && copy.is_tombstone();
        state.behind += copy.version != state.newest && !is_ended_too;
    }
    return state;
}

std::uint64_t Witness::collisions_aside(const History& history) const noexcept {
    const Counts counts = cluster_.counts();
    std::uint64_t aside = counts[static_cast<std::size_t>(pool::Counter::Collisions)];
    for (const Call& call : history.calls) aside -= call.flags.collisions;
    return aside;
}

std::vector<Loss> Witness::losses(int sessions) {
    std::vector<Loss> losses;
    for (int session = 0; session < sessions; ++session)
        for (int s = 0; s < cluster_.stores(); ++s) {
            const std::string key(key_of_session(session).text());
            for (const Duration when : cluster_.node(s).losses(key))
                losses.push_back({session, when});
            for (const Duration when : cluster_.node(s).aged(key))
                losses.push_back({session, when, true});
        }
    std::stable_sort(losses.begin(), losses.end(),
                     [](const Loss& a, const Loss& b) { return a.when < b.when; });
    return losses;
}

}  // namespace sessmirror::simulation

// SPDX-License-Identifier: BSD-3-Clause
#include "replica/outgoing.h"

#include <algorithm>
#include <utility>

#include "replica/tombstone.h"

namespace sessmirror::replica {
namespace {

Status check_size(const Outgoing& outgoing, const Environment& env, SessionView& view) noexcept {
    for (const int store : view.set().members()) {
        const auto limit = env.pool.store(store).max_payload();
        if (outgoing.content.size() > limit)
            return Error(Errc::TooLarge, "the session has %zu bytes, %s takes at most %llu",
                         outgoing.content.size(), env.pool.name(store).c_str(),
                         static_cast<unsigned long long>(limit))
                .at_store(store);
    }
    return kOk;
}

void pack(Outgoing& outgoing, const Environment& env) noexcept {
    outgoing.envelope.codec = record::Codec::Plain;
    Bytes frame;
    const bool is_tried = env.policy.compresses && !outgoing.content.empty() &&
                          outgoing.content.size() >= env.policy.compress_from;
    if (is_tried && env.compressor.compress(outgoing.content, frame)) {
        outgoing.envelope.codec = record::Codec::Zstd;
        outgoing.shared = std::make_shared<store::SharedPayload>(std::move(frame));
    } else {
        outgoing.shared = std::make_shared<store::SharedPayload>(outgoing.content);
    }
    outgoing.payload = outgoing.shared->view();
}

// Above everything that this request or its client has seen, so that no copy from before can pass
// for this one.
record::Version draw_version(const Outgoing& outgoing, const Environment& env,
                             const SessionView& view, std::uint32_t now) noexcept {
    const record::Version base =
        std::max(outgoing.replaces->newest(), outgoing.replaces->incarnation());
    const std::uint32_t above_seen = view.generation_floor(now) + 1;
    return record::next_version(base, std::max(now, above_seen), env.random.next());
}

// REQUIRES: the version is drawn.
record::Version incarnation(const Outgoing& outgoing, const SessionView& view, const Intent& intent,
                            std::uint32_t now) noexcept {
    if (outgoing.envelope.format == record::Format::First) return record::Version::none();
    if (intent.is_tombstone) return outgoing.envelope.version;
    return std::max(view.incarnation(now), outgoing.replaces->incarnation());
}

record::Ancestry ancestors(const Outgoing& outgoing, const Environment& env,
                           const SessionView& view, const Intent& intent,
                           std::uint32_t now) noexcept {
    using Members = record::Ancestry::Members;
    if (outgoing.envelope.format == record::Format::First)
        return intent.base.is_none() ? record::Ancestry{} : record::Ancestry{intent.base};
    record::Ancestry all = outgoing.replaces->ancestors();
    const bool is_everyone_up =
        std::ranges::all_of(view.set().members(), [&](int store) { return env.pool.is_up(store); });
    all.trim(now, is_everyone_up ? Members::AllThere : Members::SomeAway);
    return all;
}

}  // namespace

Status compose(Outgoing& outgoing, const Environment& env, SessionView& view,
               const Intent& intent) noexcept {
    if (const auto fits = check_size(outgoing, env, view); !fits) return fits;
    pack(outgoing, env);
    record::Envelope& envelope = outgoing.envelope;
    const std::uint32_t now = env.scheduler.unix_seconds();
    envelope.format = std::max(env.policy.write_format, outgoing.replaces->format());
    envelope.version = draw_version(outgoing, env, view, now);
    envelope.incarnation = incarnation(outgoing, view, intent, now);
    envelope.ancestors = ancestors(outgoing, env, view, intent, now);
    envelope.modified_unix = now;
    envelope.lifetime_s = std::max(outgoing.replaces->lifetime_s(), intent.lifetime_s);
    outgoing.ttl_s = intent.is_tombstone
                         ? tombstone_lifetime(std::max(envelope.lifetime_s, view.lifetime_left()),
                                              env.policy.lock_lease_s)
                         : intent.lifetime_s;
    envelope.origin = env.policy.origin;
    envelope.flags = static_cast<std::uint8_t>(
        (intent.is_tombstone ? record::kTombstone : 0) | (intent.is_merged ? record::kMerged : 0) |
        (view.set().is_first_choice(intent.home) ? 0 : record::kAfterFailover));
    outgoing.header = record::encode(envelope, view.key().text(), outgoing.payload);
    outgoing.hints = CasHints(envelope.version);
    return kOk;
}

}  // namespace sessmirror::replica

// SPDX-License-Identifier: BSD-3-Clause
#include "replica/note.h"

#include "record/envelope.h"

namespace sessmirror::replica {

store::PutRequest put_note(const Environment& env, const store::SessionKey& key,
                           const NoteText& text, std::uint32_t ttl_s, store::Cas expected,
                           TimePoint deadline) noexcept {
    record::Envelope envelope;
    envelope.version = record::next_version({}, env.scheduler.unix_seconds(), env.random.next());
    envelope.modified_unix = env.scheduler.unix_seconds();
    envelope.origin = env.policy.origin;
    store::PutRequest put;
    put.key = key;
    put.payload = as_bytes(text.view());
    put.header = record::encode(envelope, put.key.text(), put.payload);
    put.version = envelope.version;
    put.fingerprint = record::fingerprint(envelope.version);
    put.ttl_s = ttl_s;
    put.expected = expected;
    put.deadline = deadline;
    return put;
}

std::optional<std::string_view> read_note(const store::SessionKey& key,
                                          const store::FetchReply& reply) noexcept {
    if (!reply.found) return std::nullopt;
    const auto note = record::decode(key.text(), reply.value);
    if (!note || note->envelope.codec != record::Codec::Plain) return std::nullopt;
    return as_text(note->payload);
}

}  // namespace sessmirror::replica

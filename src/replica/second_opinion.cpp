// SPDX-License-Identifier: BSD-3-Clause
#include "replica/second_opinion.h"

#include <algorithm>
#include <utility>

#include "base/allocation.h"

namespace sessmirror::replica {

void SecondOpinion::run() noexcept {
    consider(view_.passed_over());
    for (const int store : view_.set().members()) {
        ++pending_;
        env_.pool.store(store).fetch({view_.key(), store::Want::Value, std::nullopt, deadline()},
                                     this);
    }
}

void SecondOpinion::on_fetch(int, Result<store::FetchReply> reply) noexcept {
    if (!reply)
        trouble_ = reply.error();
    else if (reply->found)
        consider(reply->value);
    if (--pending_ == 0) finish(is_found() ? kOk : trouble_);
}

void SecondOpinion::consider(ByteView stored) noexcept {
    const auto decoded = record::decode(view_.key().text(), stored);
    if (!decoded || decoded->envelope.is_tombstone()) return;
    const record::Version version = decoded->envelope.version;
    if (version <= version_ || !view_.is_as_new_as_seen(version)) return;
    const bool is_plain = decoded->envelope.codec == record::Codec::Plain;
    Bytes content;
    Status readable = kOk;
    const bool has_memory = try_to_allocate([&] {
        if (is_plain)
            content.assign(decoded->payload.begin(), decoded->payload.end());
        else
            readable = env_.compressor.expand(*decoded, env_.policy.max_session_bytes, content);
    });
    if (!has_memory || !readable || std::ranges::equal(content, view_.content())) return;
    version_ = version;
    content_ = std::move(content);
}

}  // namespace sessmirror::replica

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include "store/memcached/link.h"
#include "store/memcached/split_value.h"
#include "store/remote/operation.h"

namespace sessmirror::store {

// The split session that was seen last, so that the write that replaces it can delete its chunks.
struct KnownSplit {
    SessionKey key;
    Cas cas = 0;
    Manifest manifest;
};

class MemcachedHost : public OperationHost<MemcachedLink> {
  public:
    virtual std::optional<KnownSplit>& known_split() noexcept = 0;
    // Destroys the operation.
    virtual void retire(Operation<MemcachedHost>& operation) noexcept = 0;

  protected:
    ~MemcachedHost() = default;
};

using MemcachedOperation = Operation<MemcachedHost>;

// Whether a value is that of the key. The meta dialect numbers its answers, and tells no keys; in
// the classic one the key is all that tells whose an answer is.
inline bool is_about(const wire::Reply& reply, std::string_view key) noexcept {
    return reply.code != wire::ReplyCode::Value || reply.has_opaque || reply.text == key;
}

// Where the value was not wanted, and the dialect has no other answer.
inline void forget_value(wire::Reply& reply) noexcept {
    if (reply.code != wire::ReplyCode::Value) return;
    reply.code = wire::ReplyCode::Done;
    reply.value.clear();
}

}  // namespace sessmirror::store

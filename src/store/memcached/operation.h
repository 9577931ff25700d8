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

}  // namespace sessmirror::store

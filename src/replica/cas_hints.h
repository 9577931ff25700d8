// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "pool/pool.h"
#include "record/version.h"
#include "replica/replica_set.h"
#include "store/store.h"

namespace sessmirror::replica {

// Under which compare-and-set tokens stores hold one version of a session. Kept beside the copy on
// another store (`<key>.c`, see docs/format.md), so that the next writer, who reads that copy
// anyway, need not ask them.
//
// Only a hint: it names the version that it is about, so an old one is recognized; a wrong one
// makes a put end as a conflict, after which the store is asked. Nobody else's write can be
// overwritten by it: a token stands for one content of one key as long as its store runs, and a
// hint names the life of the store that gave the token (token_source()).
class CasHints {
  public:
    static constexpr std::size_t kMax = 8;  // of more stores, the first to answer
    static constexpr std::size_t kHead = 8;
    static constexpr std::size_t kEntry = 16;
    static_assert(kHead + kMax * kEntry <= store::kMaxHint);

    // As it is stored. Plain data.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    class Text {
      public:
        [[nodiscard]] ByteView view() const noexcept { return {bytes_.data(), size_}; }

      private:
        friend class CasHints;
        std::array<std::byte, kHead + kMax * kEntry> bytes_;  // the first size_ of them
        std::size_t size_ = 0;
    };

    CasHints() = default;
    explicit CasHints(record::Version about) noexcept : about_(about) {}
    // Accepts any input; what is none reads as no hints.
    static CasHints decode(ByteView text) noexcept;

    // A token of 0 is none, and not kept. `store` is its token_source().
    void add(std::uint64_t store, store::Cas cas) noexcept;
    // 0: not known.
    [[nodiscard]] store::Cas find(record::Version version, std::uint64_t store) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    // Whose the entry is; they are in the order in which they were added. REQUIRES: entry < size()
    [[nodiscard]] std::uint64_t store(std::size_t entry) const noexcept {
        return entries_[entry].store;
    }
    // Empty without an entry.
    [[nodiscard]] Text encode() const noexcept;

  private:
    struct Entry {
        std::uint64_t store = 0;
        store::Cas cas = 0;
    };
    record::Version about_;
    std::array<Entry, kMax> entries_{};
    std::size_t size_ = 0;
};

// Names a store and the life that it is in, as far as this host knows.
std::uint64_t token_source(pool::Pool& pool, int store) noexcept;

// Whether a writer of this session would have to ask a store other than these two for its token:
// not where the tokens are versions (store::Store::predicted_cas).
bool needs_hints(pool::Pool& pool, const ReplicaSet& set, int known, int also_known = -1) noexcept;

}  // namespace sessmirror::replica

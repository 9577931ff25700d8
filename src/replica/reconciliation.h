// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "base/bytes.h"
#include "record/merge.h"
#include "replica/lineage.h"
#include "replica/policy.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// Another request's write that a write found in its way.
struct Rival {
    record::Envelope envelope;
    Bytes payload;  // uncompressed if it can be merged
    bool is_at_home = false;
};

// What a write stores, and how that changes as it meets others' writes: merged by key when the
// policy says so, otherwise, or when that is impossible, on top of theirs. Merging needs a version
// that both sides were made from and whose content is at hand: what this request has read, or what
// the home held when this write last knew it. The rival's ancestry tells whether it is one. Without
// such a base nothing is merged: keys that only one side has could be its own or deleted by the
// other, so a guess would delete acknowledged changes or bring deleted ones back.
//
// Where so many wrote that an ancestry has run over, a rival at the home is taken for a descendant
// of what the home held: it takes writes one after the other.
//
// Pure but for memory; the view and the payload outlive it.
class Reconciliation {
  public:
    Reconciliation(const Policy& policy, record::Serialization form, const SessionView& view,
                   ByteView payload);

    enum class Way : std::uint8_t { Merged, Replaced };
    struct Outcome {
        Way way = Way::Replaced;
        std::uint64_t collisions = 0;  // changes of theirs, or of ours, that are not in the payload
    };
    // Takes a rival in. REQUIRES: it is no tombstone.
    Outcome absorb(const Rival& rival);
    // Knows it from now on and puts the payload on top of it as it is.
    void overrule(const Rival& rival);

    // This write was sent as `own`, and some store may have it; `home_has_it` if the home took it.
    void note_sent(record::Version own, bool home_has_it);

    // What to store. Valid until the next absorb().
    [[nodiscard]] ByteView payload() const noexcept { return payload_; }
    // The version at the home that the next one follows.
    [[nodiscard]] record::Version base() const noexcept { return base_version_; }
    [[nodiscard]] const Lineage& lineage() const noexcept { return lineage_; }

  private:
    // nullptr: there is no common base.
    [[nodiscard]] const ByteView* common_base(const Rival& rival) const noexcept;

    const Policy& policy_;
    const record::Serialization form_;
    const record::Version read_version_;
    const ByteView read_payload_;
    Lineage lineage_;
    record::Version base_version_;
    ByteView base_payload_;
    Bytes base_storage_;
    ByteView payload_;
    std::string payload_storage_;
};

}  // namespace sessmirror::replica

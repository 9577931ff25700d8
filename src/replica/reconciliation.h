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
    Bytes stored;  // the whole value: envelope and payload, uncompressed if it can be merged
    bool is_at_home = false;
};

// What a write stores, and how that changes as it meets others' writes: merged by key when the
// policy says so, otherwise, or when that is impossible, on top of theirs. Merging needs the
// version that both sides started from:
//
//   a rival at the home    what the home had when this write last knew it. The home takes writes
//                          one after the other, so the rival was made from that, in some steps.
//   a rival on a mirror    what this request has read, or the home's, unless the rival's parent is
//                          older: then it had left the common history before, and is replaced.
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

    // This write was sent as `own`; `home_has_it` if the home took it.
    void note_sent(const record::Envelope& own, bool home_has_it);

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

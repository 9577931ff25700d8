// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

#include "record/envelope.h"
#include "replica/cas_hints.h"
#include "replica/lineage.h"
#include "replica/operation.h"
#include "replica/session_view.h"
#include "store/store.h"

namespace sessmirror::replica {

// What is being written, shared by the puts of one write. Outlives them.
struct Outgoing {
    record::Envelope envelope;
    record::EnvelopeBytes header;                  // the envelope, encoded
    ByteView content;                              // what PHP's serializer made
    ByteView payload;                              // that, as it is stored
    std::shared_ptr<store::SharedPayload> shared;  // the payload, for the stores
    std::uint32_t ttl_s = 0;
    const Lineage* replaces = nullptr;  // changes between rounds only
    CasHints hints;  // left beside each copy: what has been acknowledged before it is put
};

// What the envelope of a round's version says besides what its lineage does.
struct Intent {
    bool is_tombstone = false;
    bool is_merged = false;
    int home = -1;
    record::Version base;          // the version at the home that this one follows
    std::uint32_t lifetime_s = 0;  // what the page gives the session
};

// Gives `outgoing` a new version and makes its record, once for all replicas. REQUIRES: its content
// and what it replaces are set. Fails, and draws no version, if the content is too large for a
// store: one that is handed too large a value deletes the copy that it had.
Status compose(Outgoing& outgoing, const Environment& env, SessionView& view,
               const Intent& intent) noexcept;

}  // namespace sessmirror::replica

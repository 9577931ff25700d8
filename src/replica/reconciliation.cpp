// SPDX-License-Identifier: BSD-3-Clause
#include "replica/reconciliation.h"

#include <utility>

namespace sessmirror::replica {
namespace {

bool was_made_from(const record::Envelope& rival, record::Version base) noexcept {
    if (rival.format == record::Format::First)
        return rival.parent() == base || rival.parent().generation > base.generation;
    // Every session was made from nothing, and who starts from there has deleted no key.
    return base.is_none() || rival.ancestors.contains(base);
}

}  // namespace

Reconciliation::Reconciliation(const Policy& policy, record::Serialization form,
                               const SessionView& view, ByteView payload)
    : policy_(policy),
      form_(form),
      read_version_(view.version()),
      read_payload_(view.is_alive() ? view.content() : ByteView()),
      base_version_(read_version_),
      base_payload_(read_payload_),
      payload_(payload) {
    if (view.is_found()) lineage_.add(view.newest().envelope);
}

const ByteView* Reconciliation::common_base(const Rival& rival) const noexcept {
    if (was_made_from(rival.envelope, base_version_)) return &base_payload_;
    if (was_made_from(rival.envelope, read_version_)) return &read_payload_;
    const bool has_run_over =
        rival.is_at_home && rival.envelope.ancestors.is_full() &&
        rival.envelope.ancestors.words().back() > record::packed(base_version_);
    return has_run_over ? &base_payload_ : nullptr;
}

Reconciliation::Outcome Reconciliation::absorb(const Rival& rival) {
    Outcome outcome{Way::Replaced, writes_lost(lineage_, rival.envelope)};
    const ByteView* const base = policy_.merges() ? common_base(rival) : nullptr;
    if (base != nullptr) {
        auto merge =
            record::three_way_merge(form_, as_text(*base), as_text(payload_),
                                    as_text(ByteView(rival.payload)), policy_.protected_keys);
        if (merge.outcome == record::Merge::Outcome::Merged) {
            payload_storage_ = std::move(merge.payload);
            payload_ = as_bytes(payload_storage_);
            outcome = {Way::Merged, merge.collisions};
        }
    }
    overrule(rival);
    return outcome;
}

void Reconciliation::overrule(const Rival& rival) {
    lineage_.add(rival.envelope);
    if (!rival.is_at_home) return;
    base_version_ = rival.envelope.version;
    base_storage_ = rival.payload;
    base_payload_ = base_storage_;
}

void Reconciliation::note_sent(record::Version own, bool home_has_it) {
    lineage_.add(own);
    if (!home_has_it) return;
    base_version_ = own;
    base_storage_.assign(payload_.begin(), payload_.end());
    base_payload_ = base_storage_;
}

}  // namespace sessmirror::replica

// SPDX-License-Identifier: BSD-3-Clause
#include "replica/reconciliation.h"

#include <utility>

namespace sessmirror::replica {
namespace {

ByteView payload_of(const Bytes& stored) noexcept {
    return ByteView(stored).subspan(record::Envelope::kSize);
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
    const record::Version parent = rival.envelope.parent;
    if (parent == base_version_) return &base_payload_;
    if (rival.is_at_home && parent.generation > base_version_.generation) return &base_payload_;
    if (!rival.is_at_home &&
        (parent == read_version_ || parent.generation > read_version_.generation))
        return &read_payload_;
    return nullptr;
}

Reconciliation::Outcome Reconciliation::absorb(const Rival& rival) {
    Outcome outcome{Way::Replaced, 1};
    const ByteView* const base = policy_.merges() ? common_base(rival) : nullptr;
    if (base != nullptr) {
        auto merge =
            record::three_way_merge(form_, as_text(*base), as_text(payload_),
                                    as_text(payload_of(rival.stored)), policy_.protected_keys);
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
    base_storage_ = rival.stored;
    base_payload_ = payload_of(base_storage_);
}

void Reconciliation::note_sent(const record::Envelope& own, bool home_has_it) {
    record::Envelope itself = own;
    itself.parent = {};  // says nothing new about what is older
    lineage_.add(itself);
    if (!home_has_it) return;
    base_version_ = own.version;
    base_storage_.assign(record::Envelope::kSize, std::byte{});
    base_storage_.insert(base_storage_.end(), payload_.begin(), payload_.end());
    base_payload_ = payload_of(base_storage_);
}

}  // namespace sessmirror::replica

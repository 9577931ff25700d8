// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "pool/health.h"
#include "pool/host_page.h"
#include "pool/outage_notices.h"
#include "store/store.h"

namespace sessmirror::pool {

// Where a store shows that somebody waits for it, so that whoever looks for such stores need not
// ask all of them.
struct PendingMark {
    std::uint64_t& marks;
    std::uint64_t bit;
};

// Passes everything on to a store and watches the replies: how long they took, whether they say
// that the store is up or down, what failed. It decides nothing: a request to a store that is down
// is sent all the same.
//
// Each request is watched by a node of its own, which is the sink that the inner store sees and
// remembers the caller's. Requests without a sink are watched too. A node goes back to the free
// list before the caller's sink is called, so that the sink may make new requests or call forget();
// it must not destroy this object. Destruction with requests pending is fine: no sink is called.
class MonitoredStore final : public store::Store {
  public:
    // Owns `inner`; the others outlive this.
    MonitoredStore(std::unique_ptr<store::Store> inner, PendingMark mark, Health& health,
                   HostPage& page, const Clock& clock, OutageNotices& notices);
    ~MonitoredStore() override;
    MonitoredStore(const MonitoredStore&) = delete;
    MonitoredStore& operator=(const MonitoredStore&) = delete;

    void fetch(const store::FetchRequest& request, store::StoreSink* sink) override;
    void put(const store::PutRequest& request, store::StoreSink* sink) override;
    void touch(const store::SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
               store::StoreSink* sink) override;
    void release(const store::SessionKey& key, const store::HeldLock& lock, TimePoint deadline,
                 store::StoreSink* sink) override;
    void leave_hint(const store::SessionKey& key, ByteView hint, std::uint32_t ttl_s) override;
    void flush() override;
    void probe(TimePoint deadline, store::StoreSink* sink) override;
    void forget(const store::StoreSink* sink) noexcept override;
    store::Cas predicted_cas(record::Version version) const noexcept override;
    std::uint64_t max_payload() const noexcept override;

  private:
    class Watch;

    Watch* begin(store::StoreSink* sink);
    // Gives the node back; the sink to tell, or nullptr when it was forgotten or never given.
    store::StoreSink* end(Watch& watch, const Error* failure) noexcept;
    void note_answer(const Watch& watch) noexcept;
    void note_failure(const Error& failure) noexcept;

    PendingMark mark_;  // set while a request is pending
    Health& health_;
    HostPage& page_;
    const Clock& clock_;
    OutageNotices& notices_;
    std::vector<std::unique_ptr<Watch>> watches_;  // all nodes ever made; as many as were pending
    std::vector<Watch*> free_;
    std::unique_ptr<store::Store> inner_;  // goes first: it knows the nodes
};

}  // namespace sessmirror::pool

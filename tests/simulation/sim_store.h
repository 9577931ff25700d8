// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>

#include "simulation/sim_link.h"
#include "simulation/sim_node.h"
#include "simulation/world.h"
#include "store/store.h"

namespace sessmirror::simulation {

struct SimStoreOptions {
    Duration io_timeout = milliseconds(200);
    std::uint64_t max_payload = 1u << 20;
    // How likely a connection that is closed takes back what has not arrived.
    double resets = 0.5;
    // For observers: sees every put that is sent.
    std::function<void(const store::PutRequest&)> on_put_sent;
    // The first answer on a new connection is about to be told. Argument: the store's index.
    std::function<void(int)> on_connected;
};

// A worker's way to one SimNode: a store::Store whose wire is the simulated network. It behaves as
// a client over one persistent TCP connection does: a request is never cancelled, only given up; a
// timeout closes the connection, and what was sent on it may take effect whenever it arrives,
// overtaken by what the next connection carries. A used connection that turns out to be closed, as
// after a restart of the store, is made anew, and what was sent on it is sent once more. Lock
// claims that were given up are withdrawn on their own connection, behind the claim. A process that
// is killed sends nothing any more, not even withdrawals.
//
// Process, node and route outlive it.
class SimStoreClient final : public store::Store {
  public:
    SimStoreClient(Process& process, SimNode& node, Route& route, int index,
                   SimStoreOptions options = {});
    ~SimStoreClient() override;
    SimStoreClient(const SimStoreClient&) = delete;
    SimStoreClient& operator=(const SimStoreClient&) = delete;

    void fetch(const store::FetchRequest& request, store::StoreSink* sink) override;
    void put(const store::PutRequest& request, store::StoreSink* sink) override;
    void touch(const store::SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
               store::StoreSink* sink) override;
    void release(const store::SessionKey& key, const store::HeldLock& lock, TimePoint deadline,
                 store::StoreSink* sink) override;
    void probe(TimePoint deadline, store::StoreSink* sink) override;
    void forget(const store::StoreSink* sink) noexcept override;
    void leave_hint(const store::SessionKey& key, ByteView hint, std::uint32_t ttl_s) override;
    void flush() override {}  // hints are not kept back
    store::Cas predicted_cas(record::Version version) const noexcept override;
    std::uint64_t max_payload() const noexcept override { return options_.max_payload; }

  private:
    struct Connection;
    using ConnectionPtr = std::shared_ptr<Connection>;
    struct Exchange;  // one request, and where its outcome goes
    using ExchangePtr = std::shared_ptr<Exchange>;
    template <class Reply>
    struct TypedExchange;

    template <class Reply>
    using Operation = std::function<Result<Reply>(SimNode&)>;

    template <class Reply>
    ExchangePtr make(Operation<Reply> operation, store::StoreSink* sink);
    void submit(const ExchangePtr& exchange, TimePoint deadline);
    void fail_soon(const ExchangePtr& exchange, const Error& error);
    void give_up(const ExchangePtr& late);
    void fail_all(const ConnectionPtr& connection, const Error& error);
    void repeat(const ExchangePtr& exchange);
    void note_answer(bool is_first) noexcept;
    void settle(const ExchangePtr& exchange) noexcept;

    // What happens on the way and at the server. These know no client: they may run after it is
    // gone, and reach it only through an exchange that is still waiting.
    static void arrive(const ConnectionPtr& connection, const ExchangePtr& exchange);
    static void answer(const ConnectionPtr& connection, const ExchangePtr& exchange);
    static void refuse(const ConnectionPtr& connection, const ExchangePtr& exchange);
    static void withdraw(const ConnectionPtr& connection, const Exchange& exchange);

    Process& process_;
    SimNode& node_;
    Route& route_;
    int index_;
    SimStoreOptions options_;
    ConnectionPtr connection_;  // the one that new requests use; null until the next request
    std::list<ExchangePtr> pending_;
};

}  // namespace sessmirror::simulation

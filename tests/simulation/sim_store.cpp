// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/sim_store.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace sessmirror::simulation {
namespace {

using store::StoreSink;

void tell(StoreSink& sink, int index, Result<store::FetchReply> reply) {
    sink.on_fetch(index, std::move(reply));
}
void tell(StoreSink& sink, int index, Result<store::PutReply> reply) {
    sink.on_put(index, std::move(reply));
}
void tell(StoreSink& sink, int index, Result<store::TouchReply> reply) {
    sink.on_touch(index, std::move(reply));
}
void tell(StoreSink& sink, int index, Result<store::ReleaseReply> reply) {
    sink.on_release(index, std::move(reply));
}
void tell(StoreSink& sink, int index, Status alive) {
    sink.on_probe(index, std::move(alive));
}

}  // namespace

struct SimStoreClient::Connection {
    Process& process;
    SimNode& node;
    Route& route;
    std::uint64_t id;
    StreamPtr requests = std::make_shared<Stream>();
    StreamPtr replies = std::make_shared<Stream>();
    std::uint32_t life = 0;  // of the node, once the first packet has arrived there
    bool heard = false;      // the client has had an answer
    bool broken = false;     // refused or reset: later packets find nobody
    bool discarded = false;  // closed with a reset by the client: what has not arrived, will not
};

struct SimStoreClient::Exchange {
    virtual ~Exchange() = default;
    virtual void serve(SimNode& node) = 0;  // at the server
    virtual void deliver() = 0;             // the outcome of serve(), at the client
    virtual void fail(const Error& error) = 0;

    SimStoreClient* client = nullptr;
    StoreSink* sink = nullptr;
    std::optional<std::pair<store::SessionKey, store::LockOwner>> claim;
    ConnectionPtr connection;
    TimePoint deadline;
    EventId timeout = 0;
    bool may_repeat = false;  // it was sent on a connection that had been used before
    bool repeated = false;
    bool settled = false;  // told, or nobody there to be told
};

template <class Reply>
struct SimStoreClient::TypedExchange final : Exchange {
    void serve(SimNode& node) override { outcome.emplace(operation(node)); }
    void deliver() override { conclude(std::move(*outcome)); }
    void fail(const Error& error) override { conclude(error); }

    void conclude(Result<Reply> result) {
        if (sink != nullptr) tell(*sink, client->index_, std::move(result));
    }

    Operation<Reply> operation;
    std::optional<Result<Reply>> outcome;
};

SimStoreClient::SimStoreClient(Process& process, SimNode& node, Route& route, int index,
                               SimStoreOptions options)
    : process_(process), node_(node), route_(route), index_(index), options_(std::move(options)) {}

SimStoreClient::~SimStoreClient() {
    while (!pending_.empty()) settle(ExchangePtr(pending_.front()));
}

template <class Reply>
SimStoreClient::ExchangePtr SimStoreClient::make(Operation<Reply> operation, StoreSink* sink) {
    auto exchange = std::make_shared<TypedExchange<Reply>>();
    exchange->operation = std::move(operation);
    exchange->client = this;
    exchange->sink = sink;
    pending_.push_back(exchange);
    return exchange;
}

void SimStoreClient::submit(const ExchangePtr& exchange, TimePoint deadline) {
    if (!process_.is_alive()) return;
    exchange->deadline = deadline;
    exchange->connection.reset();
    const Duration left = deadline - process_.now();
    if (left <= Duration::zero()) {
        const char* name = node_.name().c_str();
        return fail_soon(exchange, Error(Errc::Timeout, "no time left to ask %s", name));
    }
    Duration handshake{};
    if (connection_ == nullptr) {
        connection_ = std::make_shared<Connection>(
            Connection{process_, node_, route_, process_.random().next()});
        handshake = route_.request.sample() + route_.reply.sample();
    }
    exchange->connection = connection_;
    exchange->may_repeat = connection_->heard && !exchange->repeated;
    exchange->timeout = process_.post(std::min(left, options_.io_timeout), [exchange] {
        if (!exchange->settled) exchange->client->give_up(exchange);
    });
    route_.request.send(
        connection_->requests,
        [connection = connection_, exchange] { arrive(connection, exchange); }, handshake);
}

void SimStoreClient::fail_soon(const ExchangePtr& exchange, const Error& error) {
    process_.post(Duration::zero(), [exchange, error] {
        if (exchange->settled) return;
        exchange->client->settle(exchange);
        exchange->fail(error);
    });
}

void SimStoreClient::arrive(const ConnectionPtr& connection, const ExchangePtr& exchange) {
    if (connection->discarded || connection->broken) return;
    SimNode& node = connection->node;
    const bool restarted = connection->life != 0 && connection->life != node.life();
    if (node.state() == SimNode::State::Down || restarted) return refuse(connection, exchange);
    connection->life = node.life();
    node.receive(connection->id, [connection, exchange] {
        exchange->serve(connection->node);
        answer(connection, exchange);
    });
}

void SimStoreClient::answer(const ConnectionPtr& connection, const ExchangePtr& exchange) {
    connection->route.reply.send(connection->replies, [connection, exchange] {
        connection->process.run([connection, exchange] {
            const bool is_first = !std::exchange(connection->heard, true);
            if (exchange->settled) return;
            exchange->client->note_answer(is_first);
            exchange->client->settle(exchange);
            exchange->deliver();
        });
    });
}

void SimStoreClient::note_answer(bool is_first) noexcept {
    if (is_first && options_.on_connected) options_.on_connected(index_);
}

void SimStoreClient::refuse(const ConnectionPtr& connection, const ExchangePtr& exchange) {
    connection->broken = true;
    const char* name = connection->node.name().c_str();
    const Error error = connection->life == 0
                            ? Error(Errc::Refused, "nobody listens at %s", name)
                            : Error(Errc::Closed, "%s closed the connection", name);
    connection->route.reply.send(connection->replies, [connection, exchange, error] {
        connection->process.run([connection, exchange, error] {
            if (!exchange->settled) exchange->client->fail_all(connection, error);
        });
    });
}

void SimStoreClient::withdraw(const ConnectionPtr& connection, const Exchange& exchange) {
    connection->route.request.send(connection->requests, [connection, claim = *exchange.claim] {
        SimNode& node = connection->node;
        if (node.state() == SimNode::State::Down || connection->life != node.life()) return;
        node.receive(connection->id, [&node, claim] {
            // The reply does not matter: nobody waits for it.
            static_cast<void>(node.release(claim.first.text(), claim.second));
        });
    });
}

void SimStoreClient::give_up(const ExchangePtr& late) {
    const ConnectionPtr connection = late->connection;
    for (const ExchangePtr& exchange : pending_)
        if (exchange->connection == connection && exchange->claim) withdraw(connection, *exchange);
    // A kernel that is told to close may or may not still deliver what it has buffered.
    connection->discarded = process_.random().chance(options_.resets);
    fail_all(connection, Error(Errc::Timeout, "no answer from %s in time", node_.name().c_str()));
}

void SimStoreClient::fail_all(const ConnectionPtr& connection, const Error& error) {
    if (connection_ == connection) connection_.reset();
    // One at a time: a sink that is told may make requests and may forget other sinks.
    const auto of_connection = [&](const ExchangePtr& exchange) {
        return exchange->connection == connection;
    };
    for (;;) {
        const auto next = std::find_if(pending_.begin(), pending_.end(), of_connection);
        if (next == pending_.end()) return;
        const ExchangePtr exchange = *next;
        if (error.code == Errc::Closed && exchange->may_repeat) {
            repeat(exchange);
        } else {
            settle(exchange);
            exchange->fail(error);
        }
    }
}

void SimStoreClient::repeat(const ExchangePtr& exchange) {
    process_.world().cancel(exchange->timeout);
    exchange->repeated = true;
    submit(exchange, exchange->deadline);
}

void SimStoreClient::settle(const ExchangePtr& exchange) noexcept {
    exchange->settled = true;
    process_.world().cancel(exchange->timeout);
    pending_.remove(exchange);
}

void SimStoreClient::fetch(const store::FetchRequest& request, StoreSink* sink) {
    const auto exchange =
        make<store::FetchReply>([request](SimNode& node) { return node.fetch(request); }, sink);
    if (request.lock) exchange->claim.emplace(request.key, request.lock->owner);
    submit(exchange, request.deadline);
}

void SimStoreClient::put(const store::PutRequest& request, StoreSink* sink) {
    const Bytes payload(request.payload.begin(), request.payload.end());
    const Bytes hint(request.hint.begin(), request.hint.end());
    store::PutRequest sent = request;
    sent.payload = {};
    const auto self = std::make_shared<const Exchange*>(nullptr);
    const auto exchange = make<store::PutReply>(
        [sent, payload, hint, self](SimNode& node) mutable -> Result<store::PutReply> {
            if ((*self)->repeated && sent.expected_by_hint)
                return store::PutReply{store::PutOutcome::Conflict, 0, false};
            sent.hint = hint;
            return node.put(sent, payload);
        },
        sink);
    *self = exchange.get();
    if (payload.size() > options_.max_payload)
        return fail_soon(exchange, Error(Errc::TooLarge, "%zu bytes", payload.size()));
    if (options_.on_put_sent) options_.on_put_sent(request);
    submit(exchange, request.deadline);
}

void SimStoreClient::touch(const store::SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
                           StoreSink* sink) {
    submit(make<store::TouchReply>(
               [key, ttl_s](SimNode& node) { return node.touch(key.text(), ttl_s); }, sink),
           deadline);
}

void SimStoreClient::release(const store::SessionKey& key, const store::HeldLock& lock,
                             TimePoint deadline, StoreSink* sink) {
    submit(make<store::ReleaseReply>(
               [key, lock](SimNode& node) { return node.release(key.text(), lock.owner); }, sink),
           deadline);
}

void SimStoreClient::leave_hint(const store::SessionKey& key, ByteView hint, std::uint32_t) {
    submit(make<Unit>(
               [key, left = Bytes(hint.begin(), hint.end())](SimNode& node) -> Status {
                   node.leave_hint(key.text(), left);
                   return kOk;
               },
               nullptr),
           process_.now() + options_.io_timeout);
}

void SimStoreClient::probe(TimePoint deadline, StoreSink* sink) {
    submit(make<Unit>([](SimNode&) -> Status { return kOk; }, sink), deadline);
}

void SimStoreClient::forget(const StoreSink* sink) noexcept {
    for (const ExchangePtr& exchange : pending_)
        if (exchange->sink == sink) exchange->sink = nullptr;
}

store::Cas SimStoreClient::predicted_cas(record::Version version) const noexcept {
    return node_.cas_of(version);
}

}  // namespace sessmirror::simulation

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "net/event_loop.h"
#include "net/resolver.h"
#include "record/envelope.h"
#include "store/engines.h"
#include "store/store.h"

namespace sessmirror::test {

// Keeps the last answer of each kind and counts them all.
class CollectingSink final : public store::StoreSink {
  public:
    void on_fetch(int, Result<store::FetchReply> reply) noexcept override {
        note(fetched, std::move(reply));
    }
    void on_put(int, Result<store::PutReply> reply) noexcept override { note(put, reply); }
    void on_touch(int, Result<store::TouchReply> reply) noexcept override { note(touched, reply); }
    void on_release(int, Result<store::ReleaseReply> reply) noexcept override {
        note(released, reply);
    }
    void on_probe(int, Status reply) noexcept override { note(probed, reply); }

    std::optional<Result<store::FetchReply>> fetched;
    std::optional<Result<store::PutReply>> put;
    std::optional<Result<store::TouchReply>> touched;
    std::optional<Result<store::ReleaseReply>> released;
    std::optional<Status> probed;
    int answers = 0;
    bool done = false;

  private:
    template <class Slot, class Reply>
    void note(Slot& slot, Reply&& reply) {
        slot.emplace(std::forward<Reply>(reply));
        ++answers;
        done = true;
    }
};

class CountingEvents final : public store::StoreEvents {
  public:
    void on_store_connected(int, const store::Reconnection& since) noexcept override {
        ++connected;
        last = since;
    }
    void on_store_protocol_error(int) noexcept override { ++protocol_errors; }
    int connected = 0;
    int protocol_errors = 0;
    store::Reconnection last;
};

inline store::LockOwner owner(std::string_view name) {
    store::LockOwner out;
    name.copy(out.text, store::kMaxOwner - 1);
    return out;
}

inline store::SessionKey key_of(std::string_view id) {
    return store::derive_key("t:", "", id);
}

// A loop, and one store on it that is asked one question at a time.
class StoreClient {
  public:
    // `streams`: in place of sockets; outlives this.
    explicit StoreClient(const store::StoreSpec& spec, store::RemoteDefaults defaults = {},
                         net::StreamMaker* streams = nullptr)
        : resolver_(loop_) {
        loop_.use_streams(streams);
        defaults.events = &events;
        const store::Engine& engine = spec.engine != nullptr ? *spec.engine : store::usual_engine();
        auto opened = engine.open(spec, 0, {loop_, resolver_, journal_, defaults});
        if (opened) store_ = std::move(opened->store);
    }

    // `make` is given the loop and makes the store.
    template <class Make>
    requires std::is_invocable_v<Make, net::EventLoop&>
    explicit StoreClient(Make make) : resolver_(loop_), store_(make(loop_)) {}

    // `make` is given the loop, a resolver, and who counts what the store reports.
    template <class Make>
    requires std::is_invocable_v<Make, net::EventLoop&, net::Resolver&, store::StoreEvents&>
    explicit StoreClient(Make make) : resolver_(loop_), store_(make(loop_, resolver_, events)) {}

    Result<store::FetchReply> fetch(const store::SessionKey& key,
                                    store::Want want = store::Want::Value, bool hint = false) {
        store_->fetch({key, want, std::nullopt, deadline(), hint}, fresh());
        return answer(sink.fetched);
    }
    Result<store::FetchReply> lock(const store::SessionKey& key, std::string_view name,
                                   std::uint32_t lease_s = 30) {
        store_->fetch({key, store::Want::Value, store::LockClaim{owner(name), lease_s}, deadline()},
                      fresh());
        return answer(sink.fetched);
    }
    Result<store::PutReply> put(const store::PutRequest& request) {
        store_->put(request, fresh());
        return answer(sink.put);
    }
    Result<store::TouchReply> touch(const store::SessionKey& key, std::uint32_t ttl_s) {
        store_->touch(key, ttl_s, deadline(), fresh());
        return answer(sink.touched);
    }
    Result<store::ReleaseReply> release(const store::SessionKey& key, const store::HeldLock& lock) {
        store_->release(key, lock, deadline(), fresh());
        return answer(sink.released);
    }
    Status probe() {
        store_->probe(deadline(), fresh());
        return answer(sink.probed);
    }

    [[nodiscard]] TimePoint deadline() const { return loop_.now() + patience; }
    [[nodiscard]] store::Store& store() { return *store_; }
    [[nodiscard]] net::EventLoop& loop() { return loop_; }

    CountingEvents events;
    CollectingSink sink;
    Duration patience = std::chrono::seconds(10);

  private:
    CollectingSink* fresh() {
        sink = CollectingSink();
        return &sink;
    }
    template <class Slot>
    typename Slot::value_type answer(Slot& slot) {
        if (!loop_.run_until(sink.done, loop_.now() + std::chrono::seconds(20)) || !slot)
            return Error(Errc::Internal, "the sink was never called");
        return std::move(*slot);
    }

    net::EventLoop loop_;
    Journal journal_;
    net::Resolver resolver_;
    std::unique_ptr<store::Store> store_;
};

// A session's content of a given version, ready to be put. Keeps what the request refers to.
struct Session {
    explicit Session(std::string_view id, std::string content, record::Version v = {1, 1})
        : key(key_of(id)), payload(std::move(content)), version(v) {
        record::Envelope envelope;
        envelope.version = version;
        header = record::encode(envelope, key.text(), as_bytes(payload));
    }
    [[nodiscard]] store::PutRequest put(const StoreClient& client, store::Cas expected = 0) const {
        store::PutRequest out;
        out.key = key;
        out.header = header;
        out.payload = as_bytes(payload);
        out.fingerprint = record::fingerprint(version);
        out.version = version;
        out.ttl_s = 600;
        out.expected = expected;
        out.deadline = client.deadline();
        return out;
    }
    store::SessionKey key;
    std::string payload;
    record::Version version;
    record::EnvelopeBytes header;
};

// Of a whole record, whatever its key: the stores know nothing of checksums.
inline std::string payload_of(const store::FetchReply& reply) {
    constexpr std::size_t kLengthAt = 28;
    constexpr std::size_t kExtensionAt = 44;
    const ByteView value = reply.value;
    if (value.size() < record::Envelope::kFixed) return "(corrupt)";
    const std::size_t head =
        record::Envelope::kFixed + get_be<std::uint16_t>(value.data() + kExtensionAt);
    const std::size_t length = get_be<std::uint32_t>(value.data() + kLengthAt);
    if (value.size() != head + length) return "(corrupt)";
    return std::string(as_text(value.last(length)));
}

}  // namespace sessmirror::test

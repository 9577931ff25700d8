// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "memory_stream.h"
#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/engines.h"
#include "store/inventory.h"
#include "store/remote_store.h"
#include "store/store.h"
#include "store/store_spec.h"

// A hostile server against a whole store or inventory, over streams in memory: the input is what
// the server sends, while questions of every kind wait. Each of them must be answered, once.
namespace sessmirror::fuzz {

inline void require(bool condition) {
    if (!condition) std::abort();
}

// A loop and a resolver, made once: they cost more than all else. Connections meet the server.
class World {
  public:
    explicit World(std::string_view input) : server_(input) { loop().use_streams(&server_); }
    ~World() { loop().use_streams(nullptr); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    static net::EventLoop& loop() {
        static auto* const loop = new net::EventLoop;
        return *loop;
    }
    static net::Resolver& resolver() {
        static auto* const resolver = new net::Resolver(loop());
        return *resolver;
    }
    // Nothing waits for time: a server that has sent everything hangs up.
    static void run_until(const bool& done) {
        require(loop().run_until(done, loop().now() + std::chrono::seconds(5)));
    }

  private:
    MemoryServer server_;
};

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

inline store::StoreSpec spec_of(const store::Engine& engine) {
    store::StoreSpec spec;
    spec.engine = &engine;
    spec.transport = store::Transport::Unix;
    spec.host = "/in/memory";
    return spec;
}

struct Counter final : store::StoreSink {
    void on_fetch(int, Result<store::FetchReply> reply) noexcept override {
        if (reply) require(reply->has_value || reply->value.empty());
        count();
    }
    void on_put(int, Result<store::PutReply>) noexcept override { count(); }
    void on_touch(int, Result<store::TouchReply>) noexcept override { count(); }
    void on_release(int, Result<store::ReleaseReply>) noexcept override { count(); }
    void on_probe(int, Status) noexcept override { count(); }
    void count() noexcept { done = ++answers == wanted; }
    int wanted = 7;
    int answers = 0;
    bool done = false;
};

inline store::OpenedStore open(const store::StoreSpec& spec) {
    static auto* const journal = new Journal;
    auto opened = store::open_store(
        spec, 0, {World::loop(), World::resolver(), *journal, {.max_payload = 1u << 20}});
    require(opened.has_value());
    return std::move(*opened);
}

inline void ask_a_hostile_store(const store::StoreSpec& spec, std::string_view input) {
    const World world(input);
    const auto store = open(spec).store;
    const store::SessionKey key = store::derive_key("f:", "", "fuzz");
    store::LockClaim claim;
    claim.owner.text[0] = 'o';
    Counter sink;
    const TimePoint deadline = World::loop().now() + std::chrono::seconds(1);
    store::PutRequest put;
    put.key = key;
    put.version = {1, 1};
    put.ttl_s = 60;
    put.deadline = deadline;
    put.unlock = store::HeldLock{claim.owner, 7};
    store->fetch({key, store::Want::Value, claim, deadline}, &sink);
    store->put(put, &sink);
    store->touch(key, 60, deadline, &sink);
    store->release(key, {claim.owner, 7}, deadline, &sink);
    store->probe(deadline, &sink);
    store->fetch({key, store::Want::Value, std::nullopt, deadline, true}, &sink);
    store->fetch({key, store::Want::Version, std::nullopt, deadline}, &sink);
    World::run_until(sink.done);
    require(sink.answers == sink.wanted);
}

class InventoryCounter final : public store::InventorySink {
  public:
    void on_life(Result<store::Life>) noexcept override { answer(); }
    void on_key(std::string_view key) noexcept override { bytes += key.size(); }
    void on_listed(Status) noexcept override { answer(); }
    int answers = 0;
    bool done = false;
    std::size_t bytes = 0;

  private:
    void answer() noexcept {
        require(!done);
        done = true;
        ++answers;
    }
};

inline void ask_a_hostile_inventory(const store::StoreSpec& spec, std::string_view input) {
    const World world(input);
    const auto inventory = open(spec).inventory;
    InventoryCounter life;
    inventory->ask_life(life);
    World::run_until(life.done);
    InventoryCounter keys;
    inventory->list(keys);
    World::run_until(keys.done);
    require(keys.bytes <= input.size());  // nothing is made of nothing
    require(life.answers == 1 && keys.answers == 1);
}

}  // namespace sessmirror::fuzz

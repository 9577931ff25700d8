// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/sim_store.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "record/envelope.h"
#include "simulation/sim_link.h"
#include "simulation/sim_node.h"
#include "simulation/world.h"

namespace sessmirror::simulation {
namespace {

using std::chrono::seconds;

// Writes down what it is told, in order.
class Recorder final : public store::StoreSink {
  public:
    void on_fetch(int, Result<store::FetchReply> reply) noexcept override {
        fetches.push_back(std::move(reply));
    }
    void on_put(int, Result<store::PutReply> reply) noexcept override {
        puts.push_back(std::move(reply));
    }
    void on_release(int, Result<store::ReleaseReply> reply) noexcept override {
        releases.push_back(std::move(reply));
    }
    void on_probe(int, Status alive) noexcept override { probes.push_back(std::move(alive)); }

    std::vector<Result<store::FetchReply>> fetches;
    std::vector<Result<store::PutReply>> puts;
    std::vector<Result<store::ReleaseReply>> releases;
    std::vector<Status> probes;
};

constexpr LinkQuality kLan{std::chrono::microseconds(100), std::chrono::microseconds(20), 0};

class SimStore : public testing::Test {
  protected:
    store::FetchRequest read(std::optional<store::LockClaim> claim = {}) {
        return {key, store::Want::Value, claim, process.now() + seconds(1)};
    }
    store::PutRequest write(std::string_view payload, store::Cas expected) {
        record::Envelope envelope;
        envelope.version = {++generation, 7};
        store::PutRequest request;
        request.key = key;
        request.header = record::encode(envelope, key.text(), as_bytes(payload));
        request.payload = as_bytes(payload);
        request.version = envelope.version;
        request.ttl_s = 100;
        request.expected = expected;
        request.deadline = process.now() + seconds(1);
        return request;
    }
    static store::LockClaim claim(const char* owner) {
        store::LockClaim claim;
        std::snprintf(claim.owner.text, sizeof claim.owner.text, "%s", owner);
        return claim;
    }
    std::string stored() {
        const SimNode::Item* item = node.find(key.text());
        if (item == nullptr) return "";
        return std::string(as_text(ByteView(item->value).subspan(record::Envelope::kFixed)));
    }

    std::uint32_t generation = 0;
    World world{1};
    Process process{world, {}, 1};
    Process other_process{world, {}, 2};
    SimNode node{world, CasMode::NodeCounts, "node"};
    Route route{world, kLan, "route"};
    Route other_route{world, kLan, "other route"};
    SimStoreClient client{process, node, route, 0};
    SimStoreClient other{other_process, node, other_route, 0};
    store::SessionKey key = store::derive_key("sm:", "", "a session");
    Recorder sink;
};

TEST_F(SimStore, AnswersAfterARoundTripAndNeverInsideTheCall) {
    client.put(write("one", 0), &sink);
    client.fetch(read(), &sink);
    EXPECT_TRUE(sink.puts.empty());
    world.run_until_idle();
    ASSERT_EQ(sink.puts.size(), 1u);
    EXPECT_EQ(sink.puts[0]->outcome, store::PutOutcome::Stored);
    ASSERT_TRUE(sink.fetches[0]->found);
    EXPECT_EQ(sink.fetches[0]->cas, sink.puts[0]->cas);
    EXPECT_GE(world.now(), std::chrono::microseconds(400));  // a handshake and a round trip
}

TEST_F(SimStore, RefusesAWriteWhoseCasIsNotTheItems) {
    client.put(write("one", 0), &sink);
    client.put(write("two", 0), &sink);
    client.put(write("three", 12345), &sink);
    world.run_until_idle();
    EXPECT_EQ(sink.puts[1]->outcome, store::PutOutcome::Conflict);
    EXPECT_EQ(sink.puts[2]->outcome, store::PutOutcome::Conflict);
    client.put(write("four", sink.puts[0]->cas), &sink);
    world.run_until_idle();
    EXPECT_EQ(sink.puts[3]->outcome, store::PutOutcome::Stored);
    node.evict(key.text());
    client.put(write("five", sink.puts[3]->cas), &sink);
    world.run_until_idle();
    EXPECT_EQ(sink.puts[4]->outcome, store::PutOutcome::Missing);
}

TEST_F(SimStore, ForgetsAValueWhenItsLifetimeEnds) {
    client.put(write("one", 0), &sink);
    world.run_until(seconds(99));
    EXPECT_EQ(stored(), "one");
    world.run_until(seconds(101));
    EXPECT_EQ(stored(), "");
}

TEST_F(SimStore, AppliesAGivenUpWriteWhenAPausedNodeResumes) {
    client.put(write("one", 0), &sink);
    world.run_until_idle();
    node.pause();
    client.put(write("zombie", sink.puts[0]->cas), &sink);
    world.run_until_idle();
    ASSERT_EQ(sink.puts.size(), 2u);
    EXPECT_EQ(sink.puts[1].error().code, Errc::Timeout);
    EXPECT_EQ(stored(), "one");
    node.resume();
    world.run_until_idle();
    EXPECT_EQ(stored(), "zombie");
    EXPECT_EQ(sink.puts.size(), 2u);  // nobody is told twice
}

TEST_F(SimStore, WithdrawsALockClaimThatTimedOut) {
    node.pause();
    client.fetch(read(claim("ghost")), &sink);
    world.run_until_idle();
    EXPECT_EQ(sink.fetches[0].error().code, Errc::Timeout);
    node.resume();
    world.run_until_idle();
    EXPECT_EQ(node.find_lock(key.text()), nullptr);
}

TEST_F(SimStore, KeepsTheLockOfAKilledWorkerUntilItsLease) {
    client.fetch(read(claim("victim")), &sink);
    world.run_until_idle();
    EXPECT_EQ(sink.fetches[0]->lock, store::LockState::Granted);
    process.kill();
    other.fetch(read(claim("heir")), &sink);
    world.run_until(world.now() + seconds(1));
    EXPECT_EQ(sink.fetches[1]->lock, store::LockState::Held);
    EXPECT_EQ(sink.fetches[1]->holder.owner.view(), "victim");
    world.run_until(seconds(31));
    EXPECT_EQ(node.find_lock(key.text()), nullptr);
}

TEST_F(SimStore, ReleasesALockForItsOwnerOnly) {
    client.fetch(read(claim("mine")), &sink);
    client.release(key, {claim("theirs").owner, 0}, process.now() + seconds(1), &sink);
    client.release(key, {claim("mine").owner, 0}, process.now() + seconds(1), &sink);
    world.run_until_idle();
    EXPECT_FALSE(sink.releases[0]->was_ours);
    EXPECT_TRUE(sink.releases[1]->was_ours);
}

TEST_F(SimStore, LosesOnlyTheReplyOnAOneWayCut) {
    route.reply.cut();
    client.put(write("one", 0), &sink);
    world.run_until_idle();
    EXPECT_EQ(sink.puts[0].error().code, Errc::Timeout);
    EXPECT_EQ(stored(), "one");
}

TEST_F(SimStore, DeliversOrDropsWhatACutHeldBackButNeverTellsTheClient) {
    int applied = 0;
    for (std::uint64_t seed = 0; seed < 32; ++seed) {
        World cut_world(seed);
        Process writer(cut_world, {}, seed);
        SimNode target(cut_world, CasMode::NodeCounts, "target");
        Route way(cut_world, kLan, "way");
        SimStoreClient to(writer, target, way, 0);
        Recorder heard;
        way.request.cut();
        to.put(write("late", 0), &heard);
        cut_world.run_until_idle();
        EXPECT_EQ(heard.puts.at(0).error().code, Errc::Timeout);
        way.request.heal();
        cut_world.run_until_idle();
        applied += target.find(key.text()) != nullptr ? 1 : 0;
        EXPECT_EQ(heard.puts.size(), 1u);
    }
    EXPECT_GT(applied, 0);
    EXPECT_LT(applied, 32);
}

TEST_F(SimStore, RefusesWhileDownAndIsFoundAgainAfterARestart) {
    client.probe(process.now() + seconds(1), &sink);
    world.run_until_idle();
    node.kill();
    node.restart_empty();
    client.probe(process.now() + seconds(1), &sink);  // repeated on a new connection
    world.run_until_idle();
    node.kill();
    client.probe(process.now() + seconds(1), &sink);
    world.run_until_idle();
    EXPECT_TRUE(sink.probes[0].has_value());
    EXPECT_TRUE(sink.probes[1].has_value());
    EXPECT_EQ(sink.probes[2].error().code, Errc::Refused);
}

TEST_F(SimStore, FailsARequestWhoseConnectionWasClosedBeforeItsFirstAnswer) {
    client.probe(process.now() + seconds(1), &sink);
    node.pause();
    world.run_until(world.now() + milliseconds(10));
    node.kill();
    node.restart_empty();
    client.probe(process.now() + seconds(1), &sink);
    world.run_until_idle();
    ASSERT_EQ(sink.probes.size(), 2u);
    EXPECT_EQ(sink.probes[0].error().code, Errc::Closed);
    EXPECT_EQ(sink.probes[1].error().code, Errc::Closed);
}

TEST_F(SimStore, ComesBackEmptyOrWithAnOldSnapshot) {
    client.put(write("old", 0), &sink);
    world.run_until_idle();
    const SimNode::Memory snapshot = node.memory();
    client.put(write("new", sink.puts[0]->cas), &sink);
    world.run_until_idle();
    node.kill();
    node.restart_warm(snapshot);
    EXPECT_EQ(stored(), "old");
    node.kill();
    node.restart_empty();
    EXPECT_EQ(stored(), "");
    EXPECT_EQ(node.losses(key.text()).size(), 2u);
}

TEST_F(SimStore, LosesTheOldValueWhenItIsFull) {
    client.put(write("one", 0), &sink);
    world.run_until_idle();
    node.set_full(true);
    client.put(write("two", sink.puts[0]->cas), &sink);
    world.run_until_idle();
    EXPECT_EQ(sink.puts[1].error().code, Errc::StoreError);
    EXPECT_EQ(stored(), "");
}

TEST_F(SimStore, HoldsBackRepliesToAPausedWorker) {
    client.probe(process.now() + seconds(1), &sink);
    process.pause();
    world.run_until(seconds(5));
    EXPECT_TRUE(sink.probes.empty());
    process.resume();
    world.run_until_idle();
    // The reply had arrived before the time was up, and is seen first.
    ASSERT_EQ(sink.probes.size(), 1u);
    EXPECT_TRUE(sink.probes[0].has_value());
}

TEST_F(SimStore, NeverCallsASinkThatWasForgotten) {
    Recorder forgotten;
    client.probe(process.now() + seconds(1), &forgotten);
    client.probe(process.now() + seconds(1), &sink);
    client.forget(&forgotten);
    world.run_until_idle();
    EXPECT_TRUE(forgotten.probes.empty());
    EXPECT_EQ(sink.probes.size(), 1u);
}

TEST_F(SimStore, RefusesWhatIsTooLargeBeforeItIsSent) {
    const std::string large((1u << 20) + 1, 'x');
    client.put(write(large, 0), &sink);
    world.run_until_idle();
    EXPECT_EQ(sink.puts[0].error().code, Errc::TooLarge);
}

TEST_F(SimStore, LetsTheClientNameTheCasWhereTheNodeCan) {
    SimNode modern(world, CasMode::ClientChooses, "modern");
    SimStoreClient to(process, modern, route, 1);
    const store::PutRequest request = write("one", 0);
    to.put(request, &sink);
    world.run_until_idle();
    EXPECT_NE(sink.puts[0]->cas, 0u);
    EXPECT_EQ(sink.puts[0]->cas, to.predicted_cas(request.version));
    EXPECT_EQ(client.predicted_cas(request.version), 0u);
}

}  // namespace
}  // namespace sessmirror::simulation

// SPDX-License-Identifier: BSD-3-Clause
// Against a real memcached: the formats of its listings are documented nowhere else.
#include "store/memcached/inventory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "net/event_loop.h"
#include "net/resolver.h"
#include "support/fake_server.h"
#include "support/inventory_answers.h"
#include "support/real_memcached.h"

namespace sessmirror::store {
namespace {

using Answers = test::InventoryAnswers;

class MemcachedInventoryTest : public ::testing::TestWithParam<bool> {
  protected:
    Answers ask(void (MemcachedInventory::*question)(InventorySink&), const StoreSpec& spec) {
        Answers answers;
        MemcachedInventory inventory(spec, loop_, resolver_);
        (inventory.*question)(answers);
        EXPECT_TRUE(loop_.run_until(answers.done, loop_.now() + std::chrono::seconds(10)));
        return answers;
    }
    Answers list(const StoreSpec& spec) { return ask(&MemcachedInventory::list, spec); }
    Life life_of(const test::RealMemcached& server) {
        const auto answers = ask(&MemcachedInventory::ask_life, server.spec());
        EXPECT_TRUE(answers.life && *answers.life);
        return answers.life && *answers.life ? **answers.life : Life{};
    }

    net::EventLoop loop_;
    net::Resolver resolver_{loop_};
};

INSTANTIATE_TEST_SUITE_P(Transports, MemcachedInventoryTest, ::testing::Bool(),
                         [](const auto& kind) { return std::string(kind.param ? "Unix" : "Tcp"); });

TEST_P(MemcachedInventoryTest, ListsEveryKeyAsItWasStored) {
    const test::RealMemcached server({}, GetParam());
    constexpr int kKeys = 3000;
    std::string commands;
    for (int i = 0; i < kKeys; ++i)
        commands += "set sm:a_b.c-" + std::to_string(i) + " 0 100 1 noreply\r\nx\r\n";
    ASSERT_EQ(server.ask(commands + "mn\r\n"), "MN\r\n");
    auto answers = list(server.spec());
    ASSERT_TRUE(answers.listed && *answers.listed) << answers.listed->error().detail;
    std::sort(answers.keys.begin(), answers.keys.end());
    EXPECT_EQ(std::unique(answers.keys.begin(), answers.keys.end()), answers.keys.end());
    EXPECT_EQ(answers.keys.size(), static_cast<std::size_t>(kKeys));
    EXPECT_TRUE(std::binary_search(answers.keys.begin(), answers.keys.end(), "sm:a_b.c-17"));
}

TEST_P(MemcachedInventoryTest, ListsAnEmptyStore) {
    const test::RealMemcached server({}, GetParam());
    const auto answers = list(server.spec());
    ASSERT_TRUE(answers.listed && *answers.listed);
    EXPECT_TRUE(answers.keys.empty());
}

TEST_P(MemcachedInventoryTest, WaitsForItsTurn) {
    const test::RealMemcached server({}, GetParam());
    constexpr int kTogether = 8;
    std::vector<Answers> answers(kTogether);
    std::vector<std::unique_ptr<MemcachedInventory>> inventories;
    for (Answers& answer : answers) {
        inventories.push_back(
            std::make_unique<MemcachedInventory>(server.spec(), loop_, resolver_));
        inventories.back()->list(answer);
    }
    for (const Answers& answer : answers) {
        EXPECT_TRUE(loop_.run_until(answer.done, loop_.now() + std::chrono::seconds(10)));
        EXPECT_TRUE(answer.listed && *answer.listed) << answer.listed->error().detail;
    }
}

TEST_P(MemcachedInventoryTest, NamesEachLifeOfAServerDifferently) {
    test::RealMemcached server({}, GetParam());
    const Life first = life_of(server);
    EXPECT_EQ(life_of(server), first);
    server.kill();
    server.start();
    EXPECT_FALSE(life_of(server) == first);
}

TEST_P(MemcachedInventoryTest, TellsWhenTheCrawlerIsSwitchedOff) {
    const test::RealMemcached server({"-X"}, GetParam());
    const auto answers = ask(&MemcachedInventory::list, server.spec());
    ASSERT_TRUE(answers.listed);
    EXPECT_FALSE(*answers.listed);
}

TEST_P(MemcachedInventoryTest, TellsWhenTheServerIsGone) {
    test::RealMemcached server({}, GetParam());
    server.kill();
    EXPECT_FALSE(*ask(&MemcachedInventory::list, server.spec()).listed);
    EXPECT_FALSE(*ask(&MemcachedInventory::ask_life, server.spec()).life);
}

// What a server sends without end, and which limit ends it.
class EndlessMemcached : public ::testing::Test {
  protected:
    Answers ask(void (MemcachedInventory::*question)(InventorySink&), const std::string& flood,
                const InventoryLimits& limits = {}) {
        const test::FakeServer server([&](test::FakePeer& peer, int) {
            peer.read_line();
            peer.flood(flood);
        });
        StoreSpec spec;
        spec.host = "127.0.0.1";
        spec.port = server.port();
        Answers answers;
        MemcachedInventory inventory(spec, loop_, resolver_, limits);
        (inventory.*question)(answers);
        EXPECT_TRUE(loop_.run_until(answers.done, loop_.now() + std::chrono::seconds(10)));
        return answers;
    }

    net::EventLoop loop_;
    net::Resolver resolver_{loop_};
};

TEST_F(EndlessMemcached, IsGivenUpAfterSoManyKeys) {
    const auto answers = ask(&MemcachedInventory::list, "key=a exp=0\r\n", {.keys = 1000});
    ASSERT_TRUE(answers.listed && !*answers.listed);
    EXPECT_EQ(answers.listed->error().code, Errc::StoreError);
    EXPECT_GT(answers.keys.size(), 1000u);
    EXPECT_LT(answers.keys.size(), 1000 + loop_.scratch().size() / 10);
}

TEST_F(EndlessMemcached, IsGivenUpAfterSoManyBytes) {
    const auto answers = ask(&MemcachedInventory::list, "key=" + std::string(4000, 'k') + "\r\n",
                             {.bytes = 1 << 20});
    ASSERT_TRUE(answers.listed && !*answers.listed);
    EXPECT_LT(answers.keys.size(), 1000u);
}

TEST_F(EndlessMemcached, IsGivenUpAfterSomeTimeAlthoughItIsNeverSilent) {
    const auto answers =
        ask(&MemcachedInventory::list, "key=a exp=0\r\n", {.time = milliseconds(20)});
    ASSERT_TRUE(answers.listed && !*answers.listed);
}

TEST_F(EndlessMemcached, IsGivenUpWhenItSaysWithoutEndWhichLifeItIsIn) {
    const auto answers = ask(&MemcachedInventory::ask_life, "STAT pid 1\r\n");
    ASSERT_TRUE(answers.life && !*answers.life);
}

}  // namespace
}  // namespace sessmirror::store

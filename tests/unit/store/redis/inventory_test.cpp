// SPDX-License-Identifier: BSD-3-Clause
// Looking at a whole Redis, against a real one.
#ifdef SESSMIRROR_WITH_REDIS

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/redis/engine.h"
#include "store/redis/inventory.h"
#include "support/fake_server.h"
#include "support/inventory_answers.h"
#include "support/real_redis.h"

namespace sessmirror::store {
namespace {

using Answers = test::InventoryAnswers;

class RedisInventoryTest : public testing::TestWithParam<bool> {
  protected:
    Answers ask(void (Inventory::*question)(InventorySink&), const StoreSpec& spec) {
        Answers answers;
        const auto inventory = std::make_unique<RedisInventory>(spec, loop_, resolver_);
        (inventory.get()->*question)(answers);
        EXPECT_TRUE(loop_.run_until(answers.done, loop_.now() + std::chrono::seconds(10)));
        return answers;
    }
    Answers list(const StoreSpec& spec) { return ask(&Inventory::list, spec); }
    Life life_of(const test::RealRedis& server) {
        const auto answers = ask(&Inventory::ask_life, server.spec());
        EXPECT_TRUE(answers.life && *answers.life);
        return answers.life && *answers.life ? **answers.life : Life{};
    }
    static void fill(const test::RealRedis& server, int count, const std::string& prefix) {
        std::string requests;
        for (int i = 0; i < count; ++i)
            requests += test::redis_request({"SET", prefix + std::to_string(i), "x"});
        ASSERT_TRUE(server.ask(requests + test::redis_request({"PING"}), "+PONG\r\n")
                        .ends_with("+OK\r\n+PONG\r\n"));
    }

    net::EventLoop loop_;
    net::Resolver resolver_{loop_};
};

INSTANTIATE_TEST_SUITE_P(Transports, RedisInventoryTest, testing::Bool(),
                         [](const auto& kind) { return std::string(kind.param ? "Unix" : "Tcp"); });

TEST_P(RedisInventoryTest, SaysNothingMoreWhenItIsCancelledInTheMiddleOfAPage) {
    const test::RealRedis server({.on_unix_socket = GetParam()});
    fill(server, 100, "k");
    const auto inventory = std::make_unique<RedisInventory>(server.spec(), loop_, resolver_);
    test::Impatient sink;
    sink.inventory = inventory.get();
    inventory->list(sink);
    ASSERT_TRUE(loop_.run_until(sink.has_key, loop_.now() + std::chrono::seconds(10)));
    EXPECT_TRUE(list(server.spec()).listed) << "another one is asked meanwhile";
    EXPECT_EQ(sink.keys, 1);
    EXPECT_EQ(sink.listed, 0);
}

TEST_P(RedisInventoryTest, ListsEveryKeyAsItWasStored) {
    const test::RealRedis server({.on_unix_socket = GetParam()});
    constexpr int kKeys = 3000;
    fill(server, kKeys, "sm:a_b.c-");
    ASSERT_EQ(server.command({"SET", "of another program\r\n", "x"}), "+OK\r\n");
    ASSERT_EQ(server.command({"RPUSH", "a list", "x"}), ":1\r\n");
    auto answers = list(server.spec());
    ASSERT_TRUE(answers.listed && *answers.listed) << answers.listed->error().detail;
    // SCAN may name a key twice; what is made of the listing bears that.
    std::sort(answers.keys.begin(), answers.keys.end());
    answers.keys.erase(std::unique(answers.keys.begin(), answers.keys.end()), answers.keys.end());
    EXPECT_EQ(answers.keys.size(), static_cast<std::size_t>(kKeys) + 2);
    for (const char* key : {"sm:a_b.c-17", "sm:a_b.c-2999", "of another program\r\n", "a list"})
        EXPECT_TRUE(std::binary_search(answers.keys.begin(), answers.keys.end(), key)) << key;
}

TEST_P(RedisInventoryTest, ListsAnEmptyStore) {
    const test::RealRedis server({.on_unix_socket = GetParam()});
    const auto answers = list(server.spec());
    ASSERT_TRUE(answers.listed && *answers.listed);
    EXPECT_TRUE(answers.keys.empty());
}

TEST_P(RedisInventoryTest, ListsItsOwnDatabaseWithThePassword) {
    const test::RealRedis server({.on_unix_socket = GetParam(), .password = "hush-hush"});
    ASSERT_EQ(server.command({"SET", "in the first", "x"}), "+OK\r\n");
    ASSERT_EQ(server.command({"SET", "in the fourth", "x"}, 3), "+OK\r\n");
    StoreSpec spec = server.spec();
    ASSERT_TRUE(spec.own.set(kRedisDatabase, "3"));
    const auto answers = list(spec);
    ASSERT_TRUE(answers.listed && *answers.listed) << answers.listed->error().detail;
    EXPECT_EQ(answers.keys, std::vector<std::string>{"in the fourth"});
    EXPECT_TRUE(*ask(&Inventory::ask_life, spec).life);
}

TEST_P(RedisInventoryTest, TellsThatItsPasswordIsWrongAndDoesNotShowIt) {
    const test::RealRedis server({.on_unix_socket = GetParam(), .password = "hush-hush"});
    StoreSpec spec = server.spec();
    spec.password = "another-secret";
    const auto listed = list(spec).listed;
    const auto life = ask(&Inventory::ask_life, spec).life;
    ASSERT_TRUE(listed && !*listed && life && !*life);
    for (const std::string detail : {listed->error().detail, life->error().detail}) {
        EXPECT_NE(detail.find("WRONGPASS"), std::string::npos) << detail;
        EXPECT_EQ(detail.find("secret"), std::string::npos) << detail;
    }
}

TEST_P(RedisInventoryTest, ListsForSeveralAtATime) {
    const test::RealRedis server({.on_unix_socket = GetParam()});
    fill(server, 100, "sm:");
    std::vector<Answers> answers(8);
    std::vector<std::unique_ptr<Inventory>> inventories;
    for (Answers& answer : answers) {
        inventories.push_back(std::make_unique<RedisInventory>(server.spec(), loop_, resolver_));
        inventories.back()->list(answer);
    }
    for (const Answers& answer : answers) {
        EXPECT_TRUE(loop_.run_until(answer.done, loop_.now() + std::chrono::seconds(10)));
        ASSERT_TRUE(answer.listed && *answer.listed) << answer.listed->error().detail;
        EXPECT_GE(answer.keys.size(), 100u);
    }
}

TEST_P(RedisInventoryTest, AnswersOneQuestionAfterTheOther) {
    const test::RealRedis server({.on_unix_socket = GetParam()});
    fill(server, 100, "sm:");
    const auto inventory = std::make_unique<RedisInventory>(server.spec(), loop_, resolver_);
    for (int i = 0; i < 3; ++i) {
        Answers life;
        inventory->ask_life(life);
        EXPECT_FALSE(life.done);
        ASSERT_TRUE(loop_.run_until(life.done, loop_.now() + std::chrono::seconds(10)));
        EXPECT_TRUE(*life.life);
        Answers listing;
        inventory->list(listing);
        EXPECT_FALSE(listing.done);
        ASSERT_TRUE(loop_.run_until(listing.done, loop_.now() + std::chrono::seconds(10)));
        EXPECT_TRUE(*listing.listed);
        EXPECT_GE(listing.keys.size(), 100u);
    }
}

TEST_P(RedisInventoryTest, SaysNothingMoreWhenItWasCancelled) {
    const test::RealRedis server({.on_unix_socket = GetParam()});
    Answers cancelled;
    const auto inventory = std::make_unique<RedisInventory>(server.spec(), loop_, resolver_);
    inventory->list(cancelled);
    inventory->cancel();
    life_of(server);
    EXPECT_FALSE(cancelled.done);
    Answers next;
    inventory->list(next);
    ASSERT_TRUE(loop_.run_until(next.done, loop_.now() + std::chrono::seconds(10)));
    EXPECT_TRUE(*next.listed);
    EXPECT_FALSE(cancelled.done);
}

TEST_P(RedisInventoryTest, NamesEachLifeOfAServerDifferently) {
    test::RealRedis server({.on_unix_socket = GetParam()});
    const Life first = life_of(server);
    EXPECT_FALSE(first == Life{});
    EXPECT_EQ(life_of(server), first);
    server.kill();
    server.start();
    EXPECT_FALSE(life_of(server) == first);
}

TEST_P(RedisInventoryTest, TellsWhenTheServerIsGone) {
    test::RealRedis server({.on_unix_socket = GetParam()});
    server.kill();
    EXPECT_FALSE(*list(server.spec()).listed);
    EXPECT_FALSE(*ask(&Inventory::ask_life, server.spec()).life);
}

TEST_P(RedisInventoryTest, TellsWhenTheServerBreaksTheProtocol) {
    for (const char* nonsense : {"HTTP/1.1 400 Bad Request\r\n\r\n", ":1\r\n", "*1\r\n:1\r\n",
                                 "*2\r\n$1\r\n0\r\n$1\r\n0\r\n", "$9999999999\r\n"}) {
        const test::FakeServer server([&](test::FakePeer& peer, int) {
            if (peer.read_line().empty()) return;
            for (int i = 0; i < 8; ++i) peer.send(nonsense);
            peer.stall();
        });
        StoreSpec spec;
        spec.engine = &kRedisEngine;
        spec.host = "127.0.0.1";
        spec.port = server.port();
        EXPECT_FALSE(*list(spec).listed) << nonsense;
        EXPECT_FALSE(*ask(&Inventory::ask_life, spec).life) << nonsense;
    }
}

// Answers each question with the same page, whose cursor leads to a next one, and never with an
// end.
class EndlessRedis : public testing::Test {
  protected:
    Answers list(const std::string& page, const InventoryLimits& limits) {
        const test::FakeServer server([&](test::FakePeer& peer, int) {
            constexpr int kLinesOfAScan = 9;  // *4, and a length in front of each argument
            while (!peer.skip_commands(kLinesOfAScan).empty()) peer.send(page);
        });
        return ask(&Inventory::list, server, limits);
    }
    Answers ask(void (Inventory::*question)(InventorySink&), const test::FakeServer& server,
                const InventoryLimits& limits) {
        StoreSpec spec;
        spec.engine = &kRedisEngine;
        spec.host = "127.0.0.1";
        spec.port = server.port();
        Answers answers;
        const auto inventory = std::make_unique<RedisInventory>(spec, loop_, resolver_, limits);
        (inventory.get()->*question)(answers);
        EXPECT_TRUE(loop_.run_until(answers.done, loop_.now() + std::chrono::seconds(10)));
        return answers;
    }

    net::EventLoop loop_;
    net::Resolver resolver_{loop_};
};

TEST_F(EndlessRedis, IsGivenUpAfterSoManyKeys) {
    const auto answers = list("*2\r\n$1\r\n7\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n", {.keys = 100});
    ASSERT_TRUE(answers.listed && !*answers.listed);
    EXPECT_EQ(answers.listed->error().code, Errc::StoreError);
    EXPECT_EQ(answers.keys.size(), 102u);
}

TEST_F(EndlessRedis, IsGivenUpAfterSoManyBytesOrSomeTimeWithoutAnyKey) {
    for (const InventoryLimits& limits :
         {InventoryLimits{.bytes = 1000}, InventoryLimits{.time = milliseconds(20)}}) {
        const auto answers = list("*2\r\n$1\r\n7\r\n*0\r\n", limits);
        ASSERT_TRUE(answers.listed && !*answers.listed);
        EXPECT_EQ(answers.listed->error().code, Errc::StoreError);
    }
}

TEST_F(EndlessRedis, IsNotListenedToWhenItSendsPagesThatNobodyAskedFor) {
    const test::FakeServer server(
        [](test::FakePeer& peer, int) { peer.flood("*2\r\n$1\r\n7\r\n*0\r\n"); });
    const auto answers = ask(&Inventory::list, server, {});
    ASSERT_TRUE(answers.listed && !*answers.listed);
    EXPECT_EQ(answers.listed->error().code, Errc::Protocol);
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS

// SPDX-License-Identifier: BSD-3-Clause
// A script may fork in the middle (pcntl): the child must not touch its parent's connection.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "support/real_memcached.h"
#include "support/store_client.h"

namespace sessmirror::store {
namespace {

using test::payload_of;
using test::RealMemcached;
using test::Session;
using test::StoreClient;

int wait_for(pid_t child) {
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(MemcachedFork, ParentAndChildGoOnWithConnectionsOfTheirOwn) {
    RealMemcached server;
    StoreClient client(server.spec());
    const Session one("a", "parent's");
    const Session two("b", "child's");
    ASSERT_TRUE(client.put(one.put(client)));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const bool stored = client.put(two.put(client)).has_value();
        const auto read = client.fetch(one.key);
        const bool own = client.events.connected == 2;
        ::_exit(stored && read && payload_of(*read) == "parent's" && own ? 0 : 1);
    }
    for (int i = 0; i < 50; ++i) ASSERT_EQ(payload_of(*client.fetch(one.key)), "parent's");
    EXPECT_EQ(wait_for(child), 0);
    ASSERT_EQ(payload_of(*client.fetch(two.key)), "child's");
    EXPECT_EQ(client.events.connected, 1) << "the parent lost its connection";
}

TEST(MemcachedFork, RequestsInFlightFailInTheChildAndSucceedInTheParent) {
    RealMemcached server;
    StoreClient client(server.spec());
    ASSERT_TRUE(client.probe());
    test::CollectingSink sink;
    client.store().fetch({test::key_of("a"), Want::Value, std::nullopt, client.deadline()}, &sink);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        client.loop().run_until(sink.done, client.deadline());
        ::_exit(sink.answers == 1 ? 0 : 1);
    }
    EXPECT_EQ(wait_for(child), 0);
    ASSERT_TRUE(client.loop().run_until(sink.done, client.deadline()));
    EXPECT_TRUE(*sink.fetched);
}

TEST(MemcachedFork, AChildThatOnlyEndsDoesNotDisturbItsParent) {
    RealMemcached server;
    auto client = std::make_unique<StoreClient>(server.spec());
    ASSERT_TRUE(client->probe());
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        client.reset();
        ::_exit(0);
    }
    EXPECT_EQ(wait_for(child), 0);
    EXPECT_TRUE(client->probe());
    EXPECT_EQ(client->events.connected, 1);
}

}  // namespace
}  // namespace sessmirror::store

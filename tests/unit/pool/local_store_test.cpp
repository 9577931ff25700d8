// SPDX-License-Identifier: BSD-3-Clause
#include "pool/local_store.h"

#include <gtest/gtest.h>

#include "pool/store_list.h"

namespace sessmirror::pool {
namespace {

net::IpAddress ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    net::IpAddress out;
    out.bytes = {a, b, c, d};
    out.size = 4;
    return out;
}

class LocalStore : public testing::Test {
  protected:
    int find(std::string_view setting, std::string_view list) {
        const auto found = find_local_store(setting, *parse_store_list(list), addresses, own);
        return found ? *found : -100;
    }
    std::vector<std::vector<net::IpAddress>> addresses;
    std::vector<net::IpAddress> own = {ipv4(127, 0, 0, 1), ipv4(10, 0, 0, 2)};
};

TEST_F(LocalStore, IsTheFirstOnAnAddressOfThisHost) {
    addresses = {{ipv4(10, 0, 0, 1)}, {ipv4(10, 9, 9, 9), ipv4(10, 0, 0, 2)}, {ipv4(10, 0, 0, 2)}};
    EXPECT_EQ(find("auto", "a,b,c"), 1);
    EXPECT_EQ(find("Auto", "a,b,c"), 1);
}

TEST_F(LocalStore, IsTheUnixSocketWhereverItStands) {
    addresses = {{ipv4(10, 0, 0, 2)}, {}};
    EXPECT_EQ(find("auto", "a,/run/m.sock"), 1);
}

TEST_F(LocalStore, IsOneOnLoopbackEvenIfTheInterfacesAreNotKnown) {
    own.clear();
    addresses = {{ipv4(10, 0, 0, 2)}, {ipv4(127, 0, 0, 5)}};
    EXPECT_EQ(find("auto", "a,b"), 1);
}

TEST_F(LocalStore, IsNoneWhenNoNameResolvedOrNothingRunsHere) {
    EXPECT_EQ(find("auto", "a,b"), kNoLocalStore);
    addresses = {{}, {ipv4(10, 0, 0, 7)}};
    EXPECT_EQ(find("auto", "a,b"), kNoLocalStore);
}

TEST_F(LocalStore, CanBeSwitchedOff) {
    addresses = {{ipv4(10, 0, 0, 2)}};
    EXPECT_EQ(find("none", "a"), kNoLocalStore);
    EXPECT_EQ(find("", "a"), kNoLocalStore);
}

TEST_F(LocalStore, CanBeNamedInAnyNotation) {
    for (const char* setting : {"b", "B:11211", "tcp://b", "tcp://b:11211?weight=4"})
        EXPECT_EQ(find(setting, "a,b"), 1) << setting;
}

TEST_F(LocalStore, IsARedisAsItIsAMemcached) {
    addresses = {{ipv4(10, 0, 0, 1)}, {ipv4(10, 0, 0, 2)}, {}};
    EXPECT_EQ(find("auto", "redis://a,redis://b,c"), 1);
    EXPECT_EQ(find("auto", "redis://a,redis://b,redis:///run/r.sock"), 2);
    for (const char* setting : {"b:6379", "redis://b", "valkey://B/0", "redis://me:hush@b",
                                "tcp://b?auth=hush", "tcp://b:6379?weight=4"})
        EXPECT_EQ(find(setting, "b,redis://b,redis://b/2"), 1) << setting;
    EXPECT_EQ(find("redis://b/2", "b,redis://b,redis://b/2"), 2);
    EXPECT_EQ(find("b", "redis://b,b"), 1);
}

TEST_F(LocalStore, IsNeverNamedWithItsPassword) {
    const auto stores = *parse_store_list("redis://:hush@a,redis://b");
    for (const char* setting : {"redis://:hush@c", "c?auth=hush", "redis://:hush@a tcp://b",
                                "redis://:hush@a:x", "redis://b,c:6379?auth=hush"}) {
        const auto found = find_local_store(setting, stores, addresses, own);
        ASSERT_FALSE(found.has_value()) << setting;
        EXPECT_EQ(std::string_view(found.error().detail).find("hush"), std::string_view::npos)
            << found.error().detail;
    }
}

TEST_F(LocalStore, IsSuggestedAsTheListHasIt) {
    const auto stores = *parse_store_list("redis://a:7000/2,redis:///run/redis.sock");
    const auto other = find_local_store("a:7000", stores, addresses, own);
    ASSERT_FALSE(other.has_value());
    EXPECT_STREQ(other.error().detail,
                 "sessmirror.local = \"a:7000\" is not in the store list; write redis://a:7000/2, "
                 "as there");
    const auto socket = find_local_store("/run/redis.sock", stores, addresses, own);
    ASSERT_FALSE(socket.has_value());
    EXPECT_NE(std::string(socket.error().detail).find("write redis:///run/redis.sock"),
              std::string::npos);
}

TEST_F(LocalStore, MustBeInTheList) {
    const auto stores = *parse_store_list("a,b");
    const auto missing = find_local_store("c:1", stores, addresses, own);
    ASSERT_FALSE(missing.has_value());
    EXPECT_STREQ(missing.error().detail, "sessmirror.local = \"c:1\" is not in the store list");
    EXPECT_EQ(missing.error().code, Errc::BadConfig);
    EXPECT_FALSE(find_local_store("a,b", stores, addresses, own).has_value());
    EXPECT_FALSE(find_local_store("a:x", stores, addresses, own).has_value());
}

}  // namespace
}  // namespace sessmirror::pool

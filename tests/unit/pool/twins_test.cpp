// SPDX-License-Identifier: BSD-3-Clause
#include "pool/twins.h"

#include <gtest/gtest.h>

#include "pool/store_list.h"

namespace sessmirror::pool {
namespace {

using Addresses = std::vector<std::vector<net::IpAddress>>;

std::vector<int> twins(std::string_view list, Addresses addresses = {}) {
    const auto specs = parse_store_list(list);
    if (!specs) {
        ADD_FAILURE() << specs.error().detail;
        return {};
    }
    addresses.resize(specs->size());
    return find_twins(*specs, addresses);
}

std::vector<net::IpAddress> ip(std::initializer_list<const char*> texts) {
    std::vector<net::IpAddress> out;
    for (const char* const text : texts) out.push_back(*net::parse_ip(text));
    return out;
}

const std::vector<int> kNone = {kNoTwin, kNoTwin};
const std::vector<int> kOne = {kNoTwin, 0};

TEST(Twins, AreNamesThatHaveAnAddressAndThePortInCommon) {
    const Addresses both = {ip({"127.0.0.1"}), ip({"::1", "127.0.0.1"})};
    EXPECT_EQ(twins("127.0.0.1,localhost", both), kOne);
    EXPECT_EQ(twins("127.0.0.1:1,localhost:2", both), kNone);
    EXPECT_EQ(twins("a,b", {ip({"10.0.0.1"}), ip({"10.0.0.2"})}), kNone);
    EXPECT_EQ(twins("a,b,c", {ip({"10.0.0.1"}), ip({"10.0.0.2"}), ip({"10.0.0.2"})}),
              (std::vector<int>{kNoTwin, kNoTwin, 1}));
}

TEST(Twins, AreNotMadeOfNamesThatDidNotResolve) {
    EXPECT_EQ(twins("a,b"), kNone);
    EXPECT_EQ(twins("10.0.0.1,[::ffff:10.0.0.1]"), kOne) << "these need nobody";
}

TEST(Twins, AreDatabasesOfOneRedis) {
    EXPECT_EQ(twins("redis://10.0.0.1/1,redis://10.0.0.1/2"), kOne);
    EXPECT_EQ(twins("redis:///run/r.sock?database=1,redis:///run/r.sock?database=2"), kOne);
    EXPECT_EQ(twins("redis:///run/r.sock,/run/m.sock"), kNone);
}

}  // namespace
}  // namespace sessmirror::pool

// SPDX-License-Identifier: BSD-3-Clause
#include "pool/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/hash.h"

namespace sessmirror::pool {
namespace {

constexpr int kSessions = 20000;

store::StoreSpec tcp(const std::string& host, std::uint32_t weight = 1) {
    store::StoreSpec spec;
    spec.host = host;
    spec.port = 11211;
    spec.weight = weight;
    return spec;
}

std::vector<store::StoreSpec> hosts(int count) {
    std::vector<store::StoreSpec> out;
    for (int i = 0; i < count; ++i) out.push_back(tcp("10.0.0." + std::to_string(i + 1)));
    return out;
}

store::SessionKey key(int number) {
    return store::derive_key("sm:", "", "session " + std::to_string(number));
}

std::vector<std::string> ranked(const std::vector<store::StoreSpec>& stores, int number) {
    std::vector<std::string> out;
    const Ranking ranking = Placement(stores).rank(key(number), kMaxStores);
    for (const auto index : ranking.all()) out.push_back(stores[index].host);
    return out;
}

std::vector<int> homes(const std::vector<store::StoreSpec>& stores) {
    const Placement placement(stores);
    std::vector<int> count(stores.size());
    for (int i = 0; i < kSessions; ++i) ++count[placement.rank(key(i), kMaxStores).store[0]];
    return count;
}

TEST(Placement, DoesNotDependOnTheOrderOfTheList) {
    auto forward = hosts(5);
    forward[1].weight = 3;
    auto backward = forward;
    std::reverse(backward.begin(), backward.end());
    for (int i = 0; i < 200; ++i) EXPECT_EQ(ranked(forward, i), ranked(backward, i));
    EXPECT_EQ(Placement(forward).list_fingerprint(), Placement(backward).list_fingerprint());
}

TEST(Placement, MovesOnlyTheSessionsOfARemovedStore) {
    auto all = hosts(6);
    all[2].weight = 4;
    auto fewer = all;
    fewer.erase(fewer.begin() + 3);
    for (int i = 0; i < 500; ++i) {
        auto expected = ranked(all, i);
        expected.erase(std::find(expected.begin(), expected.end(), "10.0.0.4"));
        EXPECT_EQ(ranked(fewer, i), expected);
    }
}

TEST(Placement, ThePrefixOfKeysMovesNoSession) {
    const Placement placement(hosts(4));
    for (int i = 0; i < 100; ++i) {
        const std::string id = "session " + std::to_string(i);
        EXPECT_EQ(placement.rank(store::derive_key("", "", id), kMaxStores).store,
                  placement.rank(store::derive_key("other:", "", id), kMaxStores).store);
    }
}

TEST(Placement, SpreadsSessionsEvenly) {
    const auto count = homes(hosts(8));
    double chi_square = 0;
    for (const int n : count) chi_square += (n - 2500.0) * (n - 2500.0) / 2500.0;
    EXPECT_LT(chi_square, 24.3);  // 7 degrees of freedom, p = 0.001
}

TEST(Placement, HonoursWeights) {
    const std::uint32_t weights[] = {1, 2, 5, 12};
    auto stores = hosts(4);
    for (std::size_t i = 0; i < stores.size(); ++i) stores[i].weight = weights[i];
    const auto count = homes(stores);
    double chi_square = 0;
    for (std::size_t i = 0; i < stores.size(); ++i) {
        const double wanted = kSessions * weights[i] / 20.0;
        chi_square += (count[i] - wanted) * (count[i] - wanted) / wanted;
        EXPECT_NEAR(count[i], wanted, wanted * 0.08) << "weight " << weights[i];
    }
    EXPECT_LT(chi_square, 16.3);  // 3 degrees of freedom, p = 0.001
}

TEST(Placement, EqualWeightsPlaceAlikeWhateverTheyAre) {
    auto heavy = hosts(7);
    for (auto& spec : heavy) spec.weight = 1000;
    for (int i = 0; i < 500; ++i) EXPECT_EQ(ranked(heavy, i), ranked(hosts(7), i));
}

// Whether or not logarithms are needed to compare them.
TEST(Placement, StoresOfOneWeightKeepTheirOrderWhenOneOfAnotherJoins) {
    const auto before = hosts(6);
    auto after = before;
    after.push_back(tcp("10.0.0.7", 2));
    for (int i = 0; i < 2000; ++i) {
        auto order = ranked(after, i);
        order.erase(std::find(order.begin(), order.end(), "10.0.0.7"));
        EXPECT_EQ(order, ranked(before, i)) << i;
    }
}

TEST(Placement, RanksAsTheRealLogarithmWould) {
    auto stores = hosts(9);
    for (std::size_t i = 0; i < stores.size(); ++i)
        stores[i].weight = static_cast<std::uint32_t>(1 + i * i);
    const Placement placement(stores);
    for (int number = 0; number < 2000; ++number) {
        std::vector<std::pair<double, std::uint8_t>> race;
        for (std::size_t i = 0; i < stores.size(); ++i) {
            const auto hash = hash64(key(number).hashed(), store_name_hash(stores[i]));
            race.emplace_back(
                -std::log(std::ldexp(static_cast<double>(hash), -64)) / stores[i].weight,
                static_cast<std::uint8_t>(i));
        }
        std::sort(race.begin(), race.end());
        const Ranking ranking = placement.rank(key(number), kMaxStores);
        for (std::size_t i = 0; i < race.size(); ++i) EXPECT_EQ(ranking.store[i], race[i].second);
    }
}

TEST(Placement, TheFingerprintTellsListsApart) {
    auto heavier = hosts(3);
    heavier[0].weight = 2;
    const std::uint64_t three = Placement(hosts(3)).list_fingerprint();
    EXPECT_NE(three, Placement(hosts(2)).list_fingerprint());
    EXPECT_NE(three, Placement(heavier).list_fingerprint());
    EXPECT_EQ(three, Placement(hosts(3)).list_fingerprint());
}

// A change here moves sessions on running sites: do not adapt the numbers, find out why.
TEST(Placement, GivesTheFixedVectors) {
    auto stores = hosts(5);
    for (std::size_t i = 0; i < stores.size(); ++i)
        stores[i].weight = static_cast<std::uint32_t>(i + 1);
    std::string order;
    for (int i = 0; i < 8; ++i) {
        const Ranking ranking = Placement(stores).rank(key(i), kMaxStores);
        for (const auto index : ranking.all()) order += std::to_string(index);
        order += ' ';
    }
    EXPECT_EQ(order, "31240 12304 41032 13402 34210 40321 34102 14320 ");
    EXPECT_EQ(Placement(stores).list_fingerprint(), 13505630003409752193u);
}

}  // namespace
}  // namespace sessmirror::pool

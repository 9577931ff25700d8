// SPDX-License-Identifier: BSD-3-Clause
#include "replica/second_opinion.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using Kind = replica::FreshnessToken::Kind;

class SecondOpinion : public ::testing::TestWithParam<replica::Locking> {
  protected:
    SecondOpinion() {
        host.policy.locking = GetParam();
        for (int i = 0; lab.home() == 0; ++i)
            lab.key = store::derive_key("t:", "", "session " + std::to_string(i));
        lab.store_session(host, "good");
        good = decoded(0).version;
    }

    record::Envelope decoded(int store) {
        return record::decode(lab.key.text(), lab.node(store).find(lab.key.text())->value)
            ->envelope;
    }
    // A newer version than the one that is there.
    void forge_on(int store, std::string_view payload) {
        record::Envelope envelope = decoded(store);
        const auto cas = lab.node(store).find(lab.key.text())->cas;
        envelope.version = {envelope.version.generation + 1, 77};
        store::PutRequest put;
        put.key = lab.key;
        put.header = record::encode(envelope, lab.key.text(), as_bytes(payload));
        put.version = envelope.version;
        put.fingerprint = record::fingerprint(envelope.version);
        put.ttl_s = ReplicaLab::kLifetime;
        put.expected = cas;
        ASSERT_TRUE(
            lab.node(store).put(put, Bytes(as_bytes(payload).begin(), as_bytes(payload).end())));
    }
    void read(std::optional<replica::FreshnessToken> token = std::nullopt) {
        lab.open(host, view);
        if (token) view.expect(*token);
        ASSERT_TRUE(lab.read(host, view));
        lab.settle();
        ASSERT_EQ(as_text(view.content()), "garbage");
    }

    ReplicaLab lab{3};
    ReplicaLab::Host& host = lab.host();
    replica::SessionView view;
    record::Version good;
    replica::SecondOpinion opinion{host.environment(), view};
};

INSTANTIATE_TEST_SUITE_P(EveryLocking, SecondOpinion,
                         ::testing::Values(replica::Locking::On, replica::Locking::Off));

TEST_P(SecondOpinion, FindsWhatAnotherStoreHas) {
    forge_on(0, "garbage");
    read();
    ASSERT_TRUE(lab.run(opinion));
    ASSERT_TRUE(opinion.is_found());
    EXPECT_EQ(as_text(opinion.content()), "good");
}

// The read had seen it, and has put the newer version in its place since.
TEST_P(SecondOpinion, FindsWhatTheReadHasReplacedMeanwhile) {
    host.policy.freshness = replica::Freshness::Probe;
    forge_on(0, "garbage");
    read();
    for (const int store : {1, 2}) EXPECT_EQ(lab.payload_on(store), "garbage");
    ASSERT_TRUE(lab.run(opinion));
    EXPECT_EQ(as_text(opinion.content()), "good");
}

TEST_P(SecondOpinion, IsNoneWhereAllStoresSayTheSame) {
    for (const int store : {0, 1, 2}) forge_on(store, "garbage");
    read();
    ASSERT_TRUE(lab.run(opinion));
    EXPECT_FALSE(opinion.is_found());
}

TEST_P(SecondOpinion, IsNoneThatIsOlderThanWhatTheClientHasSeen) {
    forge_on(0, "garbage");
    read(replica::FreshnessToken{{good.generation + 1, 77}, Kind::Exact});
    ASSERT_TRUE(lab.run(opinion));
    EXPECT_FALSE(opinion.is_found());
}

TEST_P(SecondOpinion, IsNotKnownWhileAMemberIsAway) {
    for (const int store : {0, 1, 2}) forge_on(store, "garbage");
    read();
    lab.node(2).kill();
    EXPECT_FALSE(lab.run(opinion));
    EXPECT_FALSE(opinion.is_found());
}

}  // namespace
}  // namespace sessmirror::test

// SPDX-License-Identifier: BSD-3-Clause
#include "replica/cas_hints.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using replica::CasHints;
using replica::Locking;

constexpr record::Version kVersion{0x65000001, 0x0badcafe};

TEST(CasHints, AreStoredAsTheFormatSays) {
    CasHints hints(kVersion);
    EXPECT_TRUE(hints.encode().view().empty());
    hints.add(0x1122334455667788, 42);
    EXPECT_EQ(to_hex(hints.encode().view()), "650000010badcafe1122334455667788000000000000002a");
    EXPECT_EQ(CasHints::decode(hints.encode().view()).find(kVersion, 0x1122334455667788), 42u);
}

TEST(CasHints, TellNothingAboutAnotherVersionOrStore) {
    CasHints hints(kVersion);
    hints.add(1, 42);
    EXPECT_EQ(hints.find({kVersion.generation + 1, kVersion.nonce}, 1), 0u);
    EXPECT_EQ(hints.find({kVersion.generation, kVersion.nonce + 1}, 1), 0u);
    EXPECT_EQ(hints.find(kVersion, 2), 0u);
    EXPECT_EQ(CasHints().find(record::Version::none(), 0), 0u);
}

TEST(CasHints, AreNoneWhereTheBytesAreSomethingElse) {
    CasHints hints(kVersion);
    hints.add(1, 42);
    const CasHints::Text whole = hints.encode();
    const ByteView cut = whole.view().first(whole.view().size() - 1);
    EXPECT_EQ(CasHints::decode(cut).find(kVersion, 1), 0u);
    EXPECT_EQ(CasHints::decode({}).size(), 0u);
    EXPECT_LE(CasHints::decode(Bytes(8 + 16 * 500, std::byte{1})).size(), CasHints::kMax);
}

// Two hosts that write in turn, each with a store of its own.
class HintedWrites : public ::testing::TestWithParam<Locking> {
  protected:
    HintedWrites() {
        for (int i = 0; i < 2; ++i) lab.host(i).policy.locking = GetParam();
        for (const int writer : {0, 1, 0}) lab.store_session(lab.host(writer), "before");
    }
    // What a changed request of a host sends to the other host's store.
    std::uint64_t cost(int host) {
        const std::uint64_t before = lab.host(host).requests(1 - host);
        lab.store_session(lab.host(host), "by " + std::to_string(++writes));
        return lab.host(host).requests(1 - host) - before;
    }
    std::uint64_t least(int host) const {
        return GetParam() == Locking::On && host != home ? 2 : 1;  // the claim, the copy
    }
    ReplicaLab lab{2, 2};
    const int home = lab.home();
    int writes = 0;
};

INSTANTIATE_TEST_SUITE_P(Locking, HintedWrites, ::testing::Values(Locking::On, Locking::Off),
                         [](const auto& param) {
                             return param.param == Locking::On ? "On" : "Off";
                         });

TEST_P(HintedWrites, AskNoStoreForItsTokenWhoeverWroteBefore) {
    for (const int writer : {1, 0, 1, 1, 0, 0, 1}) {
        EXPECT_EQ(cost(writer), least(writer)) << "write " << writes << " of host " << writer;
        EXPECT_EQ(lab.payload_on(0), lab.payload_on(1));
    }
}

TEST_P(HintedWrites, AskAfterAllWhereTheTokenHasChanged) {
    lab.node(1 - home).shuffle_cas(lab.key.text());
    EXPECT_EQ(cost(home), least(home) + 2);
    EXPECT_EQ(lab.payload_on(1 - home), "by 1");
    EXPECT_EQ(cost(home), least(home));
}

// A server that starts anew counts its tokens anew, so an old hint can fit what somebody else
// wrote.
TEST_P(HintedWrites, AskAfterAllWhereTheStoreHasHadAnotherLife) {
    auto& health = lab.host(home).pool.health(1 - home);
    health.note_life({77, 5});
    lab.store_session(lab.host(home), "in the first life");
    lab.store_session(lab.host(home), "in the first life too");
    EXPECT_EQ(cost(home), least(home));
    health.slot().life.store(health.life() + 1);
    EXPECT_EQ(cost(home), least(home) + 1) << "it has looked at the version there";
    EXPECT_EQ(cost(home), least(home)) << "and has left a hint of this life";
}

TEST_P(HintedWrites, BuryNothingThatWasWrittenMeanwhile) {
    replica::SessionView slow;
    lab.host(home).policy.locking = lab.host(1 - home).policy.locking = Locking::Optimistic;
    lab.open(lab.host(home), slow);
    ASSERT_TRUE(lab.read(lab.host(home), slow));
    lab.store_session(lab.host(1 - home), "faster");
    lab.host(home).policy.on_conflict = replica::OnConflict::Fail;
    EXPECT_FALSE(lab.write(lab.host(home), slow, "slower"));
    EXPECT_EQ(lab.payload_on(0), "faster");
    EXPECT_EQ(lab.payload_on(1), "faster");
}

}  // namespace
}  // namespace sessmirror::test

// SPDX-License-Identifier: BSD-3-Clause
// Hosts that compress and hosts that do not, with one pool.
#include <gtest/gtest.h>

#include <string>

#include "replica/mirrored_write.h"
#include "replica/session_copy.h"
#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using pool::Counter;
using record::Codec;
using replica::Locking;

std::string with(std::string_view key, char letter) {
    return std::string(key) + "|s:5000:\"" + std::string(5000, letter) + "\";";
}

class Compression : public ::testing::Test {
  protected:
    Compression() {
        for (int i = 0; i < 2; ++i) lab.host(i).policy.locking = Locking::Optimistic;
        packing.policy.compresses = true;
    }
    record::Record record_on(int store) {
        return *record::decode(lab.key.text(), lab.node(store).find(lab.key.text())->value);
    }
    Bytes value_on(int store) { return lab.node(store).find(lab.key.text())->value; }
    // As another release, or a hostile store, would have stored it.
    void plant(int store, const record::Envelope& envelope, ByteView payload) {
        store::PutRequest put;
        put.key = lab.key;
        put.header = record::encode(envelope, lab.key.text(), payload);
        put.version = envelope.version;
        put.fingerprint = record::fingerprint(envelope.version);
        put.ttl_s = 100;
        const auto* item = lab.node(store).find(lab.key.text());
        if (item != nullptr) put.expected = item->cas;
        ASSERT_TRUE(lab.node(store).put(put, Bytes(payload.begin(), payload.end())));
    }
    record::Envelope newer(Codec codec) {
        record::Envelope envelope = record_on(0).envelope;
        envelope.ancestors.add(envelope.version);
        ++envelope.version.generation;
        envelope.codec = codec;
        return envelope;
    }
    std::string read_by(ReplicaLab::Host& host) {
        replica::SessionView view;
        lab.open(host, view);
        const Status outcome = lab.read(host, view);
        return outcome ? std::string(as_text(view.content())) : outcome.error().detail;
    }

    ReplicaLab lab{2, 2};
    ReplicaLab::Host& packing = lab.host(0);
    ReplicaLab::Host& other = lab.host(1);
};

TEST_F(Compression, ACompressedSessionIsReadByAHostThatDoesNotCompressAndViceVersa) {
    const std::string first = with("a", 'x');
    lab.store_session(packing, first);
    for (int store = 0; store < 2; ++store) {
        EXPECT_EQ(record_on(store).envelope.codec, Codec::Zstd);
        EXPECT_LT(value_on(store).size(), 200u);
    }
    EXPECT_EQ(value_on(0), value_on(1));
    EXPECT_EQ(read_by(other), first);

    const std::string second = with("a", 'y');
    lab.store_session(other, second);
    EXPECT_EQ(record_on(0).envelope.codec, Codec::Plain);
    EXPECT_EQ(lab.payload_on(1), second);
    EXPECT_EQ(read_by(packing), second);
}

TEST_F(Compression, UnderALockAsWell) {
    for (int i = 0; i < 2; ++i) lab.host(i).policy.locking = Locking::On;
    lab.store_session(packing, with("a", 'x'));
    EXPECT_EQ(read_by(other), with("a", 'x'));
}

TEST_F(Compression, ASessionBelowTheThresholdIsStoredAsItIs) {
    packing.policy.compress_from = 5013;
    const std::string session = with("a", 'x');
    ASSERT_EQ(session.size(), 5012u);
    lab.store_session(packing, session);
    EXPECT_EQ(record_on(0).envelope.codec, Codec::Plain);
    packing.policy.compress_from = 5012;
    lab.store_session(packing, with("b", 'x'));
    EXPECT_EQ(record_on(0).envelope.codec, Codec::Zstd);
    packing.policy.compress_from = 0;
    lab.store_session(packing, "");
    EXPECT_EQ(record_on(0).envelope.codec, Codec::Plain);
}

TEST_F(Compression, ChangesOfDifferentKeysAreBothKept) {
    lab.store_session(packing, with("a", '1') + with("b", '1'));
    replica::SessionView mine;
    replica::SessionView theirs;
    for (const bool packing_is_late : {true, false}) {
        other.policy.compresses = !packing_is_late;
        auto& late = packing_is_late ? packing : other;
        auto& early = packing_is_late ? other : packing;
        lab.open(late, mine);
        lab.open(early, theirs);
        ASSERT_TRUE(lab.read(late, mine));
        ASSERT_TRUE(lab.read(early, theirs));
        const char letter = packing_is_late ? '2' : '3';
        const char old = packing_is_late ? '1' : '2';
        ASSERT_TRUE(lab.write(early, theirs, with("a", old) + with("b", letter)));
        ASSERT_TRUE(lab.write(late, mine, with("a", letter) + with("b", old)));
        EXPECT_EQ(read_by(other), with("a", letter) + with("b", letter));
        EXPECT_EQ(record_on(0).envelope.codec, Codec::Zstd);
        EXPECT_EQ(value_on(0), value_on(1));
    }
    EXPECT_EQ(packing.count(Counter::Collisions) + other.count(Counter::Collisions), 0u);
}

TEST_F(Compression, TheLimitOfASessionIsThatBeforeItIsCompressed) {
    lab.store_session(packing, "a|i:1;");
    replica::SessionView view;
    lab.open(packing, view);
    ASSERT_TRUE(lab.read(packing, view));
    const std::string larger(static_cast<std::size_t>(packing.pool.store(0).max_payload()) + 1,
                             'x');
    const Status outcome = lab.write(packing, view, larger);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::TooLarge);
    EXPECT_EQ(lab.payload_on(0), "a|i:1;");
}

TEST_F(Compression, AStoreIsRefilledWithTheVeryBytesByAHostThatDoesNotCompress) {
    lab.store_session(packing, with("a", 'x'));
    const Bytes stored = value_on(1);
    lab.node(0).kill();
    lab.node(0).restart_empty();
    replica::SessionCopy copy(other.environment(), lab.key, 0);
    ASSERT_TRUE(lab.run(copy));
    EXPECT_EQ(value_on(0), stored);
}

TEST_F(Compression, ARepairCopiesWhatIsStored) {
    lab.store_session(packing, with("a", 'x'));
    lab.node(1).kill();
    lab.node(1).restart_empty();
    EXPECT_EQ(read_by(other), with("a", 'x'));
    lab.settle();
    EXPECT_EQ(record_on(1).envelope.codec, Codec::Zstd);
    EXPECT_EQ(lab.payload_on(1), lab.payload_on(0));
}

TEST_F(Compression, AFrameThatIsDamagedIsRepairedFromAnotherReplica) {
    lab.store_session(packing, with("a", 'x'));
    const record::Record good = record_on(1);
    plant(1, newer(Codec::Zstd), as_bytes("no frame"));
    EXPECT_EQ(read_by(other), with("a", 'x'));
    EXPECT_EQ(other.count(Counter::CorruptCopies), 1u);
    lab.settle();
    EXPECT_EQ(record_on(1).envelope.version, good.envelope.version);
}

TEST_F(Compression, WhatThisReleaseCannotReadIsNeitherServedNorReplaced) {
    for (const Locking locking : {Locking::Optimistic, Locking::On}) {
        other.policy.locking = locking;
        lab.store_session(packing, with("a", 'x'));
        const auto unknown = newer(static_cast<Codec>(77));
        plant(1, unknown, as_bytes("of another release"));
        const std::string answer = read_by(other);
        EXPECT_NE(answer.find("codec 77, unknown to this release"), std::string::npos) << answer;
        lab.settle();
        EXPECT_EQ(record_on(1).envelope.version, unknown.version);
        // It is intact, so it may be copied.
        replica::SessionCopy copy(other.environment(), lab.key, 0);
        ASSERT_TRUE(lab.run(copy));
        EXPECT_EQ(record_on(0).envelope.version, unknown.version);
        EXPECT_EQ(lab.payload_on(0), "of another release");
        EXPECT_EQ(other.count(Counter::CorruptCopies), 0u);
        plant(0, newer(Codec::Plain), as_bytes("a|i:1;"));
    }
}

TEST_F(Compression, AWriteDoesNotReplaceWhatItCannotMerge) {
    lab.store_session(packing, with("a", 'x'));
    replica::SessionView view;
    lab.open(other, view);
    ASSERT_TRUE(lab.read(other, view));
    const auto unknown = newer(static_cast<Codec>(77));
    for (int store = 0; store < 2; ++store) plant(store, unknown, as_bytes("of another release"));
    const Status outcome = lab.write(other, view, "a|i:1;");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::Unreadable);
    EXPECT_EQ(lab.payload_on(lab.home()), "of another release");
}

TEST_F(Compression, ASessionThatIsTooLargeHereIsNotTakenForDamaged) {
    lab.store_session(packing, with("a", 'x'));
    other.policy.max_session_bytes = 1024;
    const std::string answer = read_by(other);
    EXPECT_NE(answer.find("more than sessmirror.max_session_bytes"), std::string::npos) << answer;
    lab.settle();
    other.policy.max_session_bytes = 1u << 20;
    EXPECT_EQ(read_by(other), with("a", 'x'));
}

}  // namespace
}  // namespace sessmirror::test

// SPDX-License-Identifier: BSD-3-Clause
// A fleet that is upgraded host by host: docs/format.md, 2.6.
#include <gtest/gtest.h>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using record::Format;

class MixedFleet : public ::testing::TestWithParam<replica::Locking> {
  protected:
    MixedFleet() {
        for (int i = 0; i < 2; ++i) lab.host(i).policy.locking = GetParam();
        cautious.policy.write_format = Format::First;
    }
    Format format() {
        const auto* item = lab.node(lab.home()).find(lab.key.text());
        return record::decode(lab.key.text(), item->value)->envelope.format;
    }
    std::string change(ReplicaLab::Host& host, std::string_view content) {
        replica::SessionView view;
        lab.open(host, view);
        EXPECT_TRUE(lab.read(host, view));
        std::string found(as_text(view.content()));
        EXPECT_TRUE(lab.write(host, view, content));
        return found;
    }

    ReplicaLab lab{2, 2};
    ReplicaLab::Host& cautious = lab.host(0);
    ReplicaLab::Host& upgraded = lab.host(1);
};

INSTANTIATE_TEST_SUITE_P(Lockings, MixedFleet,
                         ::testing::Values(replica::Locking::On, replica::Locking::Optimistic,
                                           replica::Locking::Off));

TEST_P(MixedFleet, WritesTheOldFormatOnRequest) {
    lab.store_session(cautious, "1");
    EXPECT_EQ(format(), Format::First);
    EXPECT_EQ(change(cautious, "2"), "1");
    EXPECT_EQ(format(), Format::First);
}

TEST_P(MixedFleet, ReadsBothAndStaysInTheNewerOne) {
    lab.store_session(cautious, "1");
    EXPECT_EQ(change(upgraded, "2"), "1");
    EXPECT_EQ(format(), Format::Second);
    EXPECT_EQ(change(cautious, "3"), "2");
    EXPECT_EQ(format(), Format::Second);
    EXPECT_EQ(change(upgraded, "4"), "3");
    for (int store = 0; store < 2; ++store) EXPECT_EQ(lab.payload_on(store), "4");
    for (int host = 0; host < 2; ++host) {
        EXPECT_EQ(lab.host(host).count(pool::Counter::Conflicts), 0u);
        EXPECT_EQ(lab.host(host).count(pool::Counter::CorruptCopies), 0u);
    }
}

TEST_P(MixedFleet, DestroysAndBeginsAnewInTheOldFormatToo) {
    upgraded.policy.write_format = Format::First;
    lab.store_session(cautious, "1");
    replica::SessionView view;
    lab.open(upgraded, view);
    ASSERT_TRUE(lab.read(upgraded, view));
    ASSERT_TRUE(lab.destroy(upgraded, view));
    lab.settle();
    EXPECT_EQ(change(cautious, "2"), "");
    EXPECT_EQ(format(), Format::First);
    EXPECT_EQ(change(upgraded, "3"), "2");
}

}  // namespace
}  // namespace sessmirror::test

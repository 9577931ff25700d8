// SPDX-License-Identifier: BSD-3-Clause
// Two stores become four, or four two, host by host: first both lists are in force, then the one
// after.
#include <gtest/gtest.h>

#include <string>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using replica::Locking;
using replica::ReplicaSet;
using Change = store::ListChange;

class ListChange : public ::testing::TestWithParam<Locking> {
  protected:
    static constexpr int kSessions = 40;
    static constexpr int kCopies = 2;

    ListChange() {
        for (int i = 0; i < 3; ++i) {
            lab.host(i).policy.redundancy = kCopies;
            lab.host(i).policy.locking = GetParam();
        }
    }
    static store::SessionKey key(int i) {
        return store::derive_key("t:", "", "session " + std::to_string(i));
    }
    // As a visitor with cookies: the newest version is known to the page.
    std::string read(ReplicaLab::Host& host, replica::SessionView& view) {
        lab.open(host, view);
        if (!last.is_none()) view.expect({last});
        const Status outcome = lab.read(host, view);
        EXPECT_TRUE(outcome) << outcome.error().detail;
        return std::string(as_text(view.content()));
    }
    void write(ReplicaLab::Host& host, replica::SessionView& view, const std::string& content) {
        replica::MirroredWrite write(host.environment(), view,
                                     replica::MirroredWrite::Kind::Payload, as_bytes(content),
                                     lab.kLifetime, false, record::Serialization::Php);
        EXPECT_TRUE(lab.run(write));
        last = write.version_to_tell();
        lab.settle();
    }
    void expect_turns(ReplicaLab::Host& one, ReplicaLab::Host& another) {
        for (int i = 0; i < kSessions; ++i) {
            lab.key = key(i);
            last = {};
            std::string content = "first";
            {
                replica::SessionView view;
                (void)read(one, view);
                write(one, view, content);
            }
            for (ReplicaLab::Host* const host : {&another, &one, &another, &another, &one}) {
                replica::SessionView view;
                EXPECT_EQ(read(*host, view), content) << "session " << i;
                write(*host, view, content = content + "+");
            }
        }
        EXPECT_EQ(one.count(pool::Counter::Collisions), 0u);
        EXPECT_EQ(another.count(pool::Counter::Collisions), 0u);
    }

    ReplicaLab lab{4,
                   {{Change::None, Change::None},
                    {Change::None, Change::None, Change::Joins, Change::Joins},
                    ReplicaLab::List(4)}};
    ReplicaLab::Host& before = lab.host(0);
    ReplicaLab::Host& meanwhile = lab.host(1);
    ReplicaLab::Host& after = lab.host(2);
    record::Version last;
};

INSTANTIATE_TEST_SUITE_P(Locking, ListChange, ::testing::Values(Locking::On, Locking::Optimistic),
                         [](const auto& param) {
                             return param.param == Locking::On ? "On" : "Optimistic";
                         });

TEST_P(ListChange, MembersAreThoseOfBothLists) {
    for (int i = 0; i < kSessions; ++i) {
        const ReplicaSet old(before.pool, key(i), kCopies);
        const ReplicaSet both(meanwhile.pool, key(i), kCopies);
        const ReplicaSet next(after.pool, key(i), kCopies);
        for (const ReplicaSet* const set : {&old, &next})
            for (const int store : set->members()) EXPECT_TRUE(both.contains(store));
        EXPECT_LE(both.copies(), 2 * kCopies);
        EXPECT_EQ(both.home(meanwhile.pool), old.home(before.pool));
        EXPECT_EQ(both.heir(meanwhile.pool), next.home(after.pool));
        EXPECT_EQ(next.heir(after.pool), -1);
        EXPECT_EQ(both.everyone().size(), 4u);
    }
}

TEST_P(ListChange, HostsWithTheListBeforeAndWithBothSeeAndKeepEachOthersChanges) {
    expect_turns(before, meanwhile);
}

TEST_P(ListChange, HostsWithBothListsAndWithTheOneAfterSeeAndKeepEachOthersChanges) {
    expect_turns(meanwhile, after);
    expect_turns(after, meanwhile);
}

TEST_P(ListChange, NoTwoHostsHaveTheLockAtATime) {
    if (GetParam() != Locking::On) return;
    for (const auto& [holder, other] : {std::pair(&before, &meanwhile),
                                        {&meanwhile, &before},
                                        {&meanwhile, &after},
                                        {&after, &meanwhile}}) {
        for (int i = 0; i < kSessions; ++i) {
            lab.key = key(i);
            last = {};
            replica::SessionView held;
            (void)read(*holder, held);
            replica::SessionView view;
            lab.open(*other, view);
            replica::LockedRead waiting(other->environment(), view);
            waiting.start();
            lab.world.run_until(lab.world.now() + milliseconds(50));
            EXPECT_FALSE(waiting.done());
            write(*holder, held, "changed");
            while (!waiting.done()) ASSERT_TRUE(lab.world.step());
            EXPECT_EQ(as_text(view.content()), "changed");
            write(*other, view, "again");
        }
    }
}

}  // namespace
}  // namespace sessmirror::test

// SPDX-License-Identifier: BSD-3-Clause
#include "replica/settings_check.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

class SettingsCheck : public ::testing::Test {
  protected:
    std::string check(ReplicaLab::Host& host, int redundancy, std::string_view secret) {
        const auto text = replica::describe_settings(host.pool, redundancy, secret);
        replica::SettingsCheck check(host.environment(), lab.key, text);
        EXPECT_TRUE(lab.run(check));
        lab.settle();
        JournalEntry entry;
        return host.journal.take(entry) ? entry.text : "";
    }
    ReplicaLab lab{2, 2};
};

TEST_F(SettingsCheck, IsSilentWhileAllHostsHaveTheSameSettings) {
    EXPECT_EQ(check(lab.host(0), 2, "s"), "");
    EXPECT_EQ(check(lab.host(1), 2, "s"), "");
    EXPECT_EQ(check(lab.host(0), 2, "s"), "");
}

TEST_F(SettingsCheck, TellsWhatDiffersOnAnotherHost) {
    EXPECT_EQ(check(lab.host(0), 2, "s"), "");
    const auto other_secret = check(lab.host(1), 2, "t");
    EXPECT_NE(other_secret.find("its secret"), std::string::npos);
    EXPECT_EQ(other_secret.find("its redundancy"), std::string::npos);
    const auto other_copies = check(lab.host(1), 1, "s");
    EXPECT_NE(other_copies.find("its redundancy"), std::string::npos);
    EXPECT_EQ(other_copies.find("its secret"), std::string::npos);
    EXPECT_EQ(lab.host(1).count(pool::Counter::SettingsMismatches), 4u);
}

TEST_F(SettingsCheck, FindsAHostThatListsOtherStores) {
    EXPECT_EQ(check(lab.host(0), 2, "s"), "");
    auto theirs = replica::describe_settings(lab.host(1).pool, 2, "s");
    theirs.bytes[8] = theirs.bytes[8] == '0' ? '1' : '0';
    replica::SettingsCheck check(lab.host(1).environment(), lab.key, theirs);
    ASSERT_TRUE(lab.run(check));
    JournalEntry entry;
    ASSERT_TRUE(lab.host(1).journal.take(entry));
    EXPECT_NE(std::string_view(entry.text).find("its list of stores"), std::string_view::npos);
}

TEST_F(SettingsCheck, ForgetsSettingsThatNobodyUsesAnyMore) {
    EXPECT_EQ(check(lab.host(0), 2, "old"), "");
    lab.world.run_until(lab.world.now() + std::chrono::seconds(700));
    EXPECT_EQ(check(lab.host(1), 2, "new"), "");
}

TEST_F(SettingsCheck, NeverShowsTheSecret) {
    const auto text = replica::describe_settings(lab.host().pool, 2, "hunter2");
    EXPECT_EQ(text.view().find("hunter2"), std::string_view::npos);
}

}  // namespace
}  // namespace sessmirror::test

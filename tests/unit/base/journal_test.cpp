// SPDX-License-Identifier: BSD-3-Clause
#include "base/journal.h"

#include <gtest/gtest.h>

#include <string>

namespace sessmirror {
namespace {

TEST(Journal, GivesEntriesInTheirOrder) {
    Journal journal;
    journal.add(Severity::Warning, "store %d is down", 1);
    journal.add(Severity::Info, "store %d is up", 1);
    JournalEntry entry;
    ASSERT_TRUE(journal.take(entry));
    EXPECT_STREQ(entry.text, "store 1 is down");
    EXPECT_EQ(entry.severity, Severity::Warning);
    ASSERT_TRUE(journal.take(entry));
    EXPECT_STREQ(entry.text, "store 1 is up");
    EXPECT_FALSE(journal.take(entry));
}

TEST(Journal, KeepsTheFirstEntriesAndCountsTheRest) {
    Journal journal;
    for (int i = 0; i < Journal::kCapacity + 3; ++i) journal.add(Severity::Notice, "%d", i);
    EXPECT_EQ(journal.dropped(), 3u);
    JournalEntry entry;
    ASSERT_TRUE(journal.take(entry));
    EXPECT_STREQ(entry.text, "0");
    journal.add(Severity::Notice, "again");
    std::string last;
    while (journal.take(entry)) last = entry.text;
    EXPECT_EQ(last, "again");
}

}  // namespace
}  // namespace sessmirror

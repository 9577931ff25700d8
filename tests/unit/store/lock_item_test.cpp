// SPDX-License-Identifier: BSD-3-Clause
#include "store/lock_item.h"

#include <gtest/gtest.h>

#include <string>

namespace sessmirror::store {
namespace {

TEST(LockItem, NamesItsOwner) {
    EXPECT_EQ(read_lock_item("h:1").view(), "h:1");
}

TEST(LockItem, ReadsForeignContentAsAnUnknownOwner) {
    EXPECT_EQ(read_lock_item("").view(), "");
    EXPECT_EQ(read_lock_item(std::string(64, 'x')).view(), "");
    EXPECT_EQ(read_lock_item(std::string(63, 'x')).view().size(), 63u);
    EXPECT_EQ(read_lock_item("a b").view(), "");
    EXPECT_EQ(read_lock_item("a|b").view(), "");
    EXPECT_EQ(read_lock_item(std::string("a\0b", 3)).view(), "");
    EXPECT_EQ(read_lock_item("\x1b[2J").view(), "");
}

}  // namespace
}  // namespace sessmirror::store

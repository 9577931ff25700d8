// SPDX-License-Identifier: BSD-3-Clause
#include "store/lock_item.h"

#include <gtest/gtest.h>

#include <string>

namespace sessmirror::store {
namespace {

TEST(LockItem, NamesItsOwner) {
    EXPECT_EQ(read_lock_item("h:1").owner.view(), "h:1");
    EXPECT_FALSE(read_lock_item("h:1").is_ghost);
}

TEST(LockItem, IsAGhostOnceItsOwnOwnerHasWithdrawn) {
    EXPECT_TRUE(read_lock_item("h:1|h:1").is_ghost);
    EXPECT_TRUE(read_lock_item("h:1|h:2|h:1").is_ghost);
    EXPECT_FALSE(read_lock_item("h:1|h:2|h:3").is_ghost);
    EXPECT_FALSE(read_lock_item("h:1|h:11").is_ghost);
    EXPECT_EQ(read_lock_item("h:1|h:2").owner.view(), "h:1");
}

TEST(LockItem, ReadsForeignContentAsAnUnknownOwner) {
    EXPECT_EQ(read_lock_item("").owner.view(), "");
    EXPECT_EQ(read_lock_item(std::string(64, 'x')).owner.view(), "");
    EXPECT_EQ(read_lock_item(std::string(63, 'x')).owner.view().size(), 63u);
    EXPECT_EQ(read_lock_item("a b").owner.view(), "");
    EXPECT_EQ(read_lock_item(std::string("a\0b", 3)).owner.view(), "");
    EXPECT_EQ(read_lock_item("\x1b[2J").owner.view(), "");
}

TEST(LockItem, WithdrawalIsOneAppendOfTheOwner) {
    const SessionKey key = derive_key("p:", "", "abc");
    LockOwner owner;
    std::string("h:1").copy(owner.text, kMaxOwner - 1);
    EXPECT_EQ(withdrawal_command(key, owner),
              "ms p:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz.l 4 MA O0\r\n|h:1\r\n");
}

}  // namespace
}  // namespace sessmirror::store

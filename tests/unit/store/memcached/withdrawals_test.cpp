// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/withdrawals.h"

#include <gtest/gtest.h>

#include <string>

namespace sessmirror::store {
namespace {

TEST(Withdrawals, IsAGhostOnceItsOwnOwnerHasWithdrawn) {
    const auto withdrawn = [](std::string_view list) {
        return is_withdrawn(read_lock_item("h:1"), list);
    };
    EXPECT_TRUE(withdrawn("|h:1"));
    EXPECT_TRUE(withdrawn("|h:2|h:1"));
    EXPECT_TRUE(withdrawn("|h:1|h:2"));
    EXPECT_FALSE(withdrawn(""));
    EXPECT_FALSE(withdrawn("|"));
    EXPECT_FALSE(withdrawn("|h:2|h:3"));
    EXPECT_FALSE(withdrawn("|h:11|h:|h"));
}

TEST(Withdrawals, IsWithdrawnWhetherOrNotOthersWereBefore) {
    const SessionKey key = derive_key("p:", "", "abc");
    LockOwner owner;
    std::string("h:1").copy(owner.text, kMaxOwner - 1);
    EXPECT_EQ(withdrawal_commands({key, owner}),
              "ms p:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz.l.w 4 MA O0\r\n|h:1\r\n"
              "ms p:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz.l.w 4 ME T86400 O1\r\n|h:1\r\n"
              "mg p:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz.l.w T86400 O2\r\n");
}

}  // namespace
}  // namespace sessmirror::store

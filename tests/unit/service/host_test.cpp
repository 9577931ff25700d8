// SPDX-License-Identifier: BSD-3-Clause
#include "service/host.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/system_random.h"
#include "net/event_loop.h"
#include "pool/lock_registry.h"
#include "support/child_process.h"

namespace sessmirror::service {
namespace {

TEST(Host, IsTheSameForServersThatWereStartedApartFromEachOther) {
    const auto one = Host::make();
    const auto other = Host::make();
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->id(), other->id());
    EXPECT_NE(&one->page(), &other->page());
}

// As after a reload of php-fpm, or with a script of the command line.
TEST(Host, ServersThatWereStartedApartFromEachOtherSeeWhichOwnersAreGone) {
    const auto one = Host::make();
    const auto other = Host::make();
    ASSERT_TRUE(one && other);
    const net::EventLoop clock;
    SystemRandom random;
    const auto key = store::derive_key("sm:", "", "a");
    test::ChildProcess killed([&] {
        pool::LockRegistry locks(one->page(), clock, random);
        locks.enter(key, 5, locks.new_owner());
    });
    ASSERT_TRUE(killed.worked());
    store::LockOwner owner;
    for (std::size_t i = 0; i < sizeof owner.text / 8; ++i) {
        for (const pool::LockSlot& slot : one->page().locks) {
            if (slot.claim.load() == 0) continue;
            const std::uint64_t word = slot.owner[i].load();
            std::memcpy(owner.text + 8 * i, &word, 8);
        }
    }
    pool::LockRegistry locks(other->page(), clock, random);
    EXPECT_FALSE(locks.is_dead(owner));
    killed.kill_only();
    EXPECT_TRUE(locks.is_dead(owner));
}

}  // namespace
}  // namespace sessmirror::service

// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/life.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

namespace sessmirror::store {
namespace {

MemcachedLife told(std::initializer_list<std::string_view> lines) {
    MemcachedLife life;
    for (const std::string_view line : lines) life.take(line);
    return life;
}

TEST(MemcachedLife, IsItsProcessAndItsStart) {
    const auto life = told({"pid 77", "uptime 5", "time 1000", "version 1.6.18"}).life();
    ASSERT_TRUE(life);
    EXPECT_TRUE(*life == (Life{77, 995}));
    EXPECT_EQ(life->used_ms, 0u);
}

TEST(MemcachedLife, TellsTheProcessorTimeThatItHasUsed) {
    const auto life =
        told({"pid 1", "uptime 5", "time 1000", "rusage_user 12.345678", "rusage_system 0.054614"})
            .life();
    ASSERT_TRUE(life);
    EXPECT_EQ(life->used_ms, 12'345u + 54u);
    EXPECT_TRUE(*life == (Life{1, 995, 7})) << "which is not a part of its name";
}

TEST(MemcachedLife, ReadsNoNumberWhereThereIsNone) {
    for (const std::string_view line : {"rusage_user ", "rusage_user .", "rusage_user x.1"})
        EXPECT_LE(told({"pid 1", "time 2", line}).life()->used_ms, 1u) << line;
    EXPECT_FALSE(told({"pid 1"}).life());
}

}  // namespace
}  // namespace sessmirror::store

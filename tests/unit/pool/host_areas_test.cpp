// SPDX-License-Identifier: BSD-3-Clause
#include "pool/host_areas.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <set>
#include <string>

namespace sessmirror::pool {
namespace {

constexpr uid_t kAlice = 60001;
constexpr uid_t kBob = 60002;
constexpr TimePoint kNow{std::chrono::seconds(1000)};

// REQUIRES: root, as everywhere where servers become other users. What `work` finds is true.
template <class Work>
bool holds_as(uid_t user, Work work) {
    const pid_t child = fork();
    if (child == 0) _exit(setuid(user) == 0 && work() ? 0 : 1);
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

// Asks the kernel, since touching it would end the test.
bool is_mapped(const void* address) {
    int ends[2] = {-1, -1};
    if (pipe(ends) != 0) return false;
    const bool can_be_read = write(ends[1], address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return can_be_read;
}

class HostAreasOfUsers : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(geteuid(), 0u) << "needs root"; }
    std::unique_ptr<HostAreas> areas = HostAreas::make(0xABC);
};

TEST_F(HostAreasOfUsers, AreFoundByAllProcessesOfTheUser) {
    ASSERT_TRUE(holds_as(kAlice, [&] {
        areas->page().count(Counter::Reads, 3);
        return true;
    }));
    EXPECT_TRUE(holds_as(kAlice, [&] { return areas->page().value(Counter::Reads) == 3; }));
}

TEST_F(HostAreasOfUsers, AreNobodyElses) {
    ASSERT_TRUE(holds_as(kAlice, [&] {
        HostPage& page = areas->page();
        for (std::uint64_t i = 2; i < 1000; ++i) page.slot_for(i, kNow);
        page.missed_count.store(77);
        return page.slot_for(5000, kNow) == nullptr;
    }));
    EXPECT_TRUE(holds_as(kBob, [&] {
        HostPage& page = areas->page();
        return page.slot_for(5000, kNow) != nullptr && page.missed_count.load() == 0;
    }));
}

TEST_F(HostAreasOfUsers, AreOutOfOthersReachFromTheFirstLookOn) {
    HostPage& of_root = areas->page();
    ASSERT_TRUE(is_mapped(&of_root));
    EXPECT_TRUE(holds_as(kAlice, [&] {
        HostPage& page = areas->page();
        const auto* const end = reinterpret_cast<const char*>(&page + 1) - 1;
        return &page != &of_root && is_mapped(&page) && is_mapped(end) && !is_mapped(&of_root) &&
               !is_mapped(reinterpret_cast<const char*>(&page) - 1) &&
               !is_mapped(reinterpret_cast<const char*>(&page) + sizeof page + 128 * 1024);
    }));
    EXPECT_TRUE(is_mapped(&of_root)) << "the server itself has children of other users";
}

TEST_F(HostAreasOfUsers, StayTheSameInAProcessAndInItsChildren) {
    EXPECT_TRUE(holds_as(kAlice, [&] {
        HostPage* const page = &areas->page();
        return page == &areas->page() && holds_as(kAlice, [&] { return page == &areas->page(); });
    }));
}

TEST_F(HostAreasOfUsers, HaveNamesOfTheirOwn) {
    (void)areas->page();
    EXPECT_NE(areas->page().host_id.load(), 0u);
    EXPECT_TRUE(holds_as(kAlice, [&] {
        const auto id = areas->page().host_id.load();
        return id != 0 && id != 0xABC;
    }));
}

TEST_F(HostAreasOfUsers, AreForEachProcessAloneWhenAllAreTaken) {
    for (int i = 0; i < HostAreas::kAreas; ++i) {
        ASSERT_TRUE(holds_as(kAlice + static_cast<uid_t>(i), [&] {
            areas->page().count(Counter::Reads);
            return areas->page().value(Counter::Reads) == 1;
        })) << i;
    }
    const uid_t last = kAlice + HostAreas::kAreas;
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(holds_as(last, [&] {
            areas->page().count(Counter::Reads);
            return areas->page().value(Counter::Reads) == 1 && areas->page().host_id.load() != 0 &&
                   areas->page().slot_for(9, kNow) != nullptr;
        }));
    }
    EXPECT_TRUE(holds_as(kAlice, [&] { return areas->page().value(Counter::Reads) == 1; }));
}

}  // namespace
}  // namespace sessmirror::pool

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "base/bytes.h"
#include "record/version.h"

namespace sessmirror::record {

// The versions that a version descends from, newest first: exact as far as it reaches, and bounded.
// A version that it does not name was written beside it, or is older than it reaches; only the
// first may be merged, and neither may be overwritten in silence.
//
// What stays when there are too many:
//   - the newest kLeast, always;
//   - those of the last kWindow seconds, since a request that runs for that long must recognise
//     what it has read in whatever was written meanwhile (generations are seconds, or run ahead);
//   - the roots: what was there when a member of the replica set went away, as long as the session
//     is written without it. It holds one of them, and can be told from a fork when it returns.
//
// Plain data, copied by what it holds.
class Ancestry {
  public:
    static constexpr std::size_t kMost = 32;
    static constexpr std::size_t kLeast = 4;
    static constexpr std::size_t kRoots = 8;
    static constexpr std::uint32_t kWindow = 10;

    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    Ancestry() noexcept {}
    Ancestry(std::initializer_list<Version> newest_first) noexcept {
        for (const Version version : newest_first) push(version);
    }
    Ancestry(const Ancestry& other) noexcept { *this = other; }
    Ancestry& operator=(const Ancestry& other) noexcept {
        size_ = other.size_;
        roots_ = other.roots_;
        std::copy_n(other.words_.begin(), size_, words_.begin());
        return *this;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Version operator[](std::size_t index) const noexcept {
        return unpacked(words_[index]);
    }
    // The same, as packed() makes numbers of versions.
    [[nodiscard]] std::span<const std::uint64_t> words() const noexcept {
        return {words_.data(), size_};
    }
    // How many of the oldest are roots.
    [[nodiscard]] std::size_t roots() const noexcept { return roots_; }
    void set_roots(std::size_t count) noexcept {
        roots_ = static_cast<std::uint8_t>(std::min<std::size_t>(count, size_));
    }
    // The version that the writer had read; none() for a new session.
    [[nodiscard]] Version parent() const noexcept {
        return size_ == 0 ? Version::none() : unpacked(words_[0]);
    }
    [[nodiscard]] bool contains(Version version) const noexcept {
        return std::ranges::find(words(), packed(version)) != words().end();
    }
    // Whether it may lack recent versions, which were dropped for lack of room (see trim()).
    [[nodiscard]] bool is_full() const noexcept { return size_ >= kMost - 1; }

    // Exactly these, big endian and newest first. REQUIRES: count <= kMost
    void read(const std::byte* stored, std::size_t count) noexcept {
        size_ = static_cast<std::uint8_t>(count);
        roots_ = 0;
        for (std::size_t i = 0; i < count; ++i)
            words_[i] = get_be<std::uint64_t>(stored + i * sizeof(std::uint64_t));
    }
    // Behind the others: an older one. Ignored when there is no room.
    void push(Version version) noexcept {
        if (size_ < kMost) words_[size_++] = packed(version);
    }
    // Into its place, unless it is there. When there is no room the oldest goes.
    void add(Version version) noexcept;
    // Drops what need not stay for a version that descends from all of this and is written now.
    // Leaves room for that version, in the list of the one that follows it.
    enum class Members : std::uint8_t { AllThere, SomeAway };
    void trim(std::uint32_t unix_seconds, Members members) noexcept;

    friend bool operator==(const Ancestry& a, const Ancestry& b) noexcept {
        return a.roots_ == b.roots_ && std::ranges::equal(a.words(), b.words());
    }

  private:
    std::uint8_t size_ = 0;
    std::uint8_t roots_ = 0;
    std::array<std::uint64_t, kMost> words_;  // the first size_ of them
};

}  // namespace sessmirror::record

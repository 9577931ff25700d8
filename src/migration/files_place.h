// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "migration/old_place.h"
#include "migration/place_list.h"
#include "net/event_loop.h"

namespace sessmirror::migration {

// The folder of PHP's own handler: a file "sess_<id>" for each session, and "sess_<id>.sm" for what
// was exported, which whoever clears the folder takes for a session's. A page of that handler holds
// a lock on the file (flock) while it runs; who reads or writes waits for it. An empty file is no
// session: it may have been made by whoever asked for one.
//
// Files that belong to neither root nor this process' user, symbolic links and whatever is no plain
// file are refused, as that handler does.
class FilesPlace final : public OldPlace {
  public:
    // The loop outlives this. Larger sessions than `max_bytes` are not read.
    FilesPlace(PlaceSpec spec, net::EventLoop& loop, std::uint64_t max_bytes)
        : spec_(std::move(spec)), name_(spec_.name()), loop_(loop), max_bytes_(max_bytes) {}

    [[nodiscard]] const std::string& name() const noexcept override { return name_; }
    Result<OldState> read(std::string_view id, std::uint32_t lifetime_s, Held held,
                          TimePoint deadline) override;
    Status write(std::string_view id, ByteView content, std::uint32_t lifetime_s, Held held,
                 TimePoint deadline) override;
    Result<bool> touch(std::string_view id, std::uint32_t lifetime_s, TimePoint deadline) override;
    Status erase(std::string_view id, TimePoint deadline) override;
    // Of a session without a file there is no lock, and it counts as held.
    Result<Lock> try_lock(std::string_view id, std::uint32_t lease_s, TimePoint deadline) override;
    Status unlock(std::string_view id, const Lock& lock, TimePoint deadline) override;

  private:
    [[nodiscard]] std::string file_of(std::string_view id) const;
    [[nodiscard]] std::string mark_file_of(std::string_view id) const;
    [[nodiscard]] Error failure(const char* what, int code) const noexcept;
    Status wait_for(int file, int lock, TimePoint deadline) noexcept;
    Result<std::optional<OldSession>> session_in(int file, std::uint32_t lifetime_s) const;
    Result<Bytes> contents(int file, std::uint64_t size) const;
    Status replace(int file, ByteView content) const;

    const PlaceSpec spec_;
    const std::string name_;
    net::EventLoop& loop_;
    const std::uint64_t max_bytes_;
};

}  // namespace sessmirror::migration

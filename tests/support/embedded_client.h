// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#ifdef SESSMIRROR_WITH_LMDB

#include <unistd.h>

#include <memory>
#include <string>

#include "store/embedded/engine.h"
#include "store/embedded/store.h"
#include "support/store_client.h"
#include "support/temporary_directory.h"

namespace sessmirror::test {

// Wall time that passes only when the test says so.
class WallClock final : public Clock {
  public:
    TimePoint now() const noexcept override { return TimePoint(std::chrono::seconds(unix)); }
    std::uint32_t unix_seconds() const noexcept override { return unix + ahead; }
    std::uint32_t unix = 1'700'000'000;
    std::uint32_t ahead = 0;  // by which the system's time has been set forward
};

// A directory with an embedded store, for clients that each stand for a worker.
class EmbeddedDirectory {
  public:
    explicit EmbeddedDirectory(std::uint32_t size_mb = 16) {
        spec.engine = &store::kEmbeddedEngine;
        spec.transport = store::Transport::Directory;
        spec.host = directory_.path();
        (void)spec.own.set(store::kEmbeddedSize, std::to_string(size_mb));
    }
    [[nodiscard]] std::unique_ptr<StoreClient> client() {
        return std::make_unique<StoreClient>([this](net::EventLoop& loop) {
            return std::make_unique<store::LmdbStore>(spec, 0, loop, clock, 16u << 20, &journal);
        });
    }
    // Of the files that are made there: "mdb", "mdb-lock", "locks"; of the set of that number.
    [[nodiscard]] std::string file(const std::string& suffix, int set = 1) const {
        return directory_.path() + "/sessmirror-" + std::to_string(::geteuid()) +
               (set == 1 ? "" : "-" + std::to_string(set)) + "." + suffix;
    }
    [[nodiscard]] const std::string& path() const { return directory_.path(); }

    // What the workers have told the administrator since the last call, one text after the other.
    [[nodiscard]] std::string told() {
        std::string all;
        for (JournalEntry entry; journal.take(entry);) all.append(entry.text).append("\n");
        return all;
    }

    WallClock clock;
    Journal journal;
    store::StoreSpec spec;

  private:
    TemporaryDirectory directory_;
};

}  // namespace sessmirror::test

#endif  // SESSMIRROR_WITH_LMDB

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "simulation/cluster.h"
#include "simulation/history.h"

namespace sessmirror::simulation {

// A session's payload as simulated requests write it: a key for each of its changes.
Bytes encode_ops(const std::vector<OpId>& ops);
std::vector<OpId> decode_ops(ByteView payload);  // in the order in which they were written

inline constexpr const char* kKeyPrefix = "sm:";
store::SessionKey key_of_session(int session);

// Looks at the stores' memory without asking them: what no client can see, and what the checker
// needs to tell a broken promise from one that could not be kept.
class Witness {
  public:
    // `redundancy` as in replica::Policy.
    Witness(Cluster& cluster, int redundancy) noexcept
        : cluster_(cluster), redundancy_(redundancy) {}

    // A store's copy at some time, and marks that show whether it stood undisturbed ever since.
    struct Standing {
        int store = 0;
        record::Version version;
        bool is_tombstone = false;
        int outages = 0;
        std::size_t losses = 0;
        int troubles = 0;
    };
    // Copies on stores that run and that `host` can reach.
    [[nodiscard]] std::vector<Standing> copies_in_reach(int host, const store::SessionKey& key);
    // The newest of `before` that is still in reach and was so all the time.
    [[nodiscard]] Standing newest_that_stood(int host, const store::SessionKey& key,
                                             const std::vector<Standing>& before);

    [[nodiscard]] FinalState final_state(int session);
    [[nodiscard]] std::vector<Loss> losses(int sessions);  // by time
    // Collisions that hosts have counted and no call has.
    [[nodiscard]] std::uint64_t collisions_aside(const History& history) const noexcept;

  private:
    Cluster& cluster_;
    int redundancy_;
};

}  // namespace sessmirror::simulation

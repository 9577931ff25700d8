// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>

#include "simulation/checker.h"

namespace sessmirror::simulation {

// How often each kind was found, kinds that were not found left out: for tests of hand-made
// histories.
using Found = std::map<Finding, int>;
inline Found found_in(const Report& report) {
    Found found;
    for (int i = 0; i < static_cast<int>(Finding::kCount); ++i)
        if (const int n = report.count(static_cast<Finding>(i)); n != 0)
            found[static_cast<Finding>(i)] = n;
    return found;
}

}  // namespace sessmirror::simulation

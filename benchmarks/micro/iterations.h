// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <benchmark/benchmark.h>

#include <cstdlib>

namespace sessmirror::bench {

// BENCHMARK(...)->Apply(as_asked): as many iterations as SESSMIRROR_BENCH_ITERATIONS says, for
// whoever counts instructions (scripts/instructions); as many as the clock needs where it says
// nothing.
inline void as_asked(benchmark::internal::Benchmark* benchmark) {
    const char* const asked = std::getenv("SESSMIRROR_BENCH_ITERATIONS");
    if (asked != nullptr) benchmark->Iterations(std::atoi(asked));
}

}  // namespace sessmirror::bench

// SPDX-License-Identifier: BSD-3-Clause
// What it costs to join two requests' changes of one session, in the forms that PHP has for it.
#include <benchmark/benchmark.h>

#include <string>

#include "micro/iterations.h"
#include "record/merge.h"

namespace {

using sessmirror::bench::as_asked;
using sessmirror::record::Merge;
using sessmirror::record::Serialization;
using sessmirror::record::three_way_merge;

// A session of `keys` small arrays; `changed` has another number in it.
std::string session(std::int64_t keys, std::int64_t changed) {
    std::string text;
    for (std::int64_t i = 0; i < keys; ++i)
        text += "key" + std::to_string(i) + "|a:2:{s:4:\"name\";s:5:\"apple\";s:5:\"count\";i:" +
                std::to_string(i == changed ? 2 : 1) + ";}";
    return text;
}

void merge_sessions(benchmark::State& state) {
    const std::string base = session(state.range(0), -1);
    const std::string mine = session(state.range(0), 0);
    const std::string theirs = session(state.range(0), 1);
    const auto merge = [&] { return three_way_merge(Serialization::Php, base, mine, theirs); };
    const Merge once = merge();
    if (once.outcome != Merge::Outcome::Merged || once.collisions != 0 || once.payload == mine ||
        once.payload == theirs)
        return state.SkipWithError("not the changes of both");
    for (auto _ : state) benchmark::DoNotOptimize(merge());
}
BENCHMARK(merge_sessions)->Apply(as_asked)->Arg(5)->Arg(50);

}  // namespace

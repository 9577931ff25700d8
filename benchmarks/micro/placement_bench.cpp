// SPDX-License-Identifier: BSD-3-Clause
// What it costs to find out where a session lives: its key from its id, then the order of stores.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "micro/iterations.h"
#include "pool/placement.h"
#include "pool/store_list.h"
#include "store/session_key.h"

namespace {

using sessmirror::bench::as_asked;
using sessmirror::pool::Placement;
using sessmirror::pool::Ranking;
using sessmirror::store::derive_key;
using sessmirror::store::SessionKey;

constexpr int kCopies = 3;  // the default
constexpr const char* kId = "2f6ad0ce9b1547c38e0d9a4f7b5c6d81";

void derive_session_key(benchmark::State& state) {
    const std::string secret(static_cast<std::size_t>(state.range(0)), 's');
    const SessionKey key = derive_key("sm:", secret, kId);
    if (key.text().size() != 3 + SessionKey::kHashChars || key == derive_key("sm:", "other", kId))
        return state.SkipWithError("not a key, or not a keyed one");
    for (auto _ : state) benchmark::DoNotOptimize(derive_key("sm:", secret, kId));
}
BENCHMARK(derive_session_key)->Apply(as_asked)->Arg(0)->Arg(32);

std::string list_of(std::int64_t stores, bool with_weights = true) {
    std::string list;
    for (std::int64_t i = 1; i <= stores; ++i)
        list += (i > 1 ? "," : "") + ("tcp://10.0.0." + std::to_string(i)) + ":11211" +
                (with_weights ? "?weight=" + std::to_string(i % 3 + 1) : "");
    return list;
}

void parse_store_list(benchmark::State& state) {
    const std::string list = list_of(state.range(0));
    const auto specs = sessmirror::pool::parse_store_list(list);
    if (!specs || static_cast<std::int64_t>(specs->size()) != state.range(0) ||
        specs->front().name() != "10.0.0.1:11211")
        return state.SkipWithError("the list was not understood");
    for (auto _ : state) benchmark::DoNotOptimize(sessmirror::pool::parse_store_list(list));
}
BENCHMARK(parse_store_list)->Apply(as_asked)->Arg(2)->Arg(16);

bool ranks_all(const Ranking& ranking, std::int64_t stores) {
    std::vector<std::uint8_t> seen(ranking.all().begin(), ranking.all().end());
    std::sort(seen.begin(), seen.end());
    const bool unique = std::adjacent_find(seen.begin(), seen.end()) == seen.end();
    return unique && static_cast<std::int64_t>(seen.size()) == stores;
}

void rank(benchmark::State& state, bool with_weights) {
    const auto specs = sessmirror::pool::parse_store_list(list_of(state.range(0), with_weights));
    if (!specs) return state.SkipWithError("the list was not understood");
    const Placement placement(*specs);
    const SessionKey key = derive_key("sm:", "", kId);
    if (!ranks_all(placement.rank(key, kCopies), state.range(0)))
        return state.SkipWithError("a store is missing or ranked twice");
    for (auto _ : state) benchmark::DoNotOptimize(placement.rank(key, kCopies));
}

void rank_stores(benchmark::State& state) {
    rank(state, false);
}
BENCHMARK(rank_stores)->Apply(as_asked)->Arg(2)->Arg(3)->Arg(16)->Arg(64);

void rank_weighted_stores(benchmark::State& state) {
    rank(state, true);
}
BENCHMARK(rank_weighted_stores)->Apply(as_asked)->Arg(3)->Arg(64);

}  // namespace

// SPDX-License-Identifier: BSD-3-Clause
// What every request does besides talking to stores: it looks whether they are up, reports that
// they answered, and reads and makes the client's token and the hints.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "base/system_random.h"
#include "micro/iterations.h"
#include "pool/health.h"
#include "pool/host_page.h"
#include "replica/cas_hints.h"
#include "replica/freshness_token.h"

namespace {

using namespace sessmirror;
using bench::as_asked;

class StillClock final : public Clock {
  public:
    [[nodiscard]] TimePoint now() const noexcept override { return TimePoint(milliseconds(1)); }
    [[nodiscard]] std::uint32_t unix_seconds() const noexcept override { return 1'700'000'000; }
};

void check_health(benchmark::State& state) {
    const auto page = std::make_unique<pool::HostPage>();
    const StillClock clock;
    SystemRandom random;
    pool::Health health(page->stores[0], page->holdings[0], clock, random);
    health.report_answer(std::chrono::microseconds(100));
    if (!health.is_up() || health.latency() != std::chrono::microseconds(100))
        return state.SkipWithError("not up after an answer");
    for (auto _ : state) {
        benchmark::DoNotOptimize(health.is_up());
        benchmark::DoNotOptimize(health.report_answer(std::chrono::microseconds(100)));
    }
}
BENCHMARK(check_health)->Apply(as_asked);

void pass_token_on(benchmark::State& state) {
    const auto key = store::derive_key("sm:", "", "2f6ad0ce9b1547c38e0d9a4f7b5c6d81");
    const replica::FreshnessToken token{{1'700'000'001, 7}, replica::FreshnessToken::Kind::Exact};
    const replica::TokenSeal seal("correct horse battery staple");
    const auto pass = [&] {
        return replica::parse_token(replica::TokenText(token, key, seal).view(), key, seal);
    };
    if (pass() != token) return state.SkipWithError("not the token that was made");
    for (auto _ : state) benchmark::DoNotOptimize(pass());
}
BENCHMARK(pass_token_on)->Apply(as_asked);

void pass_hints_on(benchmark::State& state) {
    const record::Version about{1'700'000'001, 7};
    replica::CasHints hints(about);
    for (std::uint64_t store = 1; store <= 3; ++store) hints.add(store, store + 1000);
    const auto pass = [&] {
        return replica::CasHints::decode(hints.encode().view()).find(about, 3);
    };
    if (pass() != 1003) return state.SkipWithError("not the hints that were made");
    for (auto _ : state) benchmark::DoNotOptimize(pass());
}
BENCHMARK(pass_hints_on)->Apply(as_asked);

}  // namespace

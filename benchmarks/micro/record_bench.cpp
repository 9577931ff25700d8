// SPDX-License-Identifier: BSD-3-Clause
// What the envelope costs per request: both directions hash the whole payload.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>

#include "micro/iterations.h"
#include "record/envelope.h"

namespace {

using sessmirror::Bytes;
using sessmirror::ByteView;
using sessmirror::bench::as_asked;
namespace record = sessmirror::record;

constexpr std::string_view kKey = "sm:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz";

Bytes payload_of(std::size_t size) {
    Bytes payload(size);
    std::uint32_t state = 1;
    for (std::byte& byte : payload)
        byte = static_cast<std::byte>((state = state * 69069 + 1) >> 24);
    return payload;
}

record::Envelope envelope() {
    record::Envelope result;
    result.version = {1700000001, 7};
    result.ancestors = {{1700000000, 5}, {1699999990, 6}, {1699999980, 7}, {1699999970, 8}};
    result.modified_unix = 1700000001;
    return result;
}

Bytes stored(ByteView payload) {
    const auto header = record::encode(envelope(), kKey, payload);
    Bytes result(header.size() + payload.size());
    const auto after = std::copy(header.view().begin(), header.view().end(), result.begin());
    std::copy(payload.begin(), payload.end(), after);
    return result;
}

bool survives(const Bytes& value, ByteView payload) {
    const auto decoded = record::decode(kKey, value);
    return decoded && decoded->envelope.version == envelope().version &&
           std::equal(decoded->payload.begin(), decoded->payload.end(), payload.begin(),
                      payload.end());
}

void encode_envelope(benchmark::State& state) {
    const Bytes payload = payload_of(static_cast<std::size_t>(state.range(0)));
    if (!survives(stored(payload), payload)) return state.SkipWithError("not what was encoded");
    const record::Envelope header = envelope();
    for (auto _ : state) benchmark::DoNotOptimize(record::encode(header, kKey, payload));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(encode_envelope)->Apply(as_asked)->Arg(1000)->Arg(10'000)->Arg(100'000);

void decode_envelope(benchmark::State& state) {
    const Bytes payload = payload_of(static_cast<std::size_t>(state.range(0)));
    const Bytes value = stored(payload);
    Bytes damaged = value;
    damaged.back() ^= std::byte{1};
    if (!survives(value, payload) || record::decode(kKey, damaged))
        return state.SkipWithError("not what was encoded, or damage not seen");
    for (auto _ : state) benchmark::DoNotOptimize(record::decode(kKey, value));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(decode_envelope)->Apply(as_asked)->Arg(1000)->Arg(10'000)->Arg(100'000);

}  // namespace

// SPDX-License-Identifier: BSD-3-Clause
#include "store/redis/value.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace sessmirror;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

// Whatever stands under a session's key has a CAS, that of its version if it is a session's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView stored(reinterpret_cast<const std::byte*>(data), size);
    const store::Cas cas = store::cas_in(stored);
    require(cas != 0);
    const auto bytes = store::bytes_of(cas);
    require(get_be<store::Cas>(bytes.data()) == cas);
    const auto record = record::decode("sm:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz", stored);
    if (!record) return 0;
    const record::Version version = record->envelope.version;
    require(cas == (std::uint64_t{version.generation} << 32 | version.nonce));
    return 0;
}

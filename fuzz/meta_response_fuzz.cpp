// SPDX-License-Identifier: BSD-3-Clause
#include "cut_replies.h"

using namespace sessmirror;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::read_in_every_way(wire::Dialect::Meta, data, size);
    return 0;
}

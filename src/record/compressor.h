// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "record/envelope.h"

namespace sessmirror::record {

// Turns payloads into zstd frames (Codec::Zstd) and back. Keeps what zstd works with, which is made
// at first use, so a worker has one Compressor. Not thread-safe.
//
// libzstd is optional. In a build without it nothing is compressed, and a compressed payload gives
// Errc::Unreadable: it is intact, and must not be treated as damaged.
class Compressor {
  public:
    Compressor() noexcept;
    ~Compressor();
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;

    static bool is_available() noexcept;
    // "1.5.4", of the library that was loaded; "not built in" without it. Static.
    static const char* library_version() noexcept;

    // Makes one frame of `plain`. False, and an empty frame, when it would not save an eighth: then
    // it is not worth the readers' time. False without memory, too.
    bool compress(ByteView plain, Bytes& frame);

    // What the frame was made from. Accepts any input, and allocates no more than `max` bytes for
    // it. On failure `plain` is empty:
    //   Errc::Corrupt      not exactly one whole frame that tells its size
    //   Errc::TooLarge     a frame of more than `max` bytes
    //   Errc::Unreadable   this build has no libzstd
    //   Errc::OutOfMemory
    Status decompress(ByteView frame, std::uint64_t max, Bytes& plain);

    // The payload of a record whose codec is not Codec::Plain, as PHP's serializer made it. Fails
    // as decompress() does; Errc::Unreadable for a codec that this release does not know.
    Status expand(const Record& record, std::uint64_t max, Bytes& plain);

  private:
    struct Contexts;
    std::unique_ptr<Contexts> contexts_;
};

}  // namespace sessmirror::record

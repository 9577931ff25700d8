// SPDX-License-Identifier: BSD-3-Clause
#include "record/compressor.h"

#include "base/allocation.h"

#ifdef SESSMIRROR_WITH_ZSTD
#include <zstd.h>

#include <new>
#endif

namespace sessmirror::record {

Status Compressor::expand(const Record& record, std::uint64_t max, Bytes& plain) {
    if (record.envelope.codec == Codec::Zstd) return decompress(record.payload, max, plain);
    return Error(Errc::Unreadable, "the session is stored with codec %u, unknown to this release",
                 static_cast<unsigned>(record.envelope.codec));
}

#ifdef SESSMIRROR_WITH_ZSTD

namespace {

// For serialized arrays of 4 KB to 1 MB level 3 saved no more than this, and took a fifth to five
// times longer; lower levels send a quarter more.
constexpr int kLevel = 1;
constexpr std::size_t kLeastSaving = 8;  // an eighth

Error damaged() noexcept {
    return Error(Errc::Corrupt, "the stored payload is no whole zstd frame");
}

// Bytes that the frame says it was made from; 0 when it is not exactly one frame that tells. The
// magic number keeps formats out that zstd reads as well: of its first releases, and frames that
// are skipped.
unsigned long long declared_size(ByteView frame) noexcept {
    constexpr std::uint32_t kMagic = 0x28b52ffd;
    if (frame.size() < sizeof kMagic || get_be<std::uint32_t>(frame.data()) != kMagic) return 0;
    if (::ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) return 0;
    const unsigned long long size = ::ZSTD_getFrameContentSize(frame.data(), frame.size());
    return size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ? 0 : size;
}

}  // namespace

struct Compressor::Contexts {
    struct Free {
        void operator()(::ZSTD_CCtx* context) const noexcept { ::ZSTD_freeCCtx(context); }
        void operator()(::ZSTD_DCtx* context) const noexcept { ::ZSTD_freeDCtx(context); }
    };
    std::unique_ptr<::ZSTD_CCtx, Free> encoder;
    std::unique_ptr<::ZSTD_DCtx, Free> decoder;
};

Compressor::Compressor() noexcept = default;
Compressor::~Compressor() = default;

bool Compressor::is_available() noexcept {
    return true;
}

const char* Compressor::library_version() noexcept {
    return ::ZSTD_versionString();
}

bool Compressor::compress(ByteView plain, Bytes& frame) {
    frame.clear();
    if (!contexts_) contexts_ = std::make_unique<Contexts>();
    if (!contexts_->encoder) contexts_->encoder.reset(::ZSTD_createCCtx());
    if (!contexts_->encoder) return false;
    // What does not fit is not worth it: zstd gives up early.
    const std::size_t worth_it = plain.size() - plain.size() / kLeastSaving;
    if (!try_to_allocate([&] { frame.resize(worth_it); })) return false;
    const std::size_t size = ::ZSTD_compressCCtx(contexts_->encoder.get(), frame.data(),
                                                 frame.size(), plain.data(), plain.size(), kLevel);
    const bool is_worth_it = ::ZSTD_isError(size) == 0;
    frame.resize(is_worth_it ? size : 0);
    return is_worth_it;
}

Status Compressor::decompress(ByteView frame, std::uint64_t max, Bytes& plain) {
    plain.clear();
    const unsigned long long size = declared_size(frame);
    if (size == 0) return damaged();
    if (size > max)
        return Error(Errc::TooLarge,
                     "the stored session has %llu bytes, more than sessmirror.max_session_bytes "
                     "here, %llu",
                     size, static_cast<unsigned long long>(max));
    try {
        if (!contexts_) contexts_ = std::make_unique<Contexts>();
        plain.resize(static_cast<std::size_t>(size));
    } catch (const std::bad_alloc&) {
        return Error(Errc::OutOfMemory, "no memory for a session of %llu bytes", size);
    }
    if (!contexts_->decoder) contexts_->decoder.reset(::ZSTD_createDCtx());
    if (!contexts_->decoder) {
        plain.clear();
        return Error(Errc::OutOfMemory, "no memory to decompress a session");
    }
    const std::size_t made = ::ZSTD_decompressDCtx(contexts_->decoder.get(), plain.data(),
                                                   plain.size(), frame.data(), frame.size());
    if (made == plain.size()) return kOk;
    plain.clear();
    return damaged();
}

#else

struct Compressor::Contexts {};

Compressor::Compressor() noexcept = default;
Compressor::~Compressor() = default;

bool Compressor::is_available() noexcept {
    return false;
}

const char* Compressor::library_version() noexcept {
    return "not built in";
}

bool Compressor::compress(ByteView, Bytes& frame) {
    frame.clear();
    return false;
}

Status Compressor::decompress(ByteView, std::uint64_t, Bytes& plain) {
    plain.clear();
    return Error(Errc::Unreadable,
                 "the session is compressed with zstd, and sessmirror was built without libzstd on "
                 "this host (Debian and Ubuntu: apt-get install libzstd-dev, then build again)");
}

#endif

}  // namespace sessmirror::record

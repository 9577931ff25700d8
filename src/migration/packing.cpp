// SPDX-License-Identifier: BSD-3-Clause
#include "migration/packing.h"

#ifdef SESSMIRROR_WITH_ZLIB
#include <zlib.h>

#include <algorithm>
#include <array>
#endif

namespace sessmirror::migration {

#ifdef SESSMIRROR_WITH_ZLIB

namespace {

class Inflater {
  public:
    Inflater() noexcept { is_ready_ = ::inflateInit(&stream_) == Z_OK; }
    ~Inflater() {
        if (is_ready_) ::inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
    [[nodiscard]] z_stream& stream() noexcept { return stream_; }

  private:
    z_stream stream_{};
    bool is_ready_ = false;
};

}  // namespace

const char* zlib_library() noexcept {
    return ::zlibVersion();
}

// The stream does not tell how much is in it.
Result<Bytes> unpack_zlib(const std::string& name, ByteView packed, std::uint64_t max) {
    Inflater inflater;
    if (!inflater.is_ready()) return Error(Errc::OutOfMemory, "no memory to unpack a session");
    z_stream& stream = inflater.stream();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    Bytes content;
    std::array<std::byte, 16 * 1024> room;
    int step = Z_OK;
    while (step == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef*>(room.data());
        stream.avail_out = static_cast<uInt>(room.size());
        step = ::inflate(&stream, Z_NO_FLUSH);
        const std::size_t made = room.size() - stream.avail_out;
        if (content.size() + made > max)
            return Error(Errc::TooLarge, "%.120s has a session of over %llu bytes", name.c_str(),
                         static_cast<unsigned long long>(max));
        content.insert(content.end(), room.begin(),
                       room.begin() + static_cast<std::ptrdiff_t>(made));
    }
    if (step != Z_STREAM_END || stream.avail_in != 0)
        return Error(Errc::Corrupt, "%.120s has a session that zlib cannot unpack", name.c_str());
    return content;
}

#else

const char* zlib_library() noexcept {
    return "not built in";
}

Result<Bytes> unpack_zlib(const std::string& name, ByteView, std::uint64_t) {
    return Error(Errc::Unreadable,
                 "%.100s has a session that zlib has packed, and sessmirror was built without zlib",
                 name.c_str());
}

#endif

}  // namespace sessmirror::migration

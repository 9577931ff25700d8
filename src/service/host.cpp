// SPDX-License-Identifier: BSD-3-Clause
#include "service/host.h"

#include <sodium.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <new>

#include "base/fork_guard.h"
#include "migration/packing.h"
#include "net/library_version.h"
#include "record/compressor.h"
#include "store/engines.h"

namespace sessmirror::service {
namespace {

std::uint64_t draw_id() noexcept {
    std::uint64_t id = 0;
    while (id == 0) randombytes_buf(&id, sizeof id);
    return id;
}

}  // namespace

std::unique_ptr<Host> Host::make() noexcept {
    if (sodium_init() < 0) return nullptr;
    watch_forks();
    auto areas = pool::HostAreas::make(draw_id());
    if (!areas) return nullptr;
    return std::unique_ptr<Host>(new (std::nothrow) Host(std::move(areas)));
}

std::uint64_t Host::id() const noexcept {
    return page().host_id.load(std::memory_order_relaxed);
}

Host::CounterValue Host::counter(int index) const noexcept {
    const auto counter = static_cast<pool::Counter>(index);
    return {pool::counter_name(counter), page().value(counter)};
}

std::uint32_t Host::last_import_unix() const noexcept {
    return page().last_import_unix.load(std::memory_order_relaxed);
}

const char* Host::libraries() noexcept {
    // Trivially destructible: nothing is left to run when PHP unloads the extension.
    static const struct Text {
        char bytes[256];
        Text() noexcept {
            int size =
                std::snprintf(bytes, sizeof bytes,
                              "libevent %s, xxHash %d.%d.%d, libsodium %s, libzstd %s, zlib %s",
                              net::event_library_version(), XXH_VERSION_MAJOR, XXH_VERSION_MINOR,
                              XXH_VERSION_RELEASE, sodium_version_string(),
                              record::Compressor::library_version(), migration::zlib_library());
            for (const store::Engine* const engine : store::engines())
                size += append(*engine, std::min<std::size_t>(static_cast<std::size_t>(size),
                                                              sizeof bytes - 1));
        }
        int append(const store::Engine& engine, std::size_t size) noexcept {
            const auto [name, version] = engine.library;
            if (name == nullptr) return 0;
            return std::snprintf(bytes + size, sizeof bytes - size, ", %s %s", name,
                                 version == nullptr ? "not built in" : version());
        }
    } text;
    return text.bytes;
}

}  // namespace sessmirror::service

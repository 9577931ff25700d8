// SPDX-License-Identifier: BSD-3-Clause
#include "service/host.h"

#include <sodium.h>
#include <xxhash.h>

#include <cstdio>
#include <new>

#include "base/fork_guard.h"
#include "net/library_version.h"
#include "record/compressor.h"
#include "store/embedded/engine.h"
#include "store/redis/store.h"

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

const char* Host::libraries() noexcept {
    // Trivially destructible: nothing is left to run when PHP unloads the extension.
    static const struct Text {
        char bytes[192];
        Text() noexcept {
            std::snprintf(bytes, sizeof bytes,
                          "libevent %s, xxHash %d.%d.%d, libsodium %s, libzstd %s, LMDB %s, "
                          "hiredis %s",
                          net::event_library_version(), XXH_VERSION_MAJOR, XXH_VERSION_MINOR,
                          XXH_VERSION_RELEASE, sodium_version_string(),
                          record::Compressor::library_version(), store::embedded_store_library(),
                          store::redis_library());
        }
    } text;
    return text.bytes;
}

}  // namespace sessmirror::service

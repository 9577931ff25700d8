// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded/engine.h"

#include <array>

#ifdef SESSMIRROR_WITH_LMDB
#include <lmdb.h>

#include <cstdio>

#include "store/embedded/inventory.h"
#include "store/embedded/store.h"
#endif

namespace sessmirror::store {
namespace {

constexpr std::array<std::string_view, 1> kSchemes = {"lmdb"};
constexpr std::array kParameters = {kEmbeddedSize};
constexpr std::size_t kMaxDirectory = 1024;

// The weight is never given: there is nothing to share the sessions with.
Result<Given> parse_directory(std::string_view text, StoreSpec& spec) {
    if (text.empty() || text.front() != '/')
        return Error(Errc::BadConfig,
                     "the directory of an embedded store must be absolute: lmdb:///directory");
    if (text.size() > kMaxDirectory || !is_path(text))
        return Error(Errc::BadConfig,
                     "the directory of an embedded store has at most %zu characters, none of them "
                     "a control character",
                     kMaxDirectory);
    while (text.size() > 1 && text.back() == '/') text.remove_suffix(1);
    spec.transport = Transport::Directory;
    spec.host = std::string(text);
    return Given{};
}

std::string name_directory(const StoreSpec& spec) {
    return std::string(kSchemes.front()) + "://" + spec.host;
}

#ifdef SESSMIRROR_WITH_LMDB

constexpr const char* kMissing = nullptr;

const char* library() noexcept {
    static const struct Text {
        char bytes[24];
        Text() noexcept {
            int major = 0, minor = 0, patch = 0;
            mdb_version(&major, &minor, &patch);
            std::snprintf(bytes, sizeof bytes, "%d.%d.%d", major, minor, patch);
        }
    } text;
    return text.bytes;
}

Result<OpenedStore> open_embedded(const StoreSpec& spec, int index, const OpenContext& context) {
    auto store = std::make_unique<LmdbStore>(spec, index, context.loop, context.loop,
                                             context.defaults.max_payload, &context.journal);
    if (const auto opened = store->open(); !opened) return opened.error();
    return OpenedStore{std::move(store),
                       std::make_unique<LmdbInventory>(spec, context.loop, context.loop)};
}

#else

constexpr const char* kMissing =
    "this build has no embedded store (install liblmdb-dev and build again)";

constexpr const char* (*library)() noexcept = nullptr;
constexpr auto open_embedded = nullptr;

#endif  // SESSMIRROR_WITH_LMDB

}  // namespace

constinit const Engine kEmbeddedEngine = {
    .name = "embedded",
    .schemes = kSchemes,
    .notation = "lmdb://",
    .parameters = kParameters,
    .parse_target = parse_directory,
    .name_of = name_directory,
    .is_local = true,
    .stands_alone = true,
    .library = {"LMDB", library},
    .missing = kMissing,
    .open = open_embedded,
};

}  // namespace sessmirror::store

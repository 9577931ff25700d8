// SPDX-License-Identifier: BSD-3-Clause
#include "service/configured_stores.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "migration/place_list.h"
#include "pool/store_list.h"
#include "store/engines.h"

namespace sessmirror::service {
namespace {

bool is_directory(const std::string& path) noexcept {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

// session.save_path as the handler `files` has it: a directory, on which no store can listen.
Status take_directories_for_stores(std::vector<store::StoreSpec>& specs) {
    for (store::StoreSpec& spec : specs) {
        if (spec.engine != &store::usual_engine() || spec.has_address() || !is_directory(spec.host))
            continue;
        const store::Engine& engine = store::directory_engine();
        if (engine.missing != nullptr)
            return Error(Errc::BadConfig,
                         "no stores are configured: %.100s is a folder, not the socket of a store, "
                         "and %s",
                         spec.host.c_str(), engine.missing);
        spec.engine = &engine;
        spec.transport = store::Transport::Directory;
    }
    return pool::check_embedded_is_alone(specs);
}

}  // namespace

// Whoever configures nothing has one web server.
Result<std::vector<store::StoreSpec>> configured_stores(const Options& options,
                                                        std::string_view list) {
    const bool is_empty = list.find_first_not_of(" \t\r\n") == std::string_view::npos;
    const store::Engine& engine = store::directory_engine();
    if (is_empty && engine.missing == nullptr && !options.embedded_directory.empty()) {
        store::StoreSpec spec;
        spec.engine = &engine;
        spec.transport = store::Transport::Directory;
        spec.host = options.embedded_directory;
        return std::vector{spec};
    }
    auto specs = pool::parse_store_list(list);
    if (!specs && is_empty && engine.missing != nullptr)
        specs.error().append("; %s", engine.missing);
    if (!specs) return specs;
    if (const auto ok = take_directories_for_stores(*specs); !ok) return ok.error();
    return specs;
}

std::vector<std::string> local_paths(const Options& options, std::string_view list) {
    std::vector<std::string> paths;
    for (const std::string& places : {options.import_from, options.export_to})
        if (const auto old_places = migration::parse_places("", places))
            for (const migration::PlaceSpec& place : *old_places)
                if (!place.path.empty()) paths.push_back(place.path);
    const auto specs = configured_stores(options, list);
    if (!specs) return paths;
    for (const store::StoreSpec& spec : *specs)
        if (!spec.has_address()) paths.push_back(spec.host);
    return paths;
}

bool gives_password(std::string_view list) {
    const auto specs = pool::parse_store_list(list);
    return specs && std::any_of(specs->begin(), specs->end(),
                                [](const auto& spec) { return !spec.password.empty(); });
}

}  // namespace sessmirror::service

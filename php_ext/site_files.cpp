// SPDX-License-Identifier: BSD-3-Clause
#include "site_files.h"

#include <string>
#include <utility>

#include "boundary.h"
#include "service/protected_file.h"

namespace sessmirror::shim {
namespace {

struct File {
    std::string path;
    std::string text;
};
// Pointers, because a static object with a destructor must not exist in a library that is unloaded.
File* early_secret = nullptr;
File* early_stores = nullptr;

void read_early(std::string_view path, File*& out) noexcept {
    if (path.empty()) return;
    (void)guarded([&]() -> Status {
        auto text = service::read_protected_file(std::string(path));
        if (text) out = new File{std::string(path), std::move(*text)};
        return kOk;
    });
}

Status apply(const char* directive, const std::string& path, const File* early, std::string& out) {
    if (path.empty()) return kOk;
    if (!out.empty())
        return Error(Errc::BadConfig, "sessmirror.%s and sessmirror.%s_file are both set: give one",
                     directive, directive);
    if (early != nullptr && early->path == path) {
        out = early->text;
        return kOk;
    }
    auto text = service::read_protected_file(path);
    if (!text)
        return Error(Errc::BadConfig, "sessmirror.%s_file: %s", directive, text.error().detail);
    out = std::move(*text);
    return kOk;
}

}  // namespace

void read_site_files_early(std::string_view secret_file, std::string_view stores_file) noexcept {
    read_early(secret_file, early_secret);
    read_early(stores_file, early_stores);
}

void drop_site_files() noexcept {
    delete std::exchange(early_secret, nullptr);
    delete std::exchange(early_stores, nullptr);
}

Status apply_site_files(Settings& settings) {
    const Status secret =
        apply("secret", settings.secret_file, early_secret, settings.options.secret);
    return secret ? apply("stores", settings.stores_file, early_stores, settings.stores) : secret;
}

}  // namespace sessmirror::shim

// SPDX-License-Identifier: BSD-3-Clause
#include "worker.h"

#include <new>
#include <utility>

namespace sessmirror::shim {
namespace {

// A pointer, because a static object with a destructor must not exist in a library that is
// unloaded.
std::shared_ptr<service::Host>* process_host = nullptr;

}  // namespace

Status Worker::configure(std::span<const std::string_view, kDirectives> texts,
                         std::string_view temporary_directory) {
    Settings fresh;
    fresh.options.embedded_directory = temporary_directory;
    Status applied = apply_all(texts, fresh);
    if (applied) settings_ = std::move(fresh);
    return applied;
}

Result<std::unique_ptr<service::Session>> Worker::open(std::string_view save_path) {
    return service_.open(settings_.options,
                         settings_.stores.empty() ? save_path : std::string_view(settings_.stores));
}

Result<std::span<const service::SessionService::StoreStatus>> Worker::look_at_stores() {
    picture_ = service_.stores();
    return std::span<const service::SessionService::StoreStatus>(picture_);
}

void make_host() noexcept {
    std::shared_ptr<service::Host> host(service::Host::make());
    if (host) process_host = new (std::nothrow) std::shared_ptr<service::Host>(std::move(host));
}

void drop_host() noexcept {
    delete std::exchange(process_host, nullptr);
}

service::Host* current_host() noexcept {
    return process_host == nullptr ? nullptr : process_host->get();
}

Result<Worker*> make_worker() {
    if (process_host == nullptr)
        return Error(Errc::OutOfMemory, "there was no memory for the page that workers share");
    return new Worker(*process_host);
}

}  // namespace sessmirror::shim

// SPDX-License-Identifier: BSD-3-Clause
#include "worker.h"

#include <new>
#include <utility>

#include "base/text.h"
#include "service/configured_stores.h"
#include "site_files.h"
#include "store/lifetime.h"

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
    if (applied) applied = apply_site_files(fresh);
    if (!applied) return applied;
    fresh.options.reading.number = ++readings_;
    settings_ = std::move(fresh);
    warn_of_short_secret();
    return applied;
}

void Worker::warn_of_short_secret() noexcept {
    constexpr std::size_t kEnough = 16;
    const std::size_t size = settings_.options.secret.size();
    if (size == 0 || size >= kEnough || std::exchange(has_warned_of_secret_, true)) return;
    journal().add(Severity::Warning,
                  "sessmirror.secret has %zu characters and can be guessed: use %zu random ones at "
                  "least",
                  size, kEnough);
}

void Worker::warn_of_shown_password(std::string_view save_path) {
    if (!settings_.stores.empty() || save_path == inspected_path_) return;
    inspected_path_ = save_path;
    if (!service::may_hold_password(save_path) || !service::gives_password(save_path) ||
        std::exchange(has_warned_of_password_, true))
        return;
    journal().add(Severity::Warning,
                  "session.save_path gives the password of a store, and PHP shows it to every "
                  "script and in phpinfo(): move the list to sessmirror.stores_file or "
                  "sessmirror.stores");
}

Result<std::unique_ptr<service::Session>> Worker::open(std::string_view save_path) {
    warn_of_shown_password(save_path);
    return service_.open(settings_.options, list_of(save_path));
}

void Worker::note_lifetime(std::int64_t seconds) noexcept {
    constexpr std::int64_t kLongest = store::kLongestLifetime;
    if ((seconds >= 1 && seconds <= kLongest) || std::exchange(has_warned_of_lifetime_, true))
        return;
    journal().add(
        Severity::Warning, "session.gc_maxlifetime = %lld: sessions end %s; set 1 to %lld seconds",
        static_cast<long long>(seconds), seconds < 1 ? "after one second" : "after ten years",
        static_cast<long long>(kLongest));
}

// A session that is let go at once.
Status Worker::deploy(std::string_view save_path) {
    if (const auto opened = open(save_path); !opened) return opened.error();
    return kOk;
}

Result<std::span<const std::string>> Worker::paths_of(std::string_view save_path) {
    paths_ = service::local_paths(settings_.options, list_of(save_path));
    return std::span<const std::string>(paths_);
}

Result<std::span<const service::SessionService::StoreStatus>> Worker::look_at_stores() {
    picture_ = service_.stores();
    return std::span<const service::SessionService::StoreStatus>(picture_);
}

void Worker::report_token_cookie_taken(std::string_view session_name) noexcept {
    if (std::exchange(is_token_cookie_reported_, true)) return;
    const Quoted name(session_name);
    journal().add(Severity::Warning,
                  "sessmirror.token_cookie = %s is the name of a session, whose token cannot have "
                  "it too and is sent under its default name; choose another",
                  name.c_str());
}

void make_host() noexcept {
    std::shared_ptr<service::Host> host(service::Host::make());
    if (host) process_host = new (std::nothrow) std::shared_ptr<service::Host>(std::move(host));
}

void drop_host() noexcept {
    delete std::exchange(process_host, nullptr);
}

void settle_in() noexcept {
    if (process_host != nullptr) (void)(*process_host)->page();
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

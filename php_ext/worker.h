// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "directives.h"
#include "first_visit.h"
#include "late_writers.h"
#include "response_tokens.h"
#include "service/host.h"
#include "service/session_service.h"

namespace sessmirror::shim {

// What a worker process (a thread in ZTS builds) keeps between its requests: the parsed directives
// and the core's service with its connections. Made at the first session, after the server has
// forked; deleted when the process or thread ends. Nothing here calls PHP.
class Worker {
  public:
    explicit Worker(std::shared_ptr<service::Host> host)
        : host_(std::move(host)), service_(host_->page()) {}

    // Replaces the settings, or keeps the old ones and gives Errc::BadConfig.
    // `temporary_directory` is where the embedded store keeps its files by default. Says in the
    // journal, once, that the secret is short.
    Status configure(std::span<const std::string_view, kDirectives> texts,
                     std::string_view temporary_directory);

    // `save_path` is the list of stores unless sessmirror.stores is set. Says in the journal, once,
    // that a password stands where PHP shows it.
    Result<std::unique_ptr<service::Session>> open(std::string_view save_path);
    // Says in the journal, once, that session.gc_maxlifetime is not what sessions will get.
    void note_lifetime(std::int64_t seconds) noexcept;
    // Makes the pool without a session.
    Status deploy(std::string_view save_path);
    // The sockets and directories that the same list reaches. Kept here so that Zend code can read
    // it without owning anything; valid until the next call.
    Result<std::span<const std::string>> paths_of(std::string_view save_path);

    void begin_refill() { service_.begin_refill(); }
    Result<service::SessionService::RefillProgress> continue_refill(Duration time) {
        return service_.continue_refill(time);
    }
    void after_response() noexcept { service_.after_response(); }
    void between_sessions() noexcept { service_.between_sessions(); }
    [[nodiscard]] Journal& journal() noexcept { return service_.journal(); }
    [[nodiscard]] bool commits_before_headers() const noexcept {
        return settings_.commit == Commit::Headers;
    }
    // Empty: the session's name followed by "_V".
    [[nodiscard]] std::string_view token_cookie() const noexcept { return settings_.token_cookie; }
    // Said once: sessmirror.token_cookie cannot be the name of the session itself.
    void report_token_cookie_taken(std::string_view session_name) noexcept;
    [[nodiscard]] ResponseTokens& tokens() noexcept { return tokens_; }
    [[nodiscard]] FirstVisit& first_visit() noexcept { return first_visit_; }
    // Of the session with the id, in seconds, where PHP has configured so many.
    [[nodiscard]] std::int64_t lifetime_of(std::string_view id,
                                           std::int64_t configured) const noexcept {
        return first_visit_.lifetime(id, configured, settings_.first_lifetime_s);
    }
    SharedTerms terms_of(const CookieSettings& settings) { return terms_.terms_of(settings); }
    [[nodiscard]] LateWriters& late_writers() noexcept { return late_writers_; }
    // See late_output.h.
    [[nodiscard]] std::string& held_output() noexcept { return held_output_; }
    void drop_held_output() noexcept { std::string().swap(held_output_); }
    [[nodiscard]] LogLevel log_level() const noexcept { return settings_.log_level; }

    // Takes a picture of the stores. It is kept here so that Zend code can read it without owning
    // anything; valid until the next call.
    Result<std::span<const service::SessionService::StoreStatus>> look_at_stores();

  private:
    [[nodiscard]] std::string_view list_of(std::string_view save_path) const noexcept {
        return settings_.stores.empty() ? save_path : std::string_view(settings_.stores);
    }
    void warn_of_short_secret() noexcept;
    void warn_of_shown_password(std::string_view save_path);

    std::shared_ptr<service::Host> host_;  // first: outlives the service
    service::SessionService service_;
    Settings settings_;
    std::uint64_t readings_ = 0;
    CookieTermsMaker terms_;
    ResponseTokens tokens_;
    FirstVisit first_visit_;
    LateWriters late_writers_;
    std::string held_output_;
    bool is_token_cookie_reported_ = false;
    std::vector<service::SessionService::StoreStatus> picture_;
    std::vector<std::string> paths_;
    bool has_warned_of_secret_ = false;
    bool has_warned_of_lifetime_ = false;
    bool has_warned_of_password_ = false;
    std::string inspected_path_;
};

// The host pages, made by MINIT before any fork. Every worker shares their ownership,
// so in ZTS builds it outlives the last thread, in whatever order PHP takes things down.
void make_host() noexcept;
void drop_host() noexcept;
// Before the first script of a process runs: see service::Host::page().
void settle_in() noexcept;
// nullptr when there was no memory for it.
service::Host* current_host() noexcept;

// Makes a worker on the host page; Errc::OutOfMemory when there is none.
Result<Worker*> make_worker();

}  // namespace sessmirror::shim

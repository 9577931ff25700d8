// SPDX-License-Identifier: BSD-3-Clause
#include "pool/outage_notices.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "store/remedies.h"

namespace sessmirror::pool {
namespace {

constexpr std::size_t kMaxWords = 100;  // of a store's own, so that what to do fits behind

const char* words_of(const Error& reason) noexcept {
    return reason.detail[0] != '\0' ? reason.detail : describe(reason.code);
}

}  // namespace

void OutageNotices::failed(const Error& reason, bool is_new) noexcept {
    const std::int64_t since = health_.down_since_ns();
    std::atomic<std::int64_t>& last_notice = health_.slot().last_notice_ns;
    std::int64_t told = last_notice.load();
    const std::int64_t now = clock_.now().time_since_epoch().count();
    const bool is_written = told <= now + kInterval.count();  // and not garbage
    if (since == 0 || (is_written && told >= since)) return;
    if (told != 0 && is_written && told > now - kInterval.count()) {
        if (is_new) page_.count(Counter::NoticesDropped);
        return;
    }
    // The time must not be before `since`, by which recovered() sees that this outage was told.
    if (!last_notice.compare_exchange_strong(told, std::max(now, since))) return;
    journal_.add(Severity::Warning, "store %s is down: %s; %s; it is probed again within 2 s",
                 name_.c_str(), words_of(reason),
                 is_alone_ ? "it is the only one, so no session starts"
                           : "sessions are served by the other replicas");
}

// What is not about an outage of the store.
bool OutageNotices::may_tell() noexcept {
    std::atomic<std::int64_t>& last_notice = health_.slot().last_own_notice_ns;
    std::int64_t told = last_notice.load();
    const std::int64_t now = clock_.now().time_since_epoch().count();
    const bool is_early = told != 0 && told <= now && told > now - kInterval.count();
    return !is_early && last_notice.compare_exchange_strong(told, now);
}

void OutageNotices::refused(const Error& reason) noexcept {
    if (is_alone_ || !may_tell()) return;  // where it is alone the page fails, and says so
    std::string_view words = words_of(reason);
    if (words.starts_with(name_) && words.substr(name_.size()).starts_with(": "))
        words.remove_prefix(name_.size() + 2);
    const char* const remedy = store::remedy_of_words(words);
    journal_.add(Severity::Notice, "a session has too few copies: store %s refused it: %.*s. %s",
                 name_.c_str(), static_cast<int>(std::min(words.size(), kMaxWords)), words.data(),
                 remedy != nullptr ? remedy : "Check the memory and the log of the store.");
}

void OutageNotices::failed_here(const Error& reason) noexcept {
    if (!may_tell()) return;
    journal_.add(
        Severity::Warning,
        "process %d cannot use store %s: %s; it is tried again within 2 s; other processes "
        "go on using it",
        static_cast<int>(getpid()), name_.c_str(), words_of(reason));
}

void OutageNotices::recovered(std::int64_t down_since_ns) noexcept {
    if (health_.slot().last_notice_ns.load() < down_since_ns) return;
    const Duration outage = clock_.now().time_since_epoch() - Duration(down_since_ns);
    const double seconds = std::max(std::chrono::duration<double>(outage).count(), 0.0);
    journal_.add(Severity::Notice, "store %s is back after %.1f s", name_.c_str(), seconds);
}

}  // namespace sessmirror::pool

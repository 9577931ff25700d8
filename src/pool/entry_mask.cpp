// SPDX-License-Identifier: BSD-3-Clause
#include "pool/entry_mask.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "pool/store_parameters.h"
#include "store/engines.h"

namespace sessmirror::pool {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::string_view kDigits = "0123456789";

struct Scheme {
    std::size_t size;  // of its text, with what separates it from the rest
    bool has_userinfo;
};

bool begins_with(std::string_view entry, std::string_view scheme, std::string_view mark) noexcept {
    return equals_ignoring_case(entry.substr(0, scheme.size()), scheme) &&
           entry.substr(scheme.size()).starts_with(mark);
}

// Of an engine, of a plain address, or one that is refused with a reason of its own.
std::optional<Scheme> find_scheme(std::string_view entry) noexcept {
    if (begins_with(entry, "tcp", "://")) return Scheme{6, false};
    if (begins_with(entry, "unix", ":/")) return Scheme{6, false};
    for (const store::Engine* const engine : store::engines())
        for (const std::string_view scheme : engine->schemes)
            if (begins_with(entry, scheme, "://"))
                return Scheme{scheme.size() + 3, engine->holds_password};
    for (const std::string_view scheme : {"rediss", "valkeys", "tls", "ssl", "http"})
        if (begins_with(entry, scheme, "://")) return Scheme{scheme.size() + 3, true};
    return std::nullopt;
}

// "me:secret", ":secret", "me:secret/more", where a host, a port and a database should be.
bool may_be_userinfo(std::string_view rest) noexcept {
    rest = rest.substr(0, rest.find('?'));
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    if (slash == 0) return false;  // a socket
    const std::string_view path = rest.substr(slash);
    if (path.find_first_not_of(kDigits, 1) != std::string_view::npos) return true;
    std::string_view host = rest.substr(0, slash);
    const std::size_t bracket = host.front() == '[' ? host.find(']') : std::string_view::npos;
    if (bracket != std::string_view::npos) host.remove_prefix(bracket);
    const std::size_t colon = host.find(':');
    if (colon == std::string_view::npos) return false;
    return colon == 0 || host.find_first_not_of("0123456789:", colon) != std::string_view::npos;
}

bool is_secret(std::string_view name) {
    const std::string lower = lower_case(percent_decoded(name).value_or("auth"));
    return lower.find("auth") != std::string::npos || lower.find("pass") != std::string::npos;
}

std::string_view query_of(std::string_view entry) noexcept {
    const std::size_t mark = std::min(entry.find('?'), entry.size());
    return entry.substr(std::min(mark + 1, entry.size()));
}

std::string show_parameters(std::string_view query) {
    std::string out;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view name = pair.substr(0, equals);
        out += name;
        if (is_secret(name)) return out.append("=").append(kHidden);
        if (equals < pair.size())
            out.append("=").append(is_parameter(name) ? pair.substr(equals + 1) : kHidden);
        if (end < query.size()) out += '&';
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return out;
}

}  // namespace

// A password that begins with a separator leaves an empty one in its entry.
void EntryMask::pass(std::string_view entry) {
    is_behind_login_ = true;
    for (std::string_view query = query_of(entry); !query.empty();) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        if (is_secret(pair.substr(0, pair.find('=')))) is_behind_password_ = true;
        query.remove_prefix(std::min(end + 1, query.size()));
    }
}

bool EntryMask::may_be_a_rest(std::string_view entry) const noexcept {
    const bool may_be =
        is_behind_password_ || (is_behind_login_ && entry.find('@') != std::string_view::npos);
    return may_be && !find_scheme(entry);
}

std::string EntryMask::show(std::string_view entry) const {
    const auto scheme = find_scheme(entry);
    const std::string_view shown = scheme ? entry.substr(0, scheme->size) : std::string_view();
    const bool is_odd =
        scheme && scheme->has_userinfo && may_be_userinfo(entry.substr(scheme->size));
    if (has_userinfo_ || is_odd || may_be_a_rest(entry)) return std::string(shown).append(kHidden);
    const std::string_view query = query_of(entry);
    return std::string(entry.substr(0, entry.size() - query.size())) + show_parameters(query);
}

}  // namespace sessmirror::pool

// SPDX-License-Identifier: BSD-3-Clause
#include "response_tokens.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sessmirror::shim {
namespace {

// In the order of preference: the second is for sites that have a session of the first one's name.
using Names = std::array<std::string, 3>;

Names token_names(std::string_view session_name, std::string_view chosen_name) {
    Names names;
    if (chosen_name != session_name) names[0] = chosen_name;
    names[1] = std::string(session_name) + "_V";
    names[2] = std::string(session_name) + "_V_";
    return names;
}

bool is_one_of(const Names& names, std::string_view name) {
    return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
}

// Whether this may be a token, and is not what somebody else keeps in a cookie.
bool looks_like_a_token(std::string_view value) noexcept {
    constexpr std::size_t kMax = 32;
    const auto is_token_char = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
    };
    return value.size() <= kMax && std::all_of(value.begin(), value.end(), is_token_char) &&
           value.find('.') != std::string_view::npos;
}

// A response that caches may keep for everybody.
bool is_public(const std::vector<std::string_view>& headers) {
    return std::any_of(headers.begin(), headers.end(), [](std::string_view header) {
        const std::size_t colon = header.find(':');
        if (!equals_ignoring_case(header.substr(0, colon), "cache-control")) return false;
        const std::string value = lower_case(header.substr(std::min(colon, header.size())));
        return value.find("public") != std::string::npos ||
               value.find("s-maxage") != std::string::npos;
    });
}

// The cookies with this name that the client keeps of a response: of two that are the same cookie
// only the last counts.
std::vector<SetCookie> kept_cookies(std::string_view name,
                                    const std::vector<std::string_view>& headers) {
    std::vector<SetCookie> kept;
    for (const std::string_view header : headers) {
        const auto cookie = parse_set_cookie(header);
        if (!cookie || cookie->name != name) continue;
        std::erase_if(kept, [&](const SetCookie& other) { return other.is_same_cookie(*cookie); });
        kept.push_back(*cookie);
    }
    return kept;
}

}  // namespace

// Of the same session; or of the one whose turn is over.
std::list<ResponseTokens::Entry>::iterator ResponseTokens::place_of(const SharedTerms& terms,
                                                                    std::string_view id) {
    const auto same = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.id == id && (entry.terms == terms || entry.terms->name == terms->name);
    });
    return same == entries_.end() && entries_.size() >= kMaxEntries ? entries_.begin() : same;
}

void ResponseTokens::note(const SharedTerms& terms, std::string_view id, const TokenNews& news) {
    if (have_left_) return;
    const auto place = place_of(terms, id);
    if (place == entries_.end()) {
        entries_.push_back({terms, std::string(id), news});
        return;
    }
    if (place->id != id) place->id = id;
    place->terms = terms;
    place->news = news;
    entries_.splice(entries_.end(), entries_, place);
}

const std::vector<std::string>& ResponseTokens::leave(const Response& response) {
    lines_.clear();
    std::vector<std::string> names = {std::string(response.session_name)};
    for (const Entry& entry : entries_)
        if (std::find(names.begin(), names.end(), entry.terms->name) == names.end())
            names.push_back(entry.terms->name);
    for (const std::string& name : names) set_cookies_of(name, response);
    entries_.clear();
    have_left_ = true;
    return lines_;
}

void ResponseTokens::clear() noexcept {
    entries_.clear();
    have_left_ = false;
}

void ResponseTokens::set_cookies_of(std::string_view session_name, const Response& response) {
    const std::vector<SetCookie> sent = kept_cookies(session_name, response.headers);
    for (const SetCookie& cookie : sent)
        cookie.is_removal ? remove(cookie, response) : follow(cookie, session_name, response);
    follow_received(session_name, response, sent);
}

void ResponseTokens::follow(const SetCookie& sent, std::string_view session_name,
                            const Response& response) {
    const Entry* const entry = find(session_name, sent.value);
    if (entry == nullptr || !entry->terms->is_sendable) return;
    add(pick_name(session_name, response), entry->news.token.text(), sent.attributes);
}

// The client keeps the cookie that it returned, unless the response sets that one anew.
void ResponseTokens::follow_received(std::string_view session_name, const Response& response,
                                     const std::vector<SetCookie>& sent) {
    const auto entry = std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& each) {
        return each.terms->name == session_name &&
               is_received(response.received, session_name, each.id);
    });
    if (entry == entries_.rend() || !entry->news.is_new || !entry->terms->is_sendable) return;
    const bool is_replaced = std::any_of(sent.begin(), sent.end(), [&](const SetCookie& cookie) {
        const bool is_there =
            cookie.path == entry->terms->path && cookie.domain == entry->terms->domain;
        return is_there || (!cookie.is_removal && is_cookie_value(cookie.value, entry->id));
    });
    if (is_replaced || (!entry->news.is_change && is_public(response.headers))) return;
    add(pick_name(session_name, response), entry->news.token.text(), entry->terms->attributes);
}

void ResponseTokens::remove(const SetCookie& removed, const Response& response) {
    const Names names = token_names(removed.name, response.chosen_name);
    std::vector<std::string_view> done;
    for (CookiePairs pairs(response.received); pairs.next();) {
        if (!is_one_of(names, pairs.name()) || !looks_like_a_token(pairs.value())) continue;
        if (std::find(done.begin(), done.end(), pairs.name()) != done.end()) continue;
        const std::string attributes(removed.attributes);
        add(pairs.name(), "deleted", removed.has_max_age ? attributes : attributes + "; Max-Age=0");
        done.push_back(pairs.name());
    }
}

const ResponseTokens::Entry* ResponseTokens::find(std::string_view session_name,
                                                  std::string_view value) const {
    const auto entry = std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& each) {
        return each.terms->name == session_name && is_cookie_value(value, each.id);
    });
    return entry == entries_.rend() ? nullptr : &*entry;
}

std::string ResponseTokens::pick_name(std::string_view session_name,
                                      const Response& response) const {
    for (const std::string& name : token_names(session_name, response.chosen_name))
        if (!name.empty() && !is_of_somebody_else(name, response)) return name;
    return {};
}

bool ResponseTokens::is_of_somebody_else(std::string_view name, const Response& response) const {
    for (const Entry& entry : entries_)
        if (entry.terms->name == name) return true;
    for (CookiePairs pairs(response.received); pairs.next();)
        if (pairs.name() == name && !pairs.value().empty() && !looks_like_a_token(pairs.value()))
            return true;
    return !kept_cookies(name, response.headers).empty();
}

void ResponseTokens::add(std::string_view name, std::string_view token,
                         std::string_view attributes) {
    if (!is_cookie_name(name)) return;
    lines_.push_back("Set-Cookie: " + std::string(name) + "=" + std::string(token) +
                     std::string(attributes));
}

std::string received_tokens(std::string_view cookie_header, std::string_view session_name,
                            std::string_view chosen_name) {
    if (cookie_header.empty()) return {};
    const Names names = token_names(session_name, chosen_name);
    std::string tokens;
    for (CookiePairs pairs(cookie_header); pairs.next();) {
        if (!is_one_of(names, pairs.name()) || !looks_like_a_token(pairs.value())) continue;
        if (!tokens.empty()) tokens += ' ';
        tokens += pairs.value();
    }
    return tokens;
}

bool is_received(std::string_view cookie_header, std::string_view name, std::string_view value) {
    for (CookiePairs pairs(cookie_header); pairs.next();)
        if (pairs.name() == name && is_cookie_value(pairs.value(), value)) return true;
    return false;
}

}  // namespace sessmirror::shim

// SPDX-License-Identifier: BSD-3-Clause
#include "cookie_terms.h"

#include "cookies.h"

namespace sessmirror::shim {
namespace {

void append_attribute(std::string& text, const char* name, std::string_view value) {
    if (!value.empty()) text.append(name).append(value);
}

std::string attributes_of(const CookieSettings& settings) {
    std::string text;
    if (settings.lifetime_s > 0) text = "; Max-Age=" + std::to_string(settings.lifetime_s);
    append_attribute(text, "; path=", settings.path);
    append_attribute(text, "; domain=", settings.domain);
    if (settings.is_secure) text += "; secure";
    if (settings.is_http_only) text += "; HttpOnly";
    append_attribute(text, "; SameSite=", settings.samesite);
    if (settings.is_partitioned) text += "; Partitioned";
    return text;
}

CookieTerms make_terms(const CookieSettings& settings) {
    CookieTerms terms;
    terms.name = settings.name;
    terms.path = settings.path;
    terms.domain = settings.domain;
    terms.is_sendable = is_session_name(settings.name) && is_cookie_attribute(settings.path) &&
                        is_cookie_attribute(settings.domain) &&
                        is_cookie_attribute(settings.samesite);
    terms.attributes = attributes_of(settings);
    return terms;
}

}  // namespace

SharedTerms CookieTermsMaker::terms_of(const CookieSettings& settings) {
    if (last_ != nullptr && settings == settings_) return last_;
    last_ = nullptr;  // settings_ is of nothing until all is made
    auto made = std::make_shared<const CookieTerms>(make_terms(settings));
    samesite_ = settings.samesite;
    settings_ = settings;
    settings_.name = made->name;
    settings_.path = made->path;
    settings_.domain = made->domain;
    settings_.samesite = samesite_;
    last_ = std::move(made);
    return last_;
}

}  // namespace sessmirror::shim

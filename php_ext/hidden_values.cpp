// SPDX-License-Identifier: BSD-3-Clause
#include "hidden_values.h"

#include <array>
#include <cstddef>

namespace sessmirror::shim {
namespace {

constexpr std::string_view kHiddenSecret = "set, not shown";
constexpr std::string_view kHiddenStores = "set, not shown because of a password";

// Of the process, both made by MINIT. Plain pointers: the library is unloaded.
std::array<zend_string*, kDirectives> first_values{};  // persistent; nullptr: empty
zend_string* hidden_secret = nullptr;                  // interned
zend_string* hidden_stores = nullptr;

void release(zend_string*& text) noexcept {
    if (text != nullptr) zend_string_release_ex(text, true);
    text = nullptr;
}

void assign(zend_string*& place, std::string_view text) {
    zend_string* const copy =
        text.empty() ? nullptr : zend_string_init(text.data(), text.size(), true);
    release(place);
    place = copy;
}

bool is_to_be_hidden(const Directive& directive, std::string_view text) noexcept {
    if (text.empty() || text == hidden_text(directive)) return false;
    return directive.display == Display::WhetherSet || service::may_hold_password(text);
}

zend_string* replacement(const Directive& directive) noexcept {
    return directive.display == Display::WhetherSet ? hidden_secret : hidden_stores;
}

// `twin` is the other reference to the same text that PHP may have, of which it counts one.
void hide(const Directive& directive, zend_string*& value, zend_string** twin) {
    if (!is_to_be_hidden(directive, view(value))) return;
    if (twin != nullptr && *twin == value) *twin = replacement(directive);
    zend_string_release(value);
    value = replacement(directive);
}

}  // namespace

std::string_view hidden_text(const Directive& directive) noexcept {
    return directive.display == Display::WhetherSet ? kHiddenSecret : kHiddenStores;
}

void make_hidden_values() noexcept {
    hidden_secret = zend_string_init_interned(kHiddenSecret.data(), kHiddenSecret.size(), true);
    hidden_stores = zend_string_init_interned(kHiddenStores.data(), kHiddenStores.size(), true);
}

void drop_hidden_values() noexcept {
    for (zend_string*& text : first_values) release(text);
}

void keep_hidden_value(const zend_ini_entry& entry, int index, const zend_string* value) {
    const auto place = static_cast<std::size_t>(index);
    const Directive& directive = directives()[place];
    std::string_view text = view(value);
    zend_string*& first = first_values[place];
    if (text == hidden_text(directive))
        text = view(first);
    else if (!entry.modified && text != view(first))  // new threads find it as it is
        assign(first, text);
    assign(SESSMIRROR_G(directive_texts)[index], text);
}

void release_hidden_values(zend_sessmirror_globals& globals) noexcept {
    for (std::size_t i = 0; i < directives().size(); ++i)
        if (is_hidden(directives()[i])) release(globals.directive_texts[i]);
}

void hide_values() {
    for (const Directive& directive : directives()) {
        if (!is_hidden(directive)) continue;
        auto* const entry = static_cast<zend_ini_entry*>(zend_hash_str_find_ptr(
            EG(ini_directives), directive.name, std::strlen(directive.name)));
        if (entry == nullptr) continue;
        zend_string** const before = entry->modified ? &entry->orig_value : nullptr;
        hide(directive, entry->value, before);
        if (before != nullptr) hide(directive, *before, nullptr);
    }
}

void hide_configured_values() {
    for (const Directive& directive : directives()) {
        if (!is_hidden(directive)) continue;
        zval* const configured = cfg_get_entry(directive.name, std::strlen(directive.name));
        if (configured != nullptr && Z_TYPE_P(configured) == IS_STRING)
            hide(directive, Z_STR_P(configured), nullptr);
    }
}

}  // namespace sessmirror::shim

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "php_sessmirror.h"

namespace sessmirror::shim {

// Directives whose text may be a secret (Display other than Text) are kept here, and what PHP holds
// for ini_get(), ini_get_all(), get_cfg_var() and phpinfo() is replaced by a text that says so. PHP
// puts a new value into its table after it has told on_directive_change(), so the replacement comes
// a little later: before the next script begins.
//
// PHP gives the replacement back when it restores a value at the end of a request, and when a new
// thread begins; it then stands for the value that the process was started with.

// Once per process, before the directives are registered.
void make_hidden_values() noexcept;
void drop_hidden_values() noexcept;

// Whether the module keeps this directive's text itself.
[[nodiscard]] constexpr bool is_hidden(const Directive& directive) noexcept {
    return directive.display != Display::Text;
}

// The text that stands for a hidden one.
std::string_view hidden_text(const Directive& directive) noexcept;

// The directive's new text, for on_directive_change(): a copy in directive_texts, which this thread
// owns. REQUIRES: is_hidden()
void keep_hidden_value(const zend_ini_entry& entry, int index, const zend_string* text);
void release_hidden_values(zend_sessmirror_globals& globals) noexcept;

// Replaces in PHP's tables what is to be hidden. To be called before a script begins.
void hide_values();
// The same in what PHP has read from its configuration file. For MINIT, when that has been used.
void hide_configured_values();

}  // namespace sessmirror::shim

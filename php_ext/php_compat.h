// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// PHP's headers, and every difference between PHP 8.2 and 8.6 that this extension meets. Standard
// headers come first: PHP's define macros with the names of standard functions, and include C
// headers whose C++ versions have templates. php_session.h has no C++ guards of its own.
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string_view>

// What phpize's configure found: above all that this is a module to be loaded, which makes
// get_module() exist.
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

extern "C" {
#include <php.h>

#include <SAPI.h>
#include <php_ini.h>
#include <php_open_temporary_file.h>
#include <ext/session/php_session.h>
#include <ext/standard/info.h>
}

#if PHP_VERSION_ID < 80200
#error "sessmirror needs PHP 8.2 or newer"
#endif

namespace sessmirror::shim {

inline std::string_view view(const zend_string* text) noexcept {
    return text == nullptr ? std::string_view() : std::string_view(ZSTR_VAL(text), ZSTR_LEN(text));
}

// Up to 8.5 the open hook gets C strings, from 8.6 on zend_strings.
inline std::string_view view(const char* text) noexcept {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace sessmirror::shim

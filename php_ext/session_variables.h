// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "php_compat.h"

namespace sessmirror::shim {

// $_SESSION; nullptr when there is none, or a script made something else than an array of it.
inline zval* session_variables() noexcept {
    zval* const variables = &PS(http_session_vars);
    if (!Z_ISREF_P(variables) || Z_TYPE_P(Z_REFVAL_P(variables)) != IS_ARRAY) return nullptr;
    return Z_REFVAL_P(variables);
}

// Which session.serialize_handler is in use.
inline std::string_view serializer_name() noexcept {
    return PS(serializer) == nullptr ? std::string_view() : view(PS(serializer)->name);
}

// Which script is running: its file.
inline std::string_view script_name() noexcept {
    return view(const_cast<const char*>(SG(request_info).path_translated));
}

}  // namespace sessmirror::shim

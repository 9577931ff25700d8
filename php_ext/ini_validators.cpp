// SPDX-License-Identifier: BSD-3-Clause
#include "boundary.h"
#include "php_sessmirror.h"

namespace sessmirror::shim {

// A script's ini_set() with a bad value fails with a warning and leaves the old value in force. A
// bad value from php.ini, a pool's configuration or .user.ini is kept as it is: refusing it would
// make PHP fall back to the default in silence. It fails the start of the session instead, when
// the settings are parsed.
ZEND_INI_MH(on_directive_change) {
    (void)entry, (void)mh_arg2, (void)mh_arg3;
    const auto& directive = *static_cast<const Directive*>(mh_arg1);
    const std::string_view text = view(new_value);

    if (stage == ZEND_INI_STAGE_RUNTIME) {
        const Status valid = guarded([&]() -> Status {
            Settings scratch;
            return directive.apply(text, scratch);
        });
        if (!valid) {
            php_error_docref(nullptr, E_WARNING, "%s", valid.error().detail);
            return FAILURE;
        }
    }
    SESSMIRROR_G(directive_texts)[&directive - directives().data()] = new_value;
    SESSMIRROR_G(directives_changed) = true;
    return SUCCESS;
}

ZEND_INI_DISP(display_secret) {
    const zend_string* value = ini_entry->value;
    if (type == ZEND_INI_DISPLAY_ORIG && ini_entry->modified) value = ini_entry->orig_value;
    const std::string_view shown = view(value).empty() ? "not set" : "set";
    PHPWRITE(shown.data(), shown.size());
}

}  // namespace sessmirror::shim

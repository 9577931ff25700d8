// SPDX-License-Identifier: BSD-3-Clause
#include "boundary.h"
#include "hidden_values.h"
#include "php_sessmirror.h"

#include <Zend/zend_highlight.h>

namespace sessmirror::shim {
namespace {

bool is_save_path_pinned() noexcept {
    constexpr std::string_view kName = "session.save_path";
    const auto* const entry = static_cast<const zend_ini_entry*>(
        zend_hash_str_find_ptr(EG(ini_directives), kName.data(), kName.size()));
    return entry != nullptr && entry->modifiable == ZEND_INI_SYSTEM;
}

}  // namespace

// A script's ini_set() with a bad value fails with a warning and leaves the old value in force. A
// bad value from php.ini, a pool's configuration or .user.ini is kept as it is: refusing it would
// make PHP fall back to the default in silence. It fails the start of the session instead, when
// the settings are parsed.
//
// Where the site pins session.save_path (php_admin_value), neither .user.ini nor .htaccess can put
// another list before it.
ZEND_INI_MH(on_directive_change) {
    (void)mh_arg2, (void)mh_arg3;
    const auto& directive = *static_cast<const Directive*>(mh_arg1);
    const std::string_view text = view(new_value);
    const auto index = static_cast<int>(&directive - directives().data());

    if (stage == ZEND_INI_STAGE_HTACCESS &&
        std::string_view(directive.name) == "sessmirror.stores" && is_save_path_pinned())
        return FAILURE;

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
    if (is_hidden(directive))
        keep_hidden_value(*entry, index, new_value);
    else
        SESSMIRROR_G(directive_texts)[index] = new_value;
    SESSMIRROR_G(directives_changed) = true;
    return SUCCESS;
}

namespace {

std::string_view displayed(const zend_ini_entry& entry, int type) noexcept {
    const bool is_original = type == ZEND_INI_DISPLAY_ORIG && entry.modified;
    return view(is_original ? entry.orig_value : entry.value);
}

void write(std::string_view text) {
    PHPWRITE(text.data(), text.size());
}

void write_as_php_does(std::string_view text) {
    if (sapi_module.phpinfo_as_text)
        write(text.empty() ? "no value" : text);
    else if (text.empty())
        write("<i>no value</i>");
    else
        zend_html_puts(text.data(), text.size());
}

}  // namespace

ZEND_INI_DISP(display_whether_set) {
    write(displayed(*ini_entry, type).empty() ? "not set" : "set");
}

ZEND_INI_DISP(display_stores) {
    const std::string_view text = displayed(*ini_entry, type);
    if (service::may_hold_password(text))
        write(hidden_text(*static_cast<const Directive*>(ini_entry->mh_arg1)));
    else
        write_as_php_does(text);
}

}  // namespace sessmirror::shim

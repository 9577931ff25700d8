// SPDX-License-Identifier: BSD-3-Clause
#include <array>

#include "after_response.h"
#include "hidden_values.h"
#include "late_output.h"
#include "messages.h"
#include "php_sessmirror.h"
#include "response_headers.h"
#include "segmented_serializer.h"
#include "sessmirror_arginfo.h"
#include "site_files.h"
#include "worker.h"

ZEND_DECLARE_MODULE_GLOBALS(sessmirror)

#if defined(COMPILE_DL_SESSMIRROR) && defined(ZTS)
ZEND_TSRMLS_CACHE_DEFINE()
#endif

namespace sessmirror::shim {
namespace {

int changeable(Scope scope) noexcept {
    switch (scope) {
        case Scope::Server:
            return PHP_INI_SYSTEM;
        case Scope::Site:
            return PHP_INI_SYSTEM | PHP_INI_PERDIR;
        default:
            return PHP_INI_ALL;
    }
}

void (*displayer_of(Display display))(zend_ini_entry*, int) {
    switch (display) {
        case Display::WhetherSet:
            return display_whether_set;
        case Display::Stores:
            return display_stores;
        default:
            return nullptr;
    }
}

void register_directives(int module_number, int type) {
    // Ends with an empty one. PHP keeps pointers to these from 8.5 on.
    static std::array<zend_ini_entry_def, kDirectives + 1> ini_entries{};
    for (std::size_t i = 0; i < directives().size(); ++i) {
        const Directive& directive = directives()[i];
        zend_ini_entry_def& entry = ini_entries[i];
        entry.name = directive.name;
        entry.name_length = static_cast<uint16_t>(std::strlen(directive.name));
        entry.value = directive.default_value;
        entry.value_length = static_cast<uint32_t>(std::strlen(directive.default_value));
        entry.on_modify = on_directive_change;
        entry.mh_arg1 = const_cast<Directive*>(&directive);
        entry.displayer = displayer_of(directive.display);
        entry.modifiable = static_cast<uint8_t>(changeable(directive.scope));
    }
    zend_register_ini_entries_ex(ini_entries.data(), module_number, type);
}

// Once per process, or per thread in ZTS builds.
void init_globals(void* memory) {
#if defined(COMPILE_DL_SESSMIRROR) && defined(ZTS)
    ZEND_TSRMLS_CACHE_UPDATE();
#endif
    std::memset(memory, 0, sizeof(zend_sessmirror_globals));
}

void release_globals(void* memory) {
    Worker*& worker = static_cast<zend_sessmirror_globals*>(memory)->worker;
    delete worker;
    worker = nullptr;
    release_hidden_values(*static_cast<zend_sessmirror_globals*>(memory));
}

// What only root may read is read while the server is still root.
void read_site_files() {
    std::string_view paths[2];
    for (std::size_t i = 0; i < directives().size(); ++i) {
        const std::string_view name = directives()[i].name;
        const std::string_view text = view(SESSMIRROR_G(directive_texts)[i]);
        if (name == "sessmirror.secret_file") paths[0] = text;
        if (name == "sessmirror.stores_file") paths[1] = text;
    }
    read_site_files_early(paths[0], paths[1]);
}

}  // namespace
}  // namespace sessmirror::shim

static PHP_MINIT_FUNCTION(sessmirror) {
    namespace shim = sessmirror::shim;
    shim::make_hidden_values();
    shim::register_directives(module_number, type);
    shim::hide_values();
    shim::hide_configured_values();
    shim::read_site_files();
    if (php_session_register_module(&shim::session_module) != 0) {
        php_error_docref(nullptr, E_CORE_WARNING,
                         "PHP's table of session save handlers is full; unload another one");
        return FAILURE;
    }
    if (!shim::register_segmented_serializer()) {
        php_error_docref(nullptr, E_CORE_WARNING,
                         "PHP's table of session serializers is full; unload another one");
        return FAILURE;
    }
    shim::make_host();
    shim::wrap_send_headers();
    shim::wrap_output();
    shim::wrap_deactivate();
    return SUCCESS;
}

static PHP_MSHUTDOWN_FUNCTION(sessmirror) {
    namespace shim = sessmirror::shim;
    shim::unwrap_deactivate();
    shim::unwrap_output();
    shim::unwrap_send_headers();
    delete SESSMIRROR_G(worker);
    SESSMIRROR_G(worker) = nullptr;
    shim::drop_host();
    UNREGISTER_INI_ENTRIES();
    shim::drop_site_files();
    shim::drop_hidden_values();
    return SUCCESS;
}

// What the core found out after the previous response; see after_response.cpp.
static PHP_RINIT_FUNCTION(sessmirror) {
    (void)type, (void)module_number;
    sessmirror::shim::begin_response();
    sessmirror::shim::settle_in();
    sessmirror::shim::hide_values();  // what a pool, a virtual host or .user.ini has set
    sessmirror::shim::log_journal();
    return SUCCESS;
}

static PHP_RSHUTDOWN_FUNCTION(sessmirror) {
    (void)type, (void)module_number;
    sessmirror::shim::print_held_output();
    return SUCCESS;
}

static PHP_MINFO_FUNCTION(sessmirror) {
    sessmirror::shim::print_info(zend_module);
}

static const zend_module_dep sessmirror_dependencies[] = {ZEND_MOD_REQUIRED("session")
                                                              ZEND_MOD_END};

zend_module_entry sessmirror_module_entry = {
    STANDARD_MODULE_HEADER_EX,
    nullptr,
    sessmirror_dependencies,
    "sessmirror",
    ext_functions,
    PHP_MINIT(sessmirror),
    PHP_MSHUTDOWN(sessmirror),
    PHP_RINIT(sessmirror),
    PHP_RSHUTDOWN(sessmirror),
    PHP_MINFO(sessmirror),
    PHP_SESSMIRROR_VERSION,
    PHP_MODULE_GLOBALS(sessmirror),
    sessmirror::shim::init_globals,
    sessmirror::shim::release_globals,
    nullptr,
    STANDARD_MODULE_PROPERTIES_EX,
};

#ifdef COMPILE_DL_SESSMIRROR
ZEND_GET_MODULE(sessmirror)
#endif

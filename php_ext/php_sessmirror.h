// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "directives.h"
#include "php_compat.h"

#define PHP_SESSMIRROR_VERSION "0.1.0"

namespace sessmirror::shim {
class Worker;
struct OpenedSession;
}  // namespace sessmirror::shim

extern zend_module_entry sessmirror_module_entry;
#define phpext_sessmirror_ptr &sessmirror_module_entry

// Per process, or per thread in ZTS builds. Standard layout, zeroed by GINIT, no destructor.
ZEND_BEGIN_MODULE_GLOBALS(sessmirror)
// The directives as text, in the order of directives(). Owned by PHP's ini entries, but for those
// of hidden_values.h.
zend_string* directive_texts[sessmirror::shim::kDirectives];
// Some text is not yet in the worker's parsed settings.
bool directives_changed;
// The session that was opened last and is still open, as the hooks keep it.
sessmirror::shim::OpenedSession* opened;
// See late_output.h.
bool is_output_held;
// A session could not be decoded because its serializer is not loaded; PHP is about to destroy it.
bool is_codec_missing;
// Made at the first session; nullptr before. Owned.
sessmirror::shim::Worker* worker;
ZEND_END_MODULE_GLOBALS(sessmirror)

ZEND_EXTERN_MODULE_GLOBALS(sessmirror)
#define SESSMIRROR_G(member) ZEND_MODULE_GLOBALS_ACCESSOR(sessmirror, member)

#if defined(ZTS) && defined(COMPILE_DL_SESSMIRROR)
ZEND_TSRMLS_CACHE_EXTERN()
#endif

namespace sessmirror::shim {

// session.save_handler = sessmirror
extern const ps_module session_module;

// Handlers of the ini entries (ini_validators.cpp). mh_arg1 is the Directive.
ZEND_INI_MH(on_directive_change);
ZEND_INI_DISP(display_whether_set);
ZEND_INI_DISP(display_stores);

// The block of phpinfo() (status.cpp).
void print_info(zend_module_entry* module);

}  // namespace sessmirror::shim

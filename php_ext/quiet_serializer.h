// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "php_compat.h"

namespace sessmirror::shim {

// $_SESSION as PHP's serializer makes it, without anything of that being noticed: for a look at the
// session before PHP serializes it at close. nullptr when there is nothing to serialize, when code
// of the site would run (__serialize(), __sleep(), Serializable, a lazy object), since that has to
// run as often as without this handler, or when memory_limit would be exceeded. The caller frees
// it.
//
// What PHP complains about is not printed, logged or given to the script's error handler: it comes
// again at close. May longjmp.
zend_string* serialize_quietly();

}  // namespace sessmirror::shim

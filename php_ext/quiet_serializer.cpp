// SPDX-License-Identifier: BSD-3-Clause
#include "quiet_serializer.h"

#include "memory_allowance.h"
#include "session_variables.h"

extern "C" {
#include <Zend/zend_exceptions.h>
#include <Zend/zend_interfaces.h>
}

namespace sessmirror::shim {
namespace {

// A walk through what is to be serialized. It gives up, on the safe side, where that is deep or
// large beyond what sessions are, so references that lead back end it too.
class Walk {
  public:
    // Whether serializing the value may run code of the site.
    bool meets_code(zval* value, int depth = 0) noexcept {
        ZVAL_DEREF(value);
        if (Z_TYPE_P(value) == IS_ARRAY) return meets_code_in(Z_ARRVAL_P(value), depth);
        if (Z_TYPE_P(value) != IS_OBJECT) return false;
        return has_code(Z_OBJ_P(value)) || meets_code_in(Z_OBJPROP_P(value), depth);
    }

  private:
    static constexpr int kMaxDepth = 64;

    bool meets_code_in(HashTable* table, int depth) noexcept {
        if (depth >= kMaxDepth) return true;
        zval* value = nullptr;
        ZEND_HASH_FOREACH_VAL_IND(table, value) {
            if (--left_ < 0 || meets_code(value, depth + 1)) return true;
        }
        ZEND_HASH_FOREACH_END();
        return false;
    }

    // Classes of PHP's own have code of PHP's own, but they may hold objects where only that finds
    // them.
    static bool has_code(zend_object* object) noexcept {
        zend_class_entry* const ce = object->ce;
        if ((ce->ce_flags & ZEND_ACC_ENUM) != 0) return false;
#if PHP_VERSION_ID >= 80400
        if (zend_object_is_lazy(object)) return true;
#endif
        return ce->__serialize != nullptr || ce->serialize != nullptr ||
               ce->create_object != nullptr ||
               zend_hash_str_exists(&ce->function_table, "__sleep", sizeof "__sleep" - 1);
    }

    int left_ = 100'000;
};

// How the engine treats what a script prints and complains about.
struct Noise {
    int reporting;
    int output;
    zval handler;
};

Noise silence() {
    Noise before = {EG(error_reporting), OG(flags), {}};
    ZVAL_COPY_VALUE(&before.handler, &EG(user_error_handler));
    ZVAL_UNDEF(&EG(user_error_handler));
    EG(error_reporting) = 0;
    // Not by a buffer of our own: while a buffer is flushed, PHP has it off its stack.
    OG(flags) = (OG(flags) & ~PHP_OUTPUT_ACTIVATED) | PHP_OUTPUT_DISABLED;
    return before;
}

void restore(const Noise& before) {
    EG(error_reporting) = before.reporting;
    OG(flags) = before.output;
    ZVAL_COPY_VALUE(&EG(user_error_handler), &before.handler);
}

zend_string* encode() {
    zend_string* payload = nullptr;
    const Noise before = silence();
    zend_try {
        payload = PS(serializer)->encode();
    }
    zend_catch {
        restore(before);
        zend_bailout();
    }
    zend_end_try();
    restore(before);
    if (EG(exception) == nullptr) return payload;
    zend_clear_exception();
    if (payload != nullptr) zend_string_release(payload);
    return nullptr;
}

}  // namespace

zend_string* serialize_quietly() {
    zval* const variables = session_variables();
    if (PS(serializer) == nullptr || variables == nullptr || EG(exception) != nullptr)
        return nullptr;
    if (Walk().meets_code(variables)) return nullptr;
    allow_more_memory();
    zend_string* const payload = encode();
    if (restore_memory_limit() || payload == nullptr) return payload;
    zend_string_release(payload);
    return nullptr;
}

}  // namespace sessmirror::shim

// SPDX-License-Identifier: BSD-3-Clause
#include "late_output.h"

#include "boundary.h"
#include "php_sessmirror.h"
#include "worker.h"

namespace sessmirror::shim {
namespace {

using Write = size_t (*)(const char*, size_t);
Write original = nullptr;

size_t write_or_hold(const char* text, size_t size) {
    if (!SESSMIRROR_G(is_output_held)) return original(text, size);
    (void)guarded([&]() -> Status {
        SESSMIRROR_G(worker)->held_output().append(text, size);
        return kOk;
    });
    return size;
}

}  // namespace

void wrap_output() noexcept {
    original = sapi_module.ub_write;
    if (original != nullptr) sapi_module.ub_write = write_or_hold;
}

void unwrap_output() noexcept {
    // Somebody who wrapped after us would lose their own function.
    if (sapi_module.ub_write == write_or_hold) sapi_module.ub_write = original;
}

void hold_output() noexcept {
    SESSMIRROR_G(is_output_held) = SESSMIRROR_G(worker) != nullptr;
}

void let_output_pass() noexcept {
    SESSMIRROR_G(is_output_held) = false;
}

void print_held_output() {
    Worker* const worker = SESSMIRROR_G(worker);
    if (worker == nullptr || worker->held_output().empty()) return;
    zend_string* const text =
        zend_string_init(worker->held_output().data(), worker->held_output().size(), 0);
    worker->drop_held_output();
    PHPWRITE(ZSTR_VAL(text), ZSTR_LEN(text));
    zend_string_release(text);
}

}  // namespace sessmirror::shim

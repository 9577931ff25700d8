// SPDX-License-Identifier: BSD-3-Clause
#include "boundary.h"
#include "messages.h"
#include "open_basedir.h"
#include "php_sessmirror.h"
#include "ready_worker.h"

namespace sessmirror::shim {
namespace {

constexpr Duration kBetweenReports = milliseconds(200);

Status begin(Worker& worker, std::string_view save_path) {
    // A session that is let go at once: opening it makes the pool.
    if (auto opened = worker.open(save_path); !opened) return opened.error();
    worker.begin_refill();
    return kOk;
}

// A worker that has begun.
Result<Worker*> begin(std::string_view save_path) {
    const std::string_view directory = needed_directory();
    const auto worker = guarded([&] { return ready_worker(directory); });
    if (!worker) return worker;
    Status step = check_open_basedir(**worker, save_path);
    if (step) step = guarded([&] { return begin(**worker, save_path); });
    if (!step) return step.error();
    return worker;
}

// False when the caller wants no more.
bool report(zend_fcall_info& call, zend_fcall_info_cache& cache, double done) {
    zval answer;
    zval argument;
    ZVAL_DOUBLE(&argument, done);
    call.retval = &answer;
    call.params = &argument;
    call.param_count = 1;
    ZVAL_UNDEF(&answer);
    const bool called = zend_call_function(&call, &cache) == SUCCESS && !EG(exception);
    const bool is_enough = Z_TYPE(answer) == IS_FALSE;
    zval_ptr_dtor(&answer);
    return called && !is_enough;
}

// For people at a terminal.
void draw(double done) {
    constexpr int kWidth = 40;
    const int filled = static_cast<int>(done * kWidth);
    char bar[kWidth + 1] = "";
    for (int i = 0; i < kWidth; ++i) bar[i] = i < filled ? '#' : '.';
    php_printf("\rrefill [%s] %3d %%", bar, static_cast<int>(done * 100));
    if (done >= 1) php_printf("\n");
}

bool is_command_line() noexcept {
    return strcmp(sapi_module.name, "cli") == 0;
}

void add_result(zval* list, const service::SessionService::StoreStatus& store) {
    zval row;
    array_init(&row);
    add_assoc_stringl(&row, "name", store.name.data(), store.name.size());
    add_assoc_long(&row, "compared", static_cast<zend_long>(store.refill_seen));
    add_assoc_long(&row, "copied", static_cast<zend_long>(store.refill_copied));
    if (store.refill_trouble.empty())
        add_assoc_null(&row, "error");
    else
        add_assoc_stringl(&row, "error", store.refill_trouble.data(), store.refill_trouble.size());
    add_next_index_zval(list, &row);
}

}  // namespace
}  // namespace sessmirror::shim

PHP_FUNCTION(sessmirror_refill) {
    namespace shim = sessmirror::shim;
    zend_fcall_info call = empty_fcall_info;
    zend_fcall_info_cache cache = empty_fcall_info_cache;
    ZEND_PARSE_PARAMETERS_START(0, 1)
    Z_PARAM_OPTIONAL
    Z_PARAM_FUNC_OR_NULL(call, cache)
    ZEND_PARSE_PARAMETERS_END();

    const char* const save_path =
        zend_ini_string(const_cast<char*>("session.save_path"), sizeof "session.save_path" - 1, 0);
    const auto worker = shim::begin(save_path);
    if (!worker) {
        php_error_docref(nullptr, E_WARNING, "No store was looked at: %s", worker.error().detail);
        RETURN_EMPTY_ARRAY();
    }
    const bool draws = !ZEND_FCI_INITIALIZED(call) && shim::is_command_line();
    for (bool is_over = false; !is_over;) {
        const auto step =
            shim::guarded([&] { return (*worker)->continue_refill(shim::kBetweenReports); });
        if (!step) {
            php_error_docref(nullptr, E_WARNING, "It is not over: %s", step.error().detail);
            break;
        }
        is_over = step->is_over;
        if (draws) shim::draw(step->done);
        if (ZEND_FCI_INITIALIZED(call) && !shim::report(call, cache, step->done)) break;
    }
    const auto stores = shim::guarded([&] { return (*worker)->look_at_stores(); });
    array_init(return_value);
    if (stores)
        for (const auto& store : *stores) shim::add_result(return_value, store);
    shim::log_journal();
}

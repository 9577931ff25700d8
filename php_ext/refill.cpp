// SPDX-License-Identifier: BSD-3-Clause
#include "boundary.h"
#include "messages.h"
#include "php_sessmirror.h"
#include "ready_worker.h"

extern "C" {
// The php.ini in use, or nullptr. No header of PHP's declares it.
extern PHPAPI char* php_ini_opened_path;
}

namespace sessmirror::shim {
namespace {

constexpr Duration kBetweenReports = milliseconds(200);

Result<Worker*> begin() {
    const auto worker = deployed_worker();
    if (!worker) return worker;
    const Status begun = guarded([&]() -> Status {
        (*worker)->begin_refill();
        return kOk;
    });
    if (!begun) return begun.error();
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

using StoreList = std::span<const service::SessionService::StoreStatus>;

// The exit code of `php -r 'sessmirror_refill();'`.
void fail_the_command() noexcept {
    if (is_command_line() && EG(exit_status) == 0) EG(exit_status) = 1;
}

// Which stores, and by whose settings: those of the command line are often others than the
// server's.
void introduce(Worker& worker) {
    const auto stores = guarded([&] { return worker.look_at_stores(); });
    if (!stores) return;
    php_printf("settings of %s\n",
               php_ini_opened_path == nullptr ? "no php.ini" : php_ini_opened_path);
    for (const auto& store : *stores) php_printf("  %s\n", store.name.c_str());
    if (stores->size() == 1) php_printf("there is no other store to compare it with\n");
}

// The end of the bar, and what is left to do.
void conclude(StoreList stores, bool is_over) {
    int failed = 0;
    for (const auto& store : stores) failed += store.refill_trouble.empty() ? 0 : 1;
    if (is_over && failed == 0) return draw(1);
    php_printf("\n%d of %d stores are up to date\n", static_cast<int>(stores.size()) - failed,
               static_cast<int>(stores.size()));
    for (const auto& store : stores)
        if (!store.refill_trouble.empty())
            php_printf("  %s: %s\n", store.name.c_str(), store.refill_trouble.c_str());
    fail_the_command();
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

    const auto worker = shim::begin();
    if (!worker) {
        php_error_docref(nullptr, E_WARNING, "Refill could not start: %s", worker.error().detail);
        shim::fail_the_command();
        RETURN_EMPTY_ARRAY();
    }
    const bool draws = !ZEND_FCI_INITIALIZED(call) && shim::is_command_line();
    if (draws) shim::introduce(**worker);
    bool is_over = false;
    while (!is_over) {
        const auto step =
            shim::guarded([&] { return (*worker)->continue_refill(shim::kBetweenReports); });
        if (!step) {
            php_error_docref(nullptr, E_WARNING, "Refill stopped before it finished: %s",
                             step.error().detail);
            break;
        }
        is_over = step->is_over;
        if (draws && !is_over) shim::draw(step->done);
        if (ZEND_FCI_INITIALIZED(call) && !shim::report(call, cache, step->done)) break;
    }
    const auto stores = shim::guarded([&] { return (*worker)->look_at_stores(); });
    array_init(return_value);
    if (!stores) return shim::fail_the_command();
    for (const auto& store : *stores) shim::add_result(return_value, store);
    if (draws) shim::conclude(*stores, is_over);
    shim::log_journal();
}

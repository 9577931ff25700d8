// SPDX-License-Identifier: BSD-3-Clause
#include "boundary.h"
#include "php_sessmirror.h"
#include "ready_worker.h"
#include "worker.h"

namespace sessmirror::shim {
namespace {

using StoreStatus = service::SessionService::StoreStatus;
using StoreList = std::span<const StoreStatus>;

// The pool that is in use, or would be with the next session, and whether it can be.
struct Look {
    StoreList stores;
    char configuration[sizeof Error::detail + 16] = "ok";
};

// Other handlers may be in use by way of a class that extends SessionHandler, so a pool that a
// session has made is shown whatever the handler is called.
Look look_at_stores() noexcept {
    Look look;
    const char* const handler = zend_ini_string(const_cast<char*>("session.save_handler"),
                                                sizeof "session.save_handler" - 1, 0);
    const bool is_ours = strcmp(handler, "sessmirror") == 0;
    Worker* worker = SESSMIRROR_G(worker);
    if (is_ours) {
        const auto deployed = deployed_worker();
        if (deployed)
            worker = *deployed;
        else
            snprintf(look.configuration, sizeof look.configuration, "error: %s",
                     deployed.error().detail);
    }
    if (worker != nullptr) {
        const auto stores = guarded([&] { return worker->look_at_stores(); });
        if (stores && (is_ours || !stores->empty())) look.stores = *stores;
    }
    for (const StoreStatus& store : look.stores)
        if (!store.same_server_as.empty())
            snprintf(look.configuration, sizeof look.configuration,
                     "warning: %s and %s are one server under two names, and keep one copy",
                     store.same_server_as.c_str(), store.name.c_str());
    if (!is_ours && look.stores.empty())
        snprintf(look.configuration, sizeof look.configuration,
                 "not in use (session.save_handler = %s)", handler);
    return look;
}

// The command line has a page of its own, and counts what it does itself.
bool is_shared_page() noexcept {
    return strcmp(sapi_module.name, "cli") != 0;
}

const StoreStatus* local_of(StoreList stores) noexcept {
    for (const StoreStatus& store : stores)
        if (store.is_local) return &store;
    return nullptr;
}

struct HostName {
    char text[17] = "";
};

HostName host_name() noexcept {
    HostName name;
    if (const service::Host* host = current_host())
        snprintf(name.text, sizeof name.text, "%016llx",
                 static_cast<unsigned long long>(host->id()));
    return name;
}

const char* state_of(const StoreStatus& store) noexcept {
    if (!store.is_up) return "down";
    if (store.is_disproved) return "disproved";
    if (store.is_filling) return "filling";
    if (store.is_unchecked) return "unchecked";
    return store.is_behind ? "behind" : "up";
}

void add_store(zval* list, const StoreStatus& store) {
    zval row;
    array_init(&row);
    add_assoc_stringl(&row, "name", store.name.data(), store.name.size());
    add_assoc_bool(&row, "local", store.is_local);
    add_assoc_bool(&row, "up", store.is_up);
    add_assoc_string(&row, "state", state_of(store));
    if (!store.same_server_as.empty())
        add_assoc_stringl(&row, "same_server_as", store.same_server_as.data(),
                          store.same_server_as.size());
    add_assoc_long(&row, "refill_listed", static_cast<zend_long>(store.refill_listed));
    add_assoc_long(&row, "refill_seen", static_cast<zend_long>(store.refill_seen));
    add_assoc_long(&row, "refill_copied", static_cast<zend_long>(store.refill_copied));
    add_assoc_long(&row, "weight", store.weight);
    add_assoc_double(&row, "down_for_s", store.down_for_s);
    add_assoc_long(&row, "latency_us", store.latency_us);
    add_assoc_long(&row, "requests", static_cast<zend_long>(store.requests));
    add_assoc_long(&row, "errors", static_cast<zend_long>(store.errors));
    add_next_index_zval(list, &row);
}

void add_counters(zval* counters) {
    const service::Host* const host = current_host();
    if (host == nullptr) return;
    for (int i = 0; i < service::Host::kCounters; ++i) {
        const auto counter = host->counter(i);
        add_assoc_long(counters, counter.name, static_cast<zend_long>(counter.value));
    }
}

// By which the import can be turned off: nobody has needed it since.
void add_last_import(zval* status) {
    const service::Host* const host = current_host();
    const std::uint32_t at = host == nullptr ? 0 : host->last_import_unix();
    if (at == 0)
        add_assoc_null(status, "last_import");
    else
        add_assoc_long(status, "last_import", static_cast<zend_long>(at));
}

void print_number(const char* name, std::uint64_t value) {
    char text[24];
    snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(value));
    php_info_print_table_row(2, name, text);
}

void print_store(const StoreStatus& store) {
    char health[96] = "";
    snprintf(health, sizeof health, "%s", state_of(store));
    if (store.is_filling)
        snprintf(health, sizeof health, "filling (%llu of %llu sessions compared, %llu copied)",
                 static_cast<unsigned long long>(store.refill_seen),
                 static_cast<unsigned long long>(store.refill_listed),
                 static_cast<unsigned long long>(store.refill_copied));
    if (!store.is_up) snprintf(health, sizeof health, "down for %.1f s", store.down_for_s);
    char text[224];
    snprintf(text, sizeof text, "%s, weight %u, %u us, %llu requests, %llu errors", health,
             store.weight, store.latency_us, static_cast<unsigned long long>(store.requests),
             static_cast<unsigned long long>(store.errors));
    php_info_print_table_row(2, store.name.c_str(), text);
}

void print_stores(StoreList stores) {
    php_info_print_table_start();
    php_info_print_table_header(2, "Store", "State");
    if (stores.empty()) php_info_print_table_row(2, "-", "none");
    for (const StoreStatus& store : stores) print_store(store);
    php_info_print_table_end();
}

void print_counters() {
    const service::Host* const host = current_host();
    if (host == nullptr) return;
    php_info_print_table_start();
    php_info_print_table_header(2, "Counter of this host", "Value");
    for (int i = 0; i < service::Host::kCounters; ++i)
        print_number(host->counter(i).name, host->counter(i).value);
    php_info_print_table_end();
}

}  // namespace

void print_info(zend_module_entry* module) {
    const Look look = look_at_stores();
    const StoreStatus* const local = local_of(look.stores);

    php_info_print_table_start();
    php_info_print_table_row(2, "sessmirror support", "enabled");
    php_info_print_table_row(2, "Version", PHP_SESSMIRROR_VERSION);
    php_info_print_table_row(2, "Libraries", service::Host::libraries());
    php_info_print_table_row(2, "Host", host_name().text);
    php_info_print_table_row(2, "Health and counters",
                             is_shared_page()
                                 ? "of all workers of this server"
                                 : "of this process alone; ask a page of the web server for its");
    php_info_print_table_row(2, "Configuration", look.configuration);
    php_info_print_table_row(2, "Local store", local == nullptr ? "none" : local->name.c_str());
    php_info_print_table_end();
    print_stores(look.stores);
    print_counters();
    display_ini_entries(module);
}

}  // namespace sessmirror::shim

PHP_FUNCTION(sessmirror_status) {
    ZEND_PARSE_PARAMETERS_NONE();
    namespace shim = sessmirror::shim;
    const shim::Look look = shim::look_at_stores();
    const shim::StoreStatus* const local = shim::local_of(look.stores);

    array_init(return_value);
    add_assoc_string(return_value, "version", PHP_SESSMIRROR_VERSION);
    add_assoc_string(return_value, "host", shim::host_name().text);
    add_assoc_string(return_value, "scope", shim::is_shared_page() ? "server" : "process");
    add_assoc_string(return_value, "configuration", look.configuration);
    if (local == nullptr)
        add_assoc_null(return_value, "local");
    else
        add_assoc_stringl(return_value, "local", local->name.data(), local->name.size());

    shim::add_last_import(return_value);

    zval stores;
    array_init(&stores);
    add_assoc_zval(return_value, "stores", &stores);
    for (const shim::StoreStatus& store : look.stores) shim::add_store(&stores, store);

    zval counters;
    array_init(&counters);
    add_assoc_zval(return_value, "counters", &counters);
    shim::add_counters(&counters);
}

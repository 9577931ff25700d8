// SPDX-License-Identifier: BSD-3-Clause
#include "ready_worker.h"

#include <array>
#include <string_view>

#include "boundary.h"
#include "open_basedir.h"
#include "php_sessmirror.h"

namespace sessmirror::shim {

std::string_view needed_directory() {
    if (SESSMIRROR_G(worker) != nullptr && !SESSMIRROR_G(directives_changed)) return {};
    return php_get_temporary_directory();
}

Result<Worker*> ready_worker(std::string_view directory) {
    Worker*& worker = SESSMIRROR_G(worker);
    if (worker == nullptr) {
        auto made = make_worker();
        if (!made) return made;
        worker = *made;
        SESSMIRROR_G(directives_changed) = true;
    }
    if (SESSMIRROR_G(directives_changed)) {
        std::array<std::string_view, kDirectives> texts;
        for (std::size_t i = 0; i < texts.size(); ++i)
            texts[i] = view(SESSMIRROR_G(directive_texts)[i]);
        Status configured = worker->configure(texts, directory);
        if (!configured) return configured.error();
        SESSMIRROR_G(directives_changed) = false;
    }
    return worker;
}

Result<Worker*> deployed_worker() {
    const std::string_view save_path =
        zend_ini_string(const_cast<char*>("session.save_path"), sizeof "session.save_path" - 1, 0);
    const std::string_view directory = needed_directory();
    const auto worker = guarded([&] { return ready_worker(directory); });
    if (!worker) return worker;
    Status step = check_open_basedir(**worker, save_path);
    if (step) step = guarded([&] { return (*worker)->deploy(save_path); });
    if (!step) return step.error();
    return worker;
}

}  // namespace sessmirror::shim

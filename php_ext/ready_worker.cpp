// SPDX-License-Identifier: BSD-3-Clause
#include "ready_worker.h"

#include <array>
#include <string_view>

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

}  // namespace sessmirror::shim

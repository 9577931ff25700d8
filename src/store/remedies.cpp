// SPDX-License-Identifier: BSD-3-Clause
#include "store/remedies.h"

#include <array>
#include <span>

#include "store/engines.h"

namespace sessmirror::store {
namespace {

constexpr std::array kRemedies = {
    Remedy{"write redis://", "Correct the list of stores."},
    Remedy{"without redis://", "Correct the list of stores."},
    Remedy{"speaks TLS", "Name a port of the store that does not use TLS."},
    Remedy{"out of memory", "Give that store more memory."},
    Remedy{"No such file",
           "Start the store or correct its path. A directory for an embedded store "
           "must be there before."},
    Remedy{"Permission denied", "Let the user that PHP runs as open the socket."},
    Remedy{"closed the connection",
           "Check that the stores run and can be reached from this host. "
           "A server that expects TLS, and a proxy that does not know the "
           "commands (twemproxy), close connections as well."},
};

const char* find(std::span<const Remedy> remedies, std::string_view detail) noexcept {
    for (const Remedy& remedy : remedies)
        if (detail.find(remedy.words) != std::string_view::npos) return remedy.text;
    return nullptr;
}

}  // namespace

const char* remedy_of_words(std::string_view detail) noexcept {
    for (const Engine* const engine : engines())
        if (const char* const remedy = find(engine->remedies, detail)) return remedy;
    return find(kRemedies, detail);
}

}  // namespace sessmirror::store

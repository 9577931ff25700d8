// SPDX-License-Identifier: BSD-3-Clause
#include "pool/store_entry.h"

#include <algorithm>

#include "base/text.h"
#include "pool/store_parameters.h"
#include "store/engines.h"

namespace sessmirror::pool {
namespace {

using store::Given;

constexpr std::string_view kPersistent = "PERSISTENT=";

// An address that says nothing of its engine, unless a parameter has said it.
Result<Given> parse_tcp(std::string_view text, store::StoreSpec& spec) {
    if (text.find('@') != std::string_view::npos)
        return Error(Errc::BadConfig,
                     "a user and a password stand behind %.60s only, and without / ? @ in them",
                     store::password_notations().c_str());
    const store::Engine& usual = spec.engine != nullptr ? *spec.engine : store::usual_engine();
    const auto given = store::parse_tcp_address(text, usual.default_port, spec);
    if (spec.engine == nullptr) {
        const store::Engine* const told = store::engine_of_port(spec.port);
        spec.engine = told != nullptr ? told : &usual;
    }
    return given;
}

Result<Given> parse_socket(std::string_view text, store::StoreSpec& spec) {
    if (spec.engine == nullptr) spec.engine = &store::usual_engine();
    return store::parse_socket_address(text, spec);
}

Error refuse_scheme(std::string_view scheme, bool may_quote) {
    for (const std::string_view secure : {"rediss", "valkeys", "tls", "ssl"})
        if (equals_ignoring_case(scheme, secure))
            return {Errc::BadConfig, "TLS is not supported by this release's stores"};
    const std::string supported = store::all_notations();
    if (!may_quote)
        return {Errc::BadConfig,
                "this release's stores are %.120s; other schemes are not supported",
                supported.c_str()};
    return {Errc::BadConfig, "this release's stores are %.120s; the scheme %s is not supported",
            supported.c_str(), Quoted(scheme, 20).c_str()};
}

// `spec.engine` is set if a parameter says it.
Result<Given> parse_target(std::string_view text, bool may_quote, store::StoreSpec& spec) {
    const std::size_t mark = text.find("://");
    if (mark == std::string_view::npos) {
        constexpr std::string_view kUnix = "unix:";
        // The slash tells a scheme from a host that is called "unix".
        if (equals_ignoring_case(text.substr(0, kUnix.size() + 1), "unix:/"))
            return parse_socket(text.substr(kUnix.size()), spec);
        return !text.empty() && text.front() == '/' ? parse_socket(text, spec)
                                                    : parse_tcp(text, spec);
    }
    const std::string_view scheme = text.substr(0, mark);
    std::string_view rest = text.substr(mark + 3);
    if (equals_ignoring_case(scheme, "unix")) return parse_socket(rest, spec);
    if (equals_ignoring_case(scheme, "tcp")) {
        if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
        return parse_tcp(rest, spec);
    }
    const store::Engine* const engine = store::engine_of_scheme(scheme);
    if (engine == nullptr) return refuse_scheme(scheme, may_quote);
    spec.engine = engine;
    return engine->parse_target(rest, spec);
}

}  // namespace

Result<store::StoreSpec> parse_store_entry(std::string_view entry, bool may_quote) {
    if (entry.substr(0, kPersistent.size()) == kPersistent)
        return Error(Errc::BadConfig,
                     "PERSISTENT= is not supported and not needed, connections are always "
                     "persistent: remove it");
    const std::size_t mark = std::min(entry.find('?'), entry.size());
    const std::string_view query = entry.substr(std::min(mark + 1, entry.size()));
    store::StoreSpec spec;
    spec.engine = engine_told_in(query);
    const auto given = parse_target(entry.substr(0, mark), may_quote, spec);
    if (!given) return given.error();
    const Status applied = apply_parameters(query, *given, may_quote, spec);
    if (!applied) return applied.error();
    if (spec.engine->check != nullptr)
        if (const Status fits = spec.engine->check(spec); !fits) return fits.error();
    return spec;
}

}  // namespace sessmirror::pool

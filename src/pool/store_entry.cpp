// SPDX-License-Identifier: BSD-3-Clause
#include "pool/store_entry.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "pool/redis_credentials.h"
#include "pool/store_parameters.h"

namespace sessmirror::pool {
namespace {

constexpr std::string_view kPersistent = "PERSISTENT=";
constexpr std::size_t kMaxHost = 253;  // RFC 1035, section 2.3.4
constexpr std::size_t kMaxPath = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::size_t kMaxDirectory = 1024;

// "11211:2" behind an address, taken apart.
struct Suffix {
    std::uint32_t port = 0;
    std::uint32_t weight = 1;
    bool weight_given = false;
};

bool is_host_char(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_path_char(char c) noexcept {
    return c > ' ' && c != '\x7f';
}

bool is_digits(std::string_view text) noexcept {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// `text` starts with the colon, or is empty, which leaves `default_port`.
Result<Suffix> parse_suffix(std::string_view text, std::uint32_t default_port,
                            std::uint32_t min_port, std::uint32_t max_port,
                            const char* port_rule) noexcept {
    Suffix out;
    out.port = default_port;
    if (text.empty()) return out;
    if (text.front() != ':') return Error(Errc::BadConfig, "only a port may follow the address");
    text.remove_prefix(1);
    const std::size_t colon = text.find(':');
    const auto port = parse_number(text.substr(0, colon), min_port, max_port);
    if (!port) return Error(Errc::BadConfig, "%s", port_rule);
    out.port = *port;
    if (colon == std::string_view::npos) return out;
    const auto weight = parse_number(text.substr(colon + 1), 1, kMaxWeight);
    if (!weight)
        return Error(Errc::BadConfig,
                     "after host:port: only a weight from 1 to 1000 may follow (an IPv6 address "
                     "stands in brackets)");
    out.weight = *weight;
    out.weight_given = true;
    return out;
}

Result<std::string> parse_ipv6(std::string_view text) {
    in6_addr address{};
    std::array<char, INET6_ADDRSTRLEN> canonical{};
    // A zone ("%eth0") is one host's own name for a link, and lists are the same on all hosts.
    if (inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1 ||
        inet_ntop(AF_INET6, &address, canonical.data(), canonical.size()) == nullptr)
        return Error(Errc::BadConfig, "there is no IPv6 address (without zone) in the brackets");
    return std::string(canonical.data());
}

Result<std::string> parse_host_name(std::string_view text) {
    if (text.empty()) return Error(Errc::BadConfig, "the host name is missing");
    if (text.size() > kMaxHost)
        return Error(Errc::BadConfig, "the host name is longer than %zu characters", kMaxHost);
    std::string host = lower_case(text);
    if (!std::all_of(host.begin(), host.end(), is_host_char))
        return Error(Errc::BadConfig, "host names consist of letters, digits, '-', '.' and '_'");
    return host;
}

Result<Given> parse_tcp(std::string_view text, store::StoreSpec& spec) {
    if (text.find('@') != std::string_view::npos)
        return Error(Errc::BadConfig,
                     "a user and a password stand behind redis:// only, and without / ? @ in them");
    const bool bracketed = !text.empty() && text.front() == '[';
    const std::size_t end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (end == std::string_view::npos)
        return Error(Errc::BadConfig, "the closing bracket of the IPv6 address is missing");
    if (text.substr(end, 2) == "::" || text.substr(0, 2) == "::")
        return Error(Errc::BadConfig, "an IPv6 address stands in brackets: [::1]:11211");
    auto host =
        bracketed ? parse_ipv6(text.substr(1, end - 1)) : parse_host_name(text.substr(0, end));
    if (!host) return host.error();
    const bool is_redis = spec.engine == store::Engine::Redis;
    const auto suffix =
        parse_suffix(text.substr(bracketed ? end + 1 : end), is_redis ? kRedisPort : kDefaultPort,
                     1, 65535, "the port must be a number from 1 to 65535");
    if (!suffix) return suffix.error();
    spec.transport = store::Transport::Tcp;
    spec.host = std::move(*host);
    spec.port = static_cast<std::uint16_t>(suffix->port);
    spec.weight = suffix->weight;
    if (spec.port == kRedisPort) spec.engine = store::Engine::Redis;
    return Given{.weight = suffix->weight_given};
}

Result<Given> parse_socket(std::string_view text, store::StoreSpec& spec) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view path = text.substr(0, end);
    if (path.size() < 2 || path.front() != '/')
        return Error(Errc::BadConfig, "the path of a UNIX socket must be absolute: unix:///path");
    if (path.size() > kMaxPath)
        return Error(Errc::BadConfig, "the path of a UNIX socket has at most %zu characters",
                     kMaxPath);
    if (!std::all_of(path.begin(), path.end(), is_path_char))
        return Error(Errc::BadConfig, "the path of the UNIX socket contains control characters");
    // It could not be told from a database: redis:///2.
    if (spec.engine == store::Engine::Redis && is_digits(path.substr(1)))
        return Error(Errc::BadConfig, "the path of Redis' UNIX socket must not be a number alone");
    const auto suffix = parse_suffix(text.substr(end), 0, 0, 0,
                                     "after the path of a UNIX socket only :0 may follow");
    if (!suffix) return suffix.error();
    spec.transport = store::Transport::Unix;
    spec.host = std::string(path);
    spec.weight = suffix->weight;
    return Given{.weight = suffix->weight_given};
}

// The weight is never given: there is nothing to share the sessions with.
Result<Given> parse_directory(std::string_view text, store::StoreSpec& spec) {
    if (text.empty() || text.front() != '/')
        return Error(Errc::BadConfig,
                     "the directory of an embedded store must be absolute: lmdb:///directory");
    if (text.size() > kMaxDirectory || !std::all_of(text.begin(), text.end(), is_path_char))
        return Error(Errc::BadConfig,
                     "the directory of an embedded store has at most %zu characters, none of them "
                     "a control character",
                     kMaxDirectory);
    while (text.size() > 1 && text.back() == '/') text.remove_suffix(1);
    spec.engine = store::Engine::Embedded;
    spec.host = std::string(text);
    return Given{};
}

// `text` follows redis:// or valkey://.
Result<Given> parse_redis(std::string_view text, store::StoreSpec& spec) {
    spec.engine = store::Engine::Redis;
    const std::size_t slash = std::min(text.find('/'), text.size());
    std::string_view host = text.substr(0, slash);
    if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) {
        // The first one may stand in the password: redis://me:secret@/more@host.
        if (text.find('@', slash) != std::string_view::npos)
            return Error(Errc::BadConfig, "only one '@' may stand in an entry");
        const Status read = set_userinfo(host.substr(0, at), spec);
        if (!read) return read.error();
        host.remove_prefix(at + 1);
    }
    const std::string_view path = text.substr(slash);
    const std::string_view database = path.substr(std::min<std::size_t>(1, path.size()));
    if (host.empty() && !is_digits(database)) return parse_socket(path, spec);
    auto given = parse_tcp(host, spec);
    if (!given || database.empty()) return given;
    const auto number = parse_number(database, 0, kMaxDatabase);
    if (!number)
        return Error(Errc::BadConfig,
                     "behind host and port only the number of a database from 0 to %u may follow",
                     kMaxDatabase);
    spec.database = *number;
    given->database = true;
    return given;
}

Error refuse_scheme(std::string_view scheme, bool may_quote) noexcept {
    for (const std::string_view secure : {"rediss", "valkeys", "tls", "ssl"})
        if (equals_ignoring_case(scheme, secure))
            return {Errc::BadConfig, "TLS is not supported by this release's stores"};
    constexpr const char* kSupported =
        "stores are memcached over tcp:// or unix://, redis://, and lmdb://";
    if (!may_quote)
        return {Errc::BadConfig, "this release's %s; other schemes are not supported", kSupported};
    return {Errc::BadConfig, "this release's %s; the scheme %s is not supported", kSupported,
            Quoted(scheme, 20).c_str()};
}

// `spec.engine` is Redis if a parameter says so.
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
    if (equals_ignoring_case(scheme, "lmdb")) return parse_directory(rest, spec);
    if (equals_ignoring_case(scheme, "redis") || equals_ignoring_case(scheme, "valkey"))
        return parse_redis(rest, spec);
    if (!equals_ignoring_case(scheme, "tcp")) return refuse_scheme(scheme, may_quote);
    if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
    return parse_tcp(rest, spec);
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
    if (has_redis_parameter(query)) spec.engine = store::Engine::Redis;
    const auto given = parse_target(entry.substr(0, mark), may_quote, spec);
    if (!given) return given.error();
    const Status applied = apply_parameters(query, *given, may_quote, spec);
    if (!applied) return applied.error();
    return spec;
}

}  // namespace sessmirror::pool

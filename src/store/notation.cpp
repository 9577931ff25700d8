// SPDX-License-Identifier: BSD-3-Clause
#include "store/notation.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace sessmirror::store {
namespace {

constexpr std::size_t kMaxHost = 253;  // RFC 1035, section 2.3.4
constexpr std::size_t kMaxPath = sizeof(sockaddr_un::sun_path) - 1;

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

}  // namespace

Result<Given> parse_tcp_address(std::string_view text, std::uint16_t default_port,
                                StoreSpec& spec) {
    const bool bracketed = !text.empty() && text.front() == '[';
    const std::size_t end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (end == std::string_view::npos)
        return Error(Errc::BadConfig, "the closing bracket of the IPv6 address is missing");
    if (text.substr(end, 2) == "::" || text.substr(0, 2) == "::")
        return Error(Errc::BadConfig, "an IPv6 address stands in brackets: [::1]:11211");
    auto host =
        bracketed ? parse_ipv6(text.substr(1, end - 1)) : parse_host_name(text.substr(0, end));
    if (!host) return host.error();
    const auto suffix = parse_suffix(text.substr(bracketed ? end + 1 : end), default_port, 1, 65535,
                                     "the port must be a number from 1 to 65535");
    if (!suffix) return suffix.error();
    spec.transport = Transport::Tcp;
    spec.host = std::move(*host);
    spec.port = static_cast<std::uint16_t>(suffix->port);
    spec.weight = suffix->weight;
    return Given{.weight = suffix->weight_given};
}

Result<Given> parse_socket_address(std::string_view text, StoreSpec& spec) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view path = text.substr(0, end);
    if (path.size() < 2 || path.front() != '/')
        return Error(Errc::BadConfig, "the path of a UNIX socket must be absolute: unix:///path");
    if (path.size() > kMaxPath)
        return Error(Errc::BadConfig, "the path of a UNIX socket has at most %zu characters",
                     kMaxPath);
    if (!is_path(path))
        return Error(Errc::BadConfig, "the path of the UNIX socket contains control characters");
    const auto suffix = parse_suffix(text.substr(end), 0, 0, 0,
                                     "after the path of a UNIX socket only :0 may follow");
    if (!suffix) return suffix.error();
    spec.transport = Transport::Unix;
    spec.host = std::string(path);
    spec.weight = suffix->weight;
    return Given{.weight = suffix->weight_given};
}

bool is_path(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), is_path_char);
}

bool is_digits(std::string_view text) noexcept {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string address_text(const StoreSpec& spec) {
    if (spec.transport != Transport::Tcp) return spec.host;
    const bool is_ipv6 = spec.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + spec.host + "]" : spec.host) + ":" + std::to_string(spec.port);
}

}  // namespace sessmirror::store

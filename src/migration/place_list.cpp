// SPDX-License-Identifier: BSD-3-Clause
#include "migration/place_list.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "migration/old_place.h"

namespace sessmirror::migration {
namespace {

using Handler = PlaceSpec::Handler;

constexpr std::size_t kMostPlaces = 64;
constexpr std::size_t kLongestText = 512;
constexpr std::size_t kLongestPrefix = 128;
constexpr std::uint32_t kMostDatabases = 1'000'000;

struct Kind {
    Handler handler;
    const char* name;  // of the handler, and the scheme
    std::uint16_t port;
    const char* prefix;
};
constexpr std::array<Kind, 5> kKinds{{
    {Handler::Files, "files", 0, ""},
    {Handler::Memcached, "memcached", 11211, "memc.sess.key."},
    {Handler::Memcache, "memcache", 11211, ""},
    {Handler::Redis, "redis", 6379, "PHPREDIS_SESSION:"},
    {Handler::RedisCluster, "rediscluster", 6379, "PHPREDIS_CLUSTER_SESSION:"},
}};

const Kind& kind_of(Handler handler) noexcept {
    return kKinds[static_cast<std::size_t>(handler)];
}

Error refuse(const char* why) noexcept {
    return Error(Errc::BadConfig, "%s", why);
}

std::optional<std::string> decoded(std::string_view text) {
    auto plain = percent_decoded(text);
    const bool is_usable = plain && plain->size() <= kLongestText &&
                           std::none_of(plain->begin(), plain->end(), [](char c) {
                               return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
                           });
    return is_usable ? plain : std::nullopt;
}

// What stands before `mark` is taken off the text, with it; nullopt without one.
std::optional<std::string_view> take_before(std::string_view& text, char mark) noexcept {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(at + 1);
    return before;
}

Status set_path(std::string_view text, PlaceSpec& spec) {
    auto path = decoded(text);
    if (!path || !path->starts_with('/')) return refuse("it needs an absolute path");
    while (path->size() > 1 && path->ends_with('/')) path->pop_back();
    spec.path = std::move(*path);
    return kOk;
}

Status set_port(std::string_view text, PlaceSpec& spec) {
    const auto port = parse_number(text, 1, 65535);
    if (!port) return refuse("a port must be a number from 1 to 65535");
    spec.port = static_cast<std::uint16_t>(*port);
    return kOk;
}

Status set_database(std::string_view text, PlaceSpec& spec) {
    if (text.empty()) return kOk;
    const auto database = parse_number(text, 0, kMostDatabases);
    if (!database || spec.handler != Handler::Redis)
        return refuse("what follows the server must be the number of a database, of redis://");
    spec.database = *database;
    return kOk;
}

bool is_host_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':';
}

// "host", "host:port/1", "[::1]:port".
Status set_server(std::string_view text, PlaceSpec& spec) {
    if (text.starts_with('/')) return set_path(text, spec);
    const std::size_t slash = std::min(text.find('/'), text.size());
    const Status database = set_database(text.substr(std::min(slash + 1, text.size())), spec);
    if (!database) return database;
    std::string_view server = text.substr(0, slash);
    std::string_view host;
    std::string_view port;
    if (server.starts_with('[')) {
        server.remove_prefix(1);
        host = take_before(server, ']').value_or("");
        if (!server.empty() && !server.starts_with(':'))
            return refuse("its server is not readable");
        port = server.substr(std::min<std::size_t>(1, server.size()));
    } else {
        port = server;
        host = take_before(port, ':').value_or(server);
        if (host.size() == server.size()) port = {};
    }
    if (host.empty() || host.size() > 255 ||
        !std::all_of(host.begin(), host.end(), is_host_character))
        return refuse("its server is not readable");
    spec.host = lower_case(host);
    return port.empty() ? Status(kOk) : set_port(port, spec);
}

// "user:password", or ":password" for the default user.
Status set_credentials(std::string_view text, PlaceSpec& spec) {
    if (spec.handler != Handler::Redis && spec.handler != Handler::RedisCluster)
        return refuse("only a Redis takes a password");
    const auto user = take_before(text, ':');
    auto decoded_user = decoded(user.value_or(""));
    auto password = decoded(text);
    if (!user || !decoded_user || !password || password->empty())
        return refuse(
            "a password is written as :password@ or user:password@ in front of the server");
    spec.user = std::move(*decoded_user);
    spec.password = std::move(*password);
    return kOk;
}

Status set_prefix(std::string_view text, PlaceSpec& spec) {
    auto prefix = decoded(text);
    const bool is_usable =
        prefix && prefix->size() <= kLongestPrefix &&
        std::all_of(prefix->begin(), prefix->end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (!is_usable) return refuse("its prefix must be at most 128 characters without blanks");
    spec.prefix = std::move(*prefix);
    return kOk;
}

Status apply_parameter(std::string_view name, std::string_view value, PlaceSpec& spec) {
    const bool is_folder = spec.handler == Handler::Files;
    if (name == "prefix" && !is_folder) return set_prefix(value, spec);
    if (name != "depth" || !is_folder) return refuse("it has a parameter that is not known");
    const auto depth = parse_number(value, 0, PlaceSpec::kDeepest);
    if (!depth) return refuse("the parameter depth must be a number from 0 to 16");
    spec.depth = *depth;
    return kOk;
}

Status apply_parameters(std::string_view query, PlaceSpec& spec) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
        const Status applied = apply_parameter(pair.substr(0, equals), value, spec);
        if (!applied) return applied;
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return kOk;
}

Result<PlaceSpec> parse_place(std::string_view entry) {
    const std::size_t colon = entry.find("://");
    const std::string_view scheme = entry.substr(0, std::min(colon, entry.size()));
    const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& candidate) {
        return equals_ignoring_case(candidate.name, scheme);
    });
    if (colon == std::string_view::npos || kind == kKinds.end())
        return refuse(
            "it must begin with files://, memcached://, memcache://, redis:// or "
            "rediscluster://");
    PlaceSpec spec;
    spec.handler = kind->handler;
    spec.port = kind->port;
    spec.prefix = kind->prefix;
    std::string_view rest = entry.substr(colon + 3);
    const std::size_t question = std::min(rest.find('?'), rest.size());
    const std::string_view query = rest.substr(std::min(question + 1, rest.size()));
    rest = rest.substr(0, question);
    Status step = kOk;
    if (spec.handler == Handler::Files) {
        step = set_path(rest, spec);
    } else {
        if (const auto credentials = take_before(rest, '@'))
            step = set_credentials(*credentials, spec);
        if (step) step = set_server(rest, spec);
    }
    if (step) step = apply_parameters(query, spec);
    if (!step) return step.error();
    return spec;
}

}  // namespace

std::uint64_t mark_of(ByteView content) noexcept {
    return hash64(as_text(content));
}

bool is_old_id(std::string_view id) noexcept {
    constexpr std::size_t kShortest = 22;  // session.sid_length
    constexpr std::size_t kLongest = 256;
    return id.size() >= kShortest && id.size() <= kLongest &&
           std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == ',' || c == '-';
           });
}

std::string PlaceSpec::name() const {
    const std::string handler_name = kind_of(handler).name;
    if (host.empty()) return handler_name + " " + path;
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return handler_name + " " + (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

net::Endpoint PlaceSpec::endpoint() const {
    const bool is_socket = host.empty();
    return {is_socket, is_socket ? path : host, port, name()};
}

Result<std::vector<PlaceSpec>> parse_places(const char* directive, std::string_view text) {
    constexpr std::string_view kSeparators = ",; \t\r\n";
    std::vector<PlaceSpec> places;
    std::size_t begin = 0;
    while ((begin = text.find_first_not_of(kSeparators, begin)) != std::string_view::npos) {
        const std::size_t end = std::min(text.find_first_of(kSeparators, begin), text.size());
        auto place = parse_place(text.substr(begin, end - begin));
        if (!place)
            return Error(Errc::BadConfig, "entry %zu of %s cannot be used: %s", places.size() + 1,
                         directive, place.error().detail);
        places.push_back(std::move(*place));
        if (places.size() > kMostPlaces)
            return Error(Errc::BadConfig, "%s has more than %zu entries", directive, kMostPlaces);
        begin = end;
    }
    return places;
}

}  // namespace sessmirror::migration

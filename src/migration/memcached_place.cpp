// SPDX-License-Identifier: BSD-3-Clause
#include "migration/memcached_place.h"

#include <utility>

#include "base/text.h"
#include "migration/mark.h"
#include "migration/packing.h"

namespace sessmirror::migration {
namespace {

constexpr std::size_t kLongestKey = 250;
constexpr std::string_view kMarkSuffix = ".sm";
constexpr std::uint32_t kPackedByMemcache = 2;
constexpr std::uint32_t kLongestSpan = 30 * 24 * 3600;  // larger numbers are dates

}  // namespace

MemcachedPlace::MemcachedPlace(const PlaceSpec& spec, net::EventLoop& loop, net::Resolver& resolver,
                               Patience patience, std::uint64_t max_bytes)
    : name_(spec.name()),
      prefix_(spec.prefix),
      is_memcache_(spec.handler == PlaceSpec::Handler::Memcache),
      max_bytes_(max_bytes),
      loop_(loop),
      exchange_(loop, resolver, spec.endpoint(), "", patience) {}

std::string MemcachedPlace::key_of(std::string_view id) const {
    return std::string(prefix_).append(id);
}

std::string MemcachedPlace::lock_key_of(std::string_view id) const {
    return is_memcache_ ? key_of(id) + ".lock" : std::string(prefix_).append("lock.").append(id);
}

// Nor had the handler for longer ones.
bool MemcachedPlace::has_key_for(std::string_view id) const {
    return prefix_.size() + id.size() + std::string_view("lock.").size() <= kLongestKey;
}

std::string MemcachedPlace::expiry(std::uint32_t lifetime_s) const {
    return std::to_string(lifetime_s > kLongestSpan ? loop_.unix_seconds() + lifetime_s
                                                    : lifetime_s);
}

Error MemcachedPlace::unexpected(const std::string& line) const noexcept {
    return Error(Errc::StoreError, "%.100s said %s", name_.c_str(), Quoted(line).c_str());
}

Result<std::string> MemcachedPlace::ask(const std::string& request, int commands,
                                        TimePoint deadline) {
    const ByteView pieces[] = {as_bytes(request)};
    ClassicAnswer answer = answer_to(commands);
    if (const auto asked = exchange_.ask(pieces, answer, deadline); !asked) return asked.error();
    return answer.lines().back();
}

Result<OldState> MemcachedPlace::read(std::string_view id, std::uint32_t lifetime_s, Held,
                                      TimePoint deadline) {
    OldState state;
    if (!has_key_for(id)) return state;
    const std::string key = key_of(id);
    const std::string request = "get " + key + " " + key + std::string(kMarkSuffix) + "\r\n";
    const ByteView pieces[] = {as_bytes(request)};
    ClassicAnswer answer = answer_to(1);
    if (const auto asked = exchange_.ask(pieces, answer, deadline); !asked) return asked.error();
    for (auto& value : answer.values()) {
        if (value.key != key) {
            state.mark = parse_mark(as_text(value.data));
            continue;
        }
        auto content = unpacked(value.flags, std::move(value.data));
        if (!content) return content.error();
        state.session = OldSession{std::move(*content), lifetime_s};
    }
    return state;
}

Result<Bytes> MemcachedPlace::unpacked(std::uint32_t flags, Bytes&& data) const {
    if (flags == 0) return std::move(data);
    if (is_memcache_ && flags == kPackedByMemcache) return unpack_zlib(name_, data, max_bytes_);
    return Error(Errc::Unreadable,
                 "%.120s has a session with flags %u, which its handler does not use",
                 name_.c_str(), flags);
}

Status MemcachedPlace::set(const std::string& key, ByteView value, std::uint32_t lifetime_s,
                           TimePoint deadline) {
    const std::string head =
        "set " + key + " 0 " + expiry(lifetime_s) + " " + std::to_string(value.size()) + "\r\n";
    const ByteView pieces[] = {as_bytes(head), value, as_bytes("\r\n")};
    ClassicAnswer answer = answer_to(1);
    if (const auto asked = exchange_.ask(pieces, answer, deadline); !asked) return asked.error();
    return answer.lines().back() == "STORED" ? Status(kOk) : unexpected(answer.lines().back());
}

// The mark follows when the content is there: a server that refuses a content, as one that is too
// large, has dropped what was there before, and with a mark that would be a log-out.
Status MemcachedPlace::write(std::string_view id, ByteView content, std::uint32_t lifetime_s, Held,
                             TimePoint deadline) {
    if (!has_key_for(id)) return kOk;
    const std::string key = key_of(id);
    const std::string mark_key = key + std::string(kMarkSuffix);
    const Status stored = set(key, content, lifetime_s, deadline);
    if (stored) return set(mark_key, as_bytes(mark_text(mark_of(content))), lifetime_s, deadline);
    (void)ask("delete " + mark_key + "\r\n", 1, deadline);
    return stored;
}

Result<bool> MemcachedPlace::touch(std::string_view id, std::uint32_t lifetime_s,
                                   TimePoint deadline) {
    if (!has_key_for(id)) return true;
    const std::string key = key_of(id);
    const std::string tail = " " + expiry(lifetime_s) + "\r\n";
    const auto line =
        ask("touch " + key + std::string(kMarkSuffix) + tail + "touch " + key + tail, 2, deadline);
    if (!line) return line.error();
    return *line == "TOUCHED";
}

Status MemcachedPlace::erase(std::string_view id, TimePoint deadline) {
    if (!has_key_for(id)) return kOk;
    const std::string key = key_of(id);
    const auto line =
        ask("delete " + key + std::string(kMarkSuffix) + "\r\ndelete " + key + "\r\n", 2, deadline);
    if (!line) return line.error();
    return kOk;
}

Result<OldPlace::Lock> MemcachedPlace::try_lock(std::string_view id, std::uint32_t lease_s,
                                                TimePoint deadline) {
    if (!has_key_for(id)) return Lock{true};
    const std::string key = lock_key_of(id);
    if (is_memcache_) {
        const auto raised = ask("incr " + key + " 1\r\n", 1, deadline);
        if (!raised) return raised.error();
        if (*raised != "NOT_FOUND") return Lock{*raised == "1"};
    }
    const std::string flags = is_memcache_ ? " 768 " : " 0 ";
    const auto added = ask("add " + key + flags + expiry(lease_s) + " 1\r\n1\r\n", 1, deadline);
    if (!added) return added.error();
    return Lock{*added == "STORED"};
}

Status MemcachedPlace::unlock(std::string_view id, const Lock&, TimePoint deadline) {
    if (!has_key_for(id)) return kOk;
    const std::string key = lock_key_of(id);
    constexpr const char* kFree = " 768 15 1\r\n0\r\n";
    const auto line =
        ask(is_memcache_ ? "set " + key + kFree : "delete " + key + "\r\n", 1, deadline);
    if (!line) return line.error();
    return kOk;
}

}  // namespace sessmirror::migration

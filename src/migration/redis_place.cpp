// SPDX-License-Identifier: BSD-3-Clause
#include "migration/redis_place.h"

#ifdef SESSMIRROR_WITH_REDIS

#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "migration/mark.h"
#include "wire/resp_packet.h"
#include "wire/resp_parser.h"

namespace sessmirror::migration {
namespace {

using wire::RespReply;
using wire::RespType;

// The replies to so many commands, after those to the greeting.
class RespAnswer final : public Answer {
  public:
    RespAnswer(const std::string& name, std::size_t greetings, std::size_t commands,
               std::uint64_t max_value)
        : name_(name), greetings_(greetings), commands_(commands), parser_(max_value) {}

    void begin(bool has_greeting) override {
        parser_.reset();
        replies_.clear();
        left_of_greeting_ = has_greeting ? greetings_ : 0;
    }
    [[nodiscard]] bool has_begun() const noexcept override { return !replies_.empty(); }

    Result<bool> take(ByteView bytes) override {
        for (;;) {
            RespReply reply;
            switch (parser_.next(bytes, reply)) {
                case wire::RespParser::Step::NeedMore:
                    return replies_.size() == commands_;
                case wire::RespParser::Step::Malformed:
                    return Error(
                        Errc::Protocol,
                        "%.120s gave no answer of Redis' protocol, or one that is too large",
                        name_.c_str());
                case wire::RespParser::Step::Complete:
                    break;
            }
            if (const Status taken = keep(std::move(reply)); !taken) return taken.error();
        }
    }

    [[nodiscard]] RespReply& reply(std::size_t index) noexcept { return replies_[index]; }
    [[nodiscard]] bool is_elsewhere() const noexcept { return is_elsewhere_; }

  private:
    Status keep(RespReply&& reply) {
        // Another node of the cluster has what has been asked for.
        if (reply.type == RespType::Error && reply.text.starts_with("MOVED ")) {
            is_elsewhere_ = true;
            reply.type = RespType::Nil;
        }
        if (reply.type == RespType::Error)
            return Error(Errc::StoreError, "%.100s said %s", name_.c_str(),
                         Quoted(reply.text).c_str());
        if (left_of_greeting_ > 0) {
            --left_of_greeting_;
            return kOk;
        }
        if (replies_.size() == commands_)
            return Error(Errc::Protocol, "%.120s answered more than it was asked", name_.c_str());
        replies_.push_back(std::move(reply));
        return kOk;
    }

    const std::string& name_;
    const std::size_t greetings_;
    const std::size_t commands_;
    wire::RespParser parser_;
    std::size_t left_of_greeting_ = 0;
    std::vector<RespReply> replies_;
    bool is_elsewhere_ = false;  // at another node
};

std::string joined(wire::RespPacket& packet) {
    std::string text;
    for (const ByteView piece : packet.pieces()) text.append(as_text(piece));
    return text;
}

std::string greeting_of(const PlaceSpec& spec) {
    wire::RespPacket packet(0);
    if (!spec.password.empty()) {
        packet.command(spec.user.empty() ? 2 : 3).add("AUTH");
        if (!spec.user.empty()) packet.add(spec.user);
        packet.add(spec.password);
    }
    if (spec.database != 0) packet.command(2).add("SELECT").add(std::to_string(spec.database));
    return joined(packet);
}

std::size_t greetings_of(const PlaceSpec& spec) noexcept {
    return (spec.password.empty() ? 0u : 1u) + (spec.database == 0 ? 0u : 1u);
}

bool is_zstd_frame(ByteView value) noexcept {
    constexpr std::uint32_t kMagic = 0x28b52ffd;
    return value.size() >= sizeof kMagic && get_be<std::uint32_t>(value.data()) == kMagic;
}

constexpr const char* kMarkSuffix = "_SESSMIRROR";
constexpr const char* kLockSuffix = "_LOCK";
constexpr const char* kOwner = "sessmirror";  // of a lock; the handler writes host and process

class RedisPlace final : public OldPlace {
  public:
    RedisPlace(const PlaceSpec& spec, net::EventLoop& loop, net::Resolver& resolver,
               Patience patience, record::Compressor& compressor, std::uint64_t max_bytes)
        : name_(spec.name()),
          prefix_(spec.prefix),
          greetings_(greetings_of(spec)),
          compressor_(compressor),
          max_bytes_(max_bytes),
          exchange_(loop, resolver, spec.endpoint(), greeting_of(spec), patience) {}

    [[nodiscard]] const std::string& name() const noexcept override { return name_; }

    Result<OldState> read(std::string_view id, std::uint32_t lifetime_s, Held,
                          TimePoint deadline) override {
        const std::string key = key_of(id);
        wire::RespPacket packet(0);
        packet.command(2).add("EXISTS").add(key);
        // One byte more than is taken, so that it shows.
        packet.command(4).add("GETRANGE").add(key).add_number(0).add_number(max_bytes_);
        packet.command(2).add("GET").add(key + kMarkSuffix);
        RespAnswer answer = answer_to(3);
        const Status asked = exchange_.ask(packet.pieces(), answer, deadline);
        if (!asked) return asked.error();
        OldState state;
        state.mark = parse_mark(as_text(answer.reply(2).value));
        RespReply& reply = answer.reply(1);
        if (answer.reply(0).integer == 0) return state;
        if (reply.type != RespType::Value) return not_a_session();
        if (reply.value.size() > max_bytes_)
            return Error(Errc::TooLarge, "%.120s has a session of over %llu bytes", name_.c_str(),
                         static_cast<unsigned long long>(max_bytes_));
        auto content = unpacked(std::move(reply.value));
        if (!content) return content.error();
        state.session = OldSession{std::move(*content), lifetime_s};
        return state;
    }

    // The mark follows when the content is there: a server that is full may take the one without
    // the other, and a mark that does not fit is news.
    Status write(std::string_view id, ByteView content, std::uint32_t lifetime_s, Held,
                 TimePoint deadline) override {
        const std::string key = key_of(id);
        const Status stored = set(key, content, lifetime_s, deadline);
        if (!stored) return stored;
        return set(key + kMarkSuffix, as_bytes(mark_text(mark_of(content))), lifetime_s, deadline);
    }

    Result<bool> touch(std::string_view id, std::uint32_t lifetime_s, TimePoint deadline) override {
        const std::string key = key_of(id);
        wire::RespPacket packet(0);
        packet.command(3).add("EXPIRE").add(key).add_number(lifetime_s);
        packet.command(3).add("EXPIRE").add(key + kMarkSuffix).add_number(lifetime_s);
        RespAnswer answer = answer_to(2);
        const Status asked = exchange_.ask(packet.pieces(), answer, deadline);
        if (!asked) return asked.error();
        return answer.reply(0).integer == 1;
    }

    Status erase(std::string_view id, TimePoint deadline) override {
        const std::string key = key_of(id);
        wire::RespPacket packet(0);
        packet.command(2).add("DEL").add(key);
        packet.command(2).add("DEL").add(key + kMarkSuffix);
        return ask(packet, 2, deadline);
    }

    Result<Lock> try_lock(std::string_view id, std::uint32_t lease_s, TimePoint deadline) override {
        wire::RespPacket packet(0);
        packet.command(6).add("SET").add(key_of(id) + kLockSuffix).add(kOwner).add("NX");
        packet.add("PX").add_number(std::uint64_t{lease_s} * 1000);
        RespAnswer answer = answer_to(1);
        const Status asked = exchange_.ask(packet.pieces(), answer, deadline);
        if (!asked) return asked.error();
        return Lock{answer.is_elsewhere() || answer.reply(0).type == RespType::Status};
    }

    Status unlock(std::string_view id, const Lock&, TimePoint deadline) override {
        wire::RespPacket packet(0);
        packet.command(2).add("DEL").add(key_of(id) + kLockSuffix);
        return ask(packet, 1, deadline);
    }

  private:
    [[nodiscard]] std::string key_of(std::string_view id) const {
        return prefix_ + std::string(id);
    }
    [[nodiscard]] RespAnswer answer_to(std::size_t commands) const {
        return {name_, greetings_, commands, max_bytes_ + 1};
    }
    Status set(const std::string& key, ByteView value, std::uint32_t lifetime_s,
               TimePoint deadline) {
        wire::RespPacket packet(0);
        packet.command(4).add("SETEX").add(key).add_number(lifetime_s).add(value, {});
        return ask(packet, 1, deadline);
    }
    Status ask(wire::RespPacket& packet, std::size_t commands, TimePoint deadline) {
        RespAnswer answer = answer_to(commands);
        return exchange_.ask(packet.pieces(), answer, deadline);
    }
    [[nodiscard]] Error not_a_session() const noexcept {
        return Error(Errc::Unreadable, "%.120s has no text under a session's key", name_.c_str());
    }
    Result<Bytes> unpacked(Bytes&& value) const {
        if (!is_zstd_frame(value)) return std::move(value);
        Bytes content;
        if (const Status made = compressor_.decompress(value, max_bytes_, content); !made)
            return Error(made.error().code, "%.60s: %s", name_.c_str(), made.error().detail);
        return content;
    }

    const std::string name_;
    const std::string prefix_;
    const std::size_t greetings_;
    record::Compressor& compressor_;
    const std::uint64_t max_bytes_;
    Exchange exchange_;
};

}  // namespace

std::unique_ptr<OldPlace> make_redis_place(const PlaceSpec& spec, net::EventLoop& loop,
                                           net::Resolver& resolver, Patience patience,
                                           record::Compressor& compressor,
                                           std::uint64_t max_bytes) {
    return std::make_unique<RedisPlace>(spec, loop, resolver, patience, compressor, max_bytes);
}

}  // namespace sessmirror::migration

#else

namespace sessmirror::migration {

std::unique_ptr<OldPlace> make_redis_place(const PlaceSpec&, net::EventLoop&, net::Resolver&,
                                           Patience, record::Compressor&, std::uint64_t) {
    return nullptr;
}

}  // namespace sessmirror::migration

#endif

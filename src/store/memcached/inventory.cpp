// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/inventory.h"

#include <array>
#include <utility>

namespace sessmirror::store {
namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// Dumps show keys as they would stand in a URL: "sm%3A...".
std::string url_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = text[i] == '%' && i + 2 < text.size() &&
                               hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
        if (is_escape) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

MemcachedInventory::MemcachedInventory(const StoreSpec& spec, net::EventLoop& loop,
                                       net::Resolver& resolver, const InventoryLimits& limits)
    : loop_(loop),
      limits_(limits),
      connection_(loop, resolver,
                  {spec.transport == Transport::Unix, spec.host, spec.port, spec.name()}, *this),
      timer_(loop.make_timer(*this)) {}

void MemcachedInventory::ask_life(InventorySink& sink) {
    life_ = {};
    ask(Question::Life, sink);
}

void MemcachedInventory::list(InventorySink& sink) {
    ask(Question::Keys, sink);
}

void MemcachedInventory::ask(Question question, InventorySink& sink) {
    cancel();
    question_ = question;
    sink_ = &sink;
    const TimePoint now = loop_.now();
    budget_.begin(question == Question::Keys ? limits_ : kLifeLimits, now);
    give_up_ = now + kPatience;
    connection_.open(kPatience);
    send();
}

// Keys by the hash table: an item that is used meanwhile moves between the LRU lists, and a walk
// along those could miss it.
void MemcachedInventory::send() noexcept {
    constexpr std::string_view kLife = "stats\r\n";
    constexpr std::string_view kKeys = "lru_crawler metadump hash\r\n";
    const std::array<ByteView, 1> pieces{as_bytes(question_ == Question::Life ? kLife : kKeys)};
    connection_.send(pieces);
    timer_->start(kPatience);
}

void MemcachedInventory::wait_for_turn() noexcept {
    waits_for_turn_ = true;
    timer_->start(kTurn);
}

void MemcachedInventory::cancel() noexcept {
    timer_->stop();
    question_ = Question::None;
    sink_ = nullptr;
    waits_for_turn_ = false;
    line_.clear();
    if (!connection_.is_closed()) connection_.close();
}

void MemcachedInventory::on_bytes(ByteView bytes) noexcept {
    timer_->start(kPatience);
    budget_.take_bytes(bytes.size());
    take_lines(as_text(bytes));
    if (question_ != Question::None && budget_.is_spent(loop_.now()))
        end(endless_inventory(connection_.name().c_str()));
}

void MemcachedInventory::take_lines(std::string_view text) {
    while (question_ != Question::None && !text.empty()) {
        const std::size_t newline = text.find('\n');
        line_.append(text.substr(0, newline));
        if (line_.size() > kMaxLine)
            return end(Error(Errc::Protocol, "%.100s: an endless line in its inventory",
                             connection_.name().c_str()));
        if (newline == std::string_view::npos) return;
        text.remove_prefix(newline + 1);
        const std::string line = std::exchange(line_, {});
        take_line(line.ends_with('\r') ? std::string_view(line).substr(0, line.size() - 1) : line);
    }
}

void MemcachedInventory::take_line(std::string_view line) {
    if (line == "END") return end(kOk);
    constexpr std::string_view kStat = "STAT ";
    if (question_ == Question::Life && line.starts_with(kStat))
        return life_.take(line.substr(kStat.size()));
    if (question_ == Question::Keys && line.starts_with("key=")) return take_key(line);
    if (question_ == Question::Keys && line.starts_with("BUSY") && loop_.now() < give_up_)
        return wait_for_turn();
    end(Error(Errc::StoreError, "%.100s cannot be listed (is its crawler switched off?)",
              connection_.name().c_str()));
}

void MemcachedInventory::take_key(std::string_view line) {
    budget_.take_key();
    line.remove_prefix(std::string_view("key=").size());
    sink_->on_key(url_decode(line.substr(0, line.find(' '))));
}

void MemcachedInventory::on_closed(const Error& reason) noexcept {
    end(reason);
}

void MemcachedInventory::on_timer() noexcept {
    if (std::exchange(waits_for_turn_, false)) return send();
    end(Error(Errc::Timeout, "%.100s did not answer", connection_.name().c_str()));
}

void MemcachedInventory::end(Status outcome) {
    const Question question = question_;
    InventorySink* const sink = sink_;
    cancel();
    if (question == Question::Keys) sink->on_listed(outcome);
    if (question == Question::Life) {
        if (outcome)
            sink->on_life(life_.life().value_or(Life{}));
        else
            sink->on_life(outcome.error());
    }
}

}  // namespace sessmirror::store

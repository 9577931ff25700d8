// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <utility>
#include <variant>

#include "base/fifo.h"
#include "net/event_loop.h"
#include "store/store.h"

namespace sessmirror::store {

// Replies of an engine that knows them at once, on their way to sinks that are told from the loop.
// In the order in which they were added; without a system call and, as a rule, an allocation.
// Destroying it, or a sink that was forgotten, leaves replies that nobody hears.
class ReplyQueue final : private net::ReadySource {
  public:
    // The loop outlives this. `store` is the index that sinks are told.
    ReplyQueue(net::EventLoop& loop, int store) noexcept : loop_(loop), store_(store) {}
    ~ReplyQueue() { loop_.unpost(*this); }
    ReplyQueue(const ReplyQueue&) = delete;
    ReplyQueue& operator=(const ReplyQueue&) = delete;

    // A sink of nullptr wants to hear nothing.
    template <class Reply>
    void add(StoreSink* sink, Result<Reply> reply) {
        if (sink == nullptr) return;
        if (!reply) reply.error().at_store(store_);
        entries_.push({sink, std::move(reply)});
        loop_.post(*this);
    }
    void forget(const StoreSink* sink) noexcept {
        entries_.for_each([&](Entry& entry) {
            if (entry.sink == sink) entry.sink = nullptr;
        });
    }

  private:
    struct Entry {
        StoreSink* sink;
        std::variant<Result<FetchReply>, Result<PutReply>, Result<TouchReply>, Result<ReleaseReply>,
                     Status>
            reply;
    };

    void on_ready() noexcept override {
        Entry entry = entries_.pop();
        if (entry.sink == nullptr) return;
        if (auto* const fetched = std::get_if<0>(&entry.reply))
            entry.sink->on_fetch(store_, std::move(*fetched));
        else if (const auto* const put = std::get_if<1>(&entry.reply))
            entry.sink->on_put(store_, *put);
        else if (const auto* const touched = std::get_if<2>(&entry.reply))
            entry.sink->on_touch(store_, *touched);
        else if (const auto* const released = std::get_if<3>(&entry.reply))
            entry.sink->on_release(store_, *released);
        else if (const auto* const probed = std::get_if<4>(&entry.reply))
            entry.sink->on_probe(store_, *probed);
    }

    net::EventLoop& loop_;
    const int store_;
    Fifo<Entry> entries_;
};

}  // namespace sessmirror::store

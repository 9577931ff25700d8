// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/fifo.h"
#include "net/stream.h"

struct event;
struct event_base;

namespace sessmirror::net {

class LoopTimer;

// What whoever waits needs of the sockets that are awaited: the answer of any, or those of all.
// Asks for no more than an order of receiving; who says Every and needs less loses some
// milliseconds at most for each socket.
enum class Answers : std::uint8_t { Any, Every };

// A socket on which somebody waits for an answer.
class AwaitedSocket {
  public:
    // Receives in a blocking call and hands on what came: the wait of the loop in front of it is
    // spared. False when nothing came, or when the call might not be over at `limit`: then the loop
    // has to wait.
    virtual bool receive_directly(TimePoint limit) noexcept = 0;

  protected:
    ~AwaitedSocket() = default;
};

// Somebody who has an answer at hand for which no socket has to be waited for.
class ReadySource {
  public:
    // Called from the loop, once for each post(). May post again.
    virtual void on_ready() noexcept = 0;

  protected:
    ~ReadySource() = default;
};

// Told in a forked child, at the first use of the loop there, after the child got a kernel event
// queue of its own and before anything else runs. Whoever owns a socket must close it here without
// a word: the parent goes on using it.
class ForkSink {
  public:
    virtual void on_forked() noexcept = 0;

  protected:
    ~ForkSink() = default;
};

// The one event loop of a worker (libevent). Everything of libevent is made at first use, so that a
// loop may be constructed in a master process that forks later, at no cost.
//
// Not thread-safe. Must outlive every timer and connection that was made with it. No callback may
// leave by an exception or longjmp, nor run the loop: libevent would refuse to run ever after.
class EventLoop final : public Scheduler {
  public:
    EventLoop() noexcept;
    ~EventLoop() override;
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    TimePoint now() const noexcept override;
    std::uint32_t unix_seconds() const noexcept override;
    // Timers never fire early; late by some milliseconds at most when the loop runs.
    std::unique_ptr<Timer> make_timer(TimerSink& sink) override;
    // May fire late by a socket's patience (see Connection) while a single answer is awaited. One
    // that is stopped before the loop had to wait for anything else has cost next to nothing.
    std::unique_ptr<Timer> make_guard_timer(TimerSink& sink) override;

    // Runs callbacks until `done` is true (returns true) or the deadline has passed (false).
    // What is ready is handled even when the deadline has already passed, but no more of it than is
    // ready at one look: whoever sends without end cannot keep the loop. While no timer is due and
    // a single socket is awaited, waits in that socket's receiving call; so it does in those of
    // several sockets, in the order in which they were awaited, when every answer is needed:
    // whoever sends to the farthest first sleeps once for all.
    bool run_until(const bool& done, TimePoint deadline, Answers needed = Answers::Any);
    // Handles what is ready at one look, without waiting.
    void run_ready();

    // Answers on this socket are awaited from now on, or no longer. Idempotent.
    void await(AwaitedSocket& socket);
    void await_no_longer(AwaitedSocket& socket) noexcept;

    // The source is called from the loop, before anything is waited for. Costs no system call, and
    // sources that are posted while they run are called in the order of their posts.
    void post(ReadySource& source) { posted_.push(&source); }
    // Posts of this source that are outstanding are void. Call before destroying it.
    void unpost(const ReadySource& source) noexcept;

    // Connections that are made from now on get their streams here instead of plain sockets. The
    // maker outlives them; nullptr: plain sockets again.
    void use_streams(StreamMaker* maker) noexcept { stream_maker_ = maker; }

    // ---- for the other classes of net/ only

    std::unique_ptr<Stream> make_stream(StreamSink& sink);

    void timer_started(const LoopTimer& timer);
    void guard_started(LoopTimer& timer);
    void timer_ended(const LoopTimer& timer) noexcept;

    // nullptr when memory or file descriptors have run out.
    event_base* base() noexcept;
    void watch_fork(ForkSink& sink);
    void unwatch_fork(ForkSink& sink) noexcept;
    // Where sockets read to; valid until the callback that uses it makes another use of the loop.
    std::span<std::byte> scratch() noexcept { return *scratch_; }

  private:
    void make_base() noexcept;
    // False when this child has no descriptors for a queue of its own. It has left nothing then.
    bool leave_parent() noexcept;
    void run_posted(const bool& done, TimePoint deadline) noexcept;
    void arm_guards();
    void look_once();
    [[nodiscard]] bool receive_directly(TimePoint deadline) noexcept;

    struct BaseDeleter {
        void operator()(event_base* base) const noexcept;
    };
    struct EventDeleter {
        void operator()(event* ev) const noexcept;
    };
    static constexpr std::size_t kScratchBytes = 128 * 1024;

    unsigned fork_generation_;
    StreamMaker* stream_maker_ = nullptr;
    std::unique_ptr<event_base, BaseDeleter> base_;
    std::unique_ptr<event, EventDeleter> alarm_;  // ends run_until() at its deadline
    std::unique_ptr<std::array<std::byte, kScratchBytes>> scratch_;
    std::vector<ForkSink*> fork_sinks_;
    std::vector<AwaitedSocket*> awaited_;
    std::vector<const LoopTimer*> timers_;  // those that run, but for guards
    std::vector<LoopTimer*> guards_;        // those that run and that libevent need not know yet
    Fifo<ReadySource*> posted_;             // nullptr: the source is gone
};

}  // namespace sessmirror::net

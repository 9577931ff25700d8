// SPDX-License-Identifier: BSD-3-Clause
#include "net/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/allocation.h"

namespace sessmirror::net {
namespace {

constexpr std::size_t kMaxPieces = 64;  // of one system call; the rest is queued

bool would_block(int code) noexcept {
    return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

int milliseconds_of(Duration duration) noexcept {
    return static_cast<int>(std::chrono::ceil<milliseconds>(duration).count());
}

}  // namespace

Connection::Connection(EventLoop& loop, Resolver& resolver, Endpoint endpoint, ConnectionSink& sink)
    : loop_(loop),
      resolver_(resolver),
      endpoint_(std::move(endpoint)),
      sink_(sink),
      stream_(loop.make_stream(*this)),
      dialer_(loop, *this),
      timer_(loop.make_guard_timer(*this)) {
    loop_.watch_fork(*this);
}

Connection::~Connection() {
    close();
    loop_.unwatch_fork(*this);
}

// ---- opening

void Connection::open(Duration timeout, DirectWait wait) {
    timeout_ = timeout;
    wait_ = wait;
    queue_.clear();
    queued_from_ = 0;
    if (std::exchange(is_continued_, false)) {  // on_writable() tells it from the loop
        state_ = State::Connecting;
        timer_->start(timeout);
        return;
    }
    if (endpoint_.is_unix) return connect_unix();
    state_ = State::Resolving;
    timer_->start(std::max(timeout, Resolver::kPatience));
    if (const auto* answer = resolver_.known(endpoint_.host)) {
        *answer ? connect(**answer) : fail_later(answer->error());
        return;
    }
    resolver_.resolve(endpoint_.host, *this);
}

void Connection::on_resolved(const Result<IpAddresses>& addresses) noexcept {
    if (state_ != State::Resolving) return;
    addresses ? connect(*addresses) : fail_later(addresses.error());
}

void Connection::connect(const IpAddresses& addresses) noexcept {
    const SocketAddress last = candidates_.empty() ? SocketAddress{} : candidates_.front();
    const bool is_noted = try_to_allocate([&] {
        candidates_.clear();
        for (const IpAddress& address : addresses)
            candidates_.push_back(to_socket_address(address, endpoint_.port));
    });
    if (!is_noted) return fail_later(connect_error(ENOMEM));
    const auto known = std::ranges::find(candidates_, last);
    if (known != candidates_.end()) std::rotate(candidates_.begin(), known, known + 1);
    dial(candidates_);
}

void Connection::connect_unix() noexcept {
    const auto address = to_socket_address(endpoint_.host);
    if (address)
        dial({&*address, 1});
    else
        fail_later(
            Error(Errc::Unreachable, "the socket path %.120s is too long", endpoint_.host.c_str()));
}

void Connection::dial(std::span<const SocketAddress> addresses) noexcept {
    state_ = State::Connecting;
    timer_->start(timeout_);
    dialer_.dial(addresses, timeout_);
}

void Connection::on_dialed(std::unique_ptr<Stream>& stream, std::size_t which) noexcept {
    if (state_ == State::Open) {
        if (stream_->unacknowledged() >= doubted_) move_to(stream);
        return;
    }
    if (!endpoint_.is_unix) std::swap(candidates_.front(), candidates_[which]);
    stream_.swap(stream);
    stream_->set_sink(*this);
    connected();
}

void Connection::on_dial_failed(int code) noexcept {
    if (state_ == State::Open) return;  // what is open has its own end
    resolver_.distrust(endpoint_.host);
    fail(connect_error(code));
}

void Connection::connected() noexcept {
    state_ = State::Open;
    timer_->stop();
    stream_->want_write(false);
    may_wait_ = wait_.patience > Duration::zero() && stream_->set_patience(wait_.patience);
    sink_.on_open();
    if (state_ == State::Open) flush();
}

// ---- a way that has forgotten the connection

void Connection::doubt() noexcept {
    if (state_ != State::Open || endpoint_.is_unix || dialer_.is_dialing()) return;
    doubted_ = std::max<std::size_t>(stream_->unacknowledged(), 1);
    dialer_.dial({candidates_.data(), 1}, timeout_);
}

void Connection::move_to(std::unique_ptr<Stream>& stream) noexcept {
    stream_->abort();
    close();
    stream_.swap(stream);
    stream_->set_sink(*this);
    is_continued_ = true;
    sink_.on_closed(Error(Errc::Closed, "the connection to %.100s was forgotten on its way",
                          endpoint_.name.c_str()));
    if (std::exchange(is_continued_, false)) stream_->close();
}

// ---- sending and receiving

void Connection::send(std::span<const ByteView> pieces) {
    loop_.base();  // in a forked child this abandons the parent's socket before it is used
    if (state_ == State::Failing || state_ == State::Closed) return;
    std::size_t sent = 0;
    if (state_ == State::Open && queue_.size() == queued_from_) sent = try_send(pieces);
    if (state_ == State::Failing) return;
    const bool is_kept = try_to_allocate([&] {
        for (const ByteView piece : pieces) {
            const std::size_t skip = std::min(sent, piece.size());
            sent -= skip;
            const ByteView rest = piece.subspan(skip);
            queue_.insert(queue_.end(), rest.begin(), rest.end());
        }
    });
    if (!is_kept) {
        fail_later(Error(Errc::OutOfMemory, "no memory for what is sent to %.100s",
                         endpoint_.name.c_str()));
        return;
    }
    if (state_ == State::Open && queue_.size() > queued_from_) stream_->want_write(true);
}

// Returns how many bytes the kernel took; a failure is on its way when it is not because of a full
// socket that it took less than everything.
std::size_t Connection::try_send(std::span<const ByteView> pieces) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    std::array<iovec, kMaxPieces> vectors;
    const std::size_t count = std::min(pieces.size(), kMaxPieces);
    for (std::size_t i = 0; i < count; ++i)
        vectors[i] = {const_cast<std::byte*>(pieces[i].data()), pieces[i].size()};
    const ssize_t sent = stream_->send({vectors.data(), count});
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (!would_block(errno))
        fail_later(Error(Errc::Closed, "%.100s closed the connection (%s)", endpoint_.name.c_str(),
                         std::strerror(errno))
                       .with_errno(errno));
    return 0;
}

void Connection::flush() {
    const ByteView rest = ByteView(queue_).subspan(queued_from_);
    if (!rest.empty()) queued_from_ += try_send({&rest, 1});
    if (state_ != State::Open) return;
    if (queued_from_ < queue_.size()) {
        stream_->want_write(true);
        return;
    }
    queue_.clear();
    queued_from_ = 0;
    stream_->want_write(false);
    constexpr std::size_t kKeepCapacity = 64 * 1024;
    if (queue_.capacity() > kKeepCapacity) Bytes().swap(queue_);
}

std::size_t Connection::unacknowledged() const noexcept {
    return queue_.size() - queued_from_ + stream_->unacknowledged();
}

void Connection::on_writable() noexcept {
    if (state_ == State::Connecting)
        connected();
    else if (state_ == State::Open)
        flush();
}

void Connection::on_readable() noexcept {
    if (state_ == State::Open) receive(Wait::No);  // the write event tells a failed connect
}

bool Connection::receive_directly() noexcept {
    const bool may_wait = may_wait_ && state_ == State::Open && queue_.size() == queued_from_;
    return may_wait && (poll() || receive(Wait::Yes));
}

// True when something came.
bool Connection::poll() {
    if (wait_.polling <= Duration::zero() || !poll_guard_.is_worth_it()) return false;
    const TimePoint limit = loop_.now() + wait_.polling;
    bool found = false;
    do {
        found = receive(Wait::No);
    } while (!found && loop_.now() < limit);
    poll_guard_.note(found);
    return found;
}

bool Connection::receive(Wait wait) {
    const std::span<std::byte> room = sink_.room();
    const std::span<std::byte> buffer = room.empty() ? loop_.scratch() : room;
    // Where the end is known, a call that waits may as well wait for it.
    const ssize_t size = wait == Wait::No ? stream_->receive(buffer)
                                          : stream_->wait_and_receive(buffer, !room.empty());
    if (size > 0) {
        const auto received = static_cast<std::size_t>(size);
        room.empty() ? sink_.on_bytes(buffer.first(received)) : sink_.on_filled(received);
        return true;
    }
    if (size < 0 && would_block(errno)) return false;
    if (size == 0)
        fail(Error(Errc::Closed, "%.100s closed the connection", endpoint_.name.c_str()));
    else
        fail(Error(Errc::Closed, "%.100s closed the connection (%s)", endpoint_.name.c_str(),
                   std::strerror(errno))
                 .with_errno(errno));
    return true;
}

// ---- ending

void Connection::on_timer() noexcept {
    if (state_ == State::Failing) return fail(failure_);
    const char* const name = endpoint_.name.c_str();
    if (state_ == State::Resolving)
        return fail(Error(Errc::Timeout, "%.100s: its name was not resolved within %d ms", name,
                          milliseconds_of(std::max(timeout_, Resolver::kPatience))));
    if (!endpoint_.is_unix) resolver_.distrust(endpoint_.host);
    fail(Error(Errc::Timeout, "%.100s: no connection within %d ms", name,
               milliseconds_of(timeout_)));
}

void Connection::on_forked() noexcept {
    if (state_ == State::Closed) return;
    fail_later(Error(Errc::Closed, "the connection to %.100s belongs to the parent process",
                     endpoint_.name.c_str()));
}

Error Connection::connect_error(int code) const {
    const char* const name = endpoint_.name.c_str();
    if (code == ENOMEM)
        return Error(Errc::OutOfMemory, "no memory for a connection to %.100s", name);
    if (code == ECONNREFUSED)
        return Error(Errc::Refused, "%.100s refused the connection", name).with_errno(code);
    return Error(Errc::Unreachable, "%.100s cannot be reached (%s)", name, std::strerror(code))
        .with_errno(code);
}

void Connection::drop_stream() noexcept {
    may_wait_ = false;
    dialer_.cancel();
    stream_->close();
}

void Connection::fail_later(const Error& reason) {
    drop_stream();
    resolver_.cancel(*this);
    failure_ = reason;
    state_ = State::Failing;
    timer_->start(Duration::zero());
}

void Connection::fail(const Error& reason) {
    const Error copy = reason;
    close();
    sink_.on_closed(copy);
}

void Connection::close_after(ByteView last) noexcept {
    loop_.base();
    if (state_ == State::Open) {
        const std::array<iovec, 2> vectors{
            iovec{queue_.data() + queued_from_, queue_.size() - queued_from_},
            iovec{const_cast<std::byte*>(last.data()), last.size()}};
        // Nobody is left to be told if this fails.
        static_cast<void>(stream_->send(vectors));
    }
    close();
}

void Connection::close() noexcept {
    if (state_ == State::Closed) return;
    loop_.base();  // in a child: before events are taken out of what would be the parent's queue
    drop_stream();
    resolver_.cancel(*this);
    timer_->stop();
    state_ = State::Closed;
    queue_.clear();
    queued_from_ = 0;
}

}  // namespace sessmirror::net

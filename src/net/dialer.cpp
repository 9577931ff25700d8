// SPDX-License-Identifier: BSD-3-Clause
#include "net/dialer.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/allocation.h"

namespace sessmirror::net {

class Dialer::Attempt final : public StreamSink {
  public:
    Attempt(Dialer& owner, std::size_t index) noexcept : which(index), owner_(owner) {}

    // 0: under way.
    int begin(const SocketAddress& address) {
        if (!stream) stream = owner_.loop_.make_stream(*this);
        stream->set_sink(*this);
        const int code = stream->connect(address);
        const bool is_begun = code == 0 || code == EINPROGRESS;
        if (is_begun && stream->watch()) {
            stream->want_write(true);
            return 0;
        }
        stream->close();
        return is_begun ? ENOMEM : code;
    }

    void on_readable() noexcept override {}  // the write event tells a failure too
    void on_writable() noexcept override {
        const int code = stream->outcome();
        if (code == 0) return owner_.won(*this);
        stream->close();
        owner_.lost(code);
    }

    const std::size_t which;
    std::unique_ptr<Stream> stream;

  private:
    Dialer& owner_;
};

Dialer::Dialer(EventLoop& loop, DialSink& sink)
    : loop_(loop), sink_(sink), timer_(loop.make_guard_timer(*this)) {}

Dialer::~Dialer() {
    cancel();
}

void Dialer::dial(std::span<const SocketAddress> addresses, Duration time) noexcept {
    cancel();
    const bool is_noted = try_to_allocate([&] {
        addresses_.assign(addresses.begin(), addresses.end());
        while (attempts_.size() < addresses_.size())
            attempts_.push_back(std::make_unique<Attempt>(*this, attempts_.size()));
    });
    if (!is_noted) addresses_.clear();
    next_ = 0;
    code_ = is_noted ? EHOSTUNREACH : ENOMEM;
    const auto count = static_cast<Duration::rep>(std::max<std::size_t>(addresses_.size(), 1));
    share_ = std::min(time / count, kLongestShare);
    is_dialing_ = true;
    try_next();
}

void Dialer::try_next() noexcept {
    while (next_ < addresses_.size()) {
        const int code = begin(next_++);
        if (code == 0) {
            ++under_way_;
            if (next_ < addresses_.size()) timer_->start(share_);
            return;
        }
        code_ = code;
    }
    if (under_way_ == 0) timer_->start(Duration::zero());
}

int Dialer::begin(std::size_t which) noexcept {
    int code = ENOMEM;
    (void)try_to_allocate([&] { code = attempts_[which]->begin(addresses_[which]); });
    return code;
}

void Dialer::on_timer() noexcept {
    under_way_ == 0 && next_ == addresses_.size() ? fail() : try_next();
}

void Dialer::won(Attempt& attempt) noexcept {
    std::unique_ptr<Stream> stream = std::move(attempt.stream);
    cancel();
    sink_.on_dialed(stream, attempt.which);
    stream->close();
    if (!attempt.stream) attempt.stream = std::move(stream);
}

void Dialer::lost(int code) noexcept {
    code_ = code;
    --under_way_;
    if (next_ < addresses_.size())
        try_next();
    else if (under_way_ == 0)
        fail();
}

void Dialer::fail() noexcept {
    cancel();
    sink_.on_dial_failed(code_);
}

void Dialer::cancel() noexcept {
    timer_->stop();
    for (const auto& attempt : attempts_)
        if (attempt->stream) attempt->stream->close();
    under_way_ = 0;
    is_dialing_ = false;
}

}  // namespace sessmirror::net

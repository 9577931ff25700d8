// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/connection.h"

namespace sessmirror::migration {

// The answer to one request, while it comes.
class Answer {
  public:
    // Forgets what came. The connection is new, so the answer to its greeting comes first; or not.
    virtual void begin(bool has_greeting) = 0;
    // Takes what came. True: the answer is complete. Accepts any input; Errc::Protocol,
    // Errc::TooLarge or what the server complains of ends the connection.
    virtual Result<bool> take(ByteView bytes) = 0;
    // What of it is there already.
    [[nodiscard]] virtual bool has_begun() const noexcept = 0;

  protected:
    ~Answer() = default;
};

// How long a server may take.
struct Patience {
    Duration connect{};
    Duration answer{};
};

// A connection to a server of the old handler, kept from one request to the next. One request at a
// time; a request whose answer did not come in time ends the connection, so that no answer is
// taken for that of another request.
class Exchange final : private net::ConnectionSink {
  public:
    // Loop and resolver outlive this. `greeting` is sent first on every new connection.
    Exchange(net::EventLoop& loop, net::Resolver& resolver, net::Endpoint endpoint,
             std::string greeting, Patience patience);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // Runs the loop until the answer is complete. Asks again on a new connection where the server
    // has closed the old one meanwhile: requests may be carried out twice.
    Status ask(std::span<const ByteView> request, Answer& answer, TimePoint deadline);

  private:
    void on_open() noexcept override {}
    void on_bytes(ByteView bytes) noexcept override;
    void on_closed(const Error& reason) noexcept override;

    Status try_once(std::span<const ByteView> request, Answer& answer, TimePoint deadline);
    void send(std::span<const ByteView> request, bool is_new, Duration time);
    void conclude(const Status& outcome) noexcept;

    net::EventLoop& loop_;
    const std::string name_;
    const std::string greeting_;
    const Patience patience_;
    net::Connection connection_;
    Answer* answer_ = nullptr;  // that is awaited
    Status outcome_ = kOk;
    bool is_over_ = true;
};

}  // namespace sessmirror::migration

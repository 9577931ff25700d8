// SPDX-License-Identifier: BSD-3-Clause
#include "migration/exchange.h"

#include <algorithm>
#include <utility>

#include "base/allocation.h"

namespace sessmirror::migration {

Exchange::Exchange(net::EventLoop& loop, net::Resolver& resolver, net::Endpoint endpoint,
                   std::string greeting, Patience patience)
    : loop_(loop),
      name_(endpoint.name),
      greeting_(std::move(greeting)),
      patience_(patience),
      connection_(loop, resolver, std::move(endpoint), *this) {}

Status Exchange::ask(std::span<const ByteView> request, Answer& answer, TimePoint deadline) {
    const bool was_open = connection_.is_open();
    Status outcome = try_once(request, answer, deadline);
    if (!outcome && outcome.error().code == Errc::Closed && was_open && !answer.has_begun())
        outcome = try_once(request, answer, deadline);
    return outcome;
}

Status Exchange::try_once(std::span<const ByteView> request, Answer& answer, TimePoint deadline) {
    const TimePoint now = loop_.now();
    if (now >= deadline)
        return Error(Errc::OutOfTime, "no time was left to ask %.120s", name_.c_str());
    const bool is_new = connection_.is_closed();
    TimePoint limit = std::min(deadline, now + patience_.answer);
    answer.begin(is_new && !greeting_.empty());
    answer_ = &answer;
    is_over_ = false;
    if (is_new) limit = std::min(deadline, limit + patience_.connect + net::Resolver::kPatience);
    const bool is_sent = try_to_allocate([&] { send(request, is_new, deadline - now); });
    if (!is_sent) conclude(Error(Errc::OutOfMemory, "no memory to ask %.120s", name_.c_str()));
    loop_.run_until(is_over_, limit);
    answer_ = nullptr;
    if (!is_over_) outcome_ = Error(Errc::Timeout, "%.120s did not answer in time", name_.c_str());
    is_over_ = true;
    if (!outcome_) connection_.close();
    return outcome_;
}

void Exchange::send(std::span<const ByteView> request, bool is_new, Duration time) {
    const ByteView greeting[] = {as_bytes(greeting_)};
    if (is_new) connection_.open(std::min(patience_.connect, time));
    if (is_new && !greeting_.empty() && !is_over_) connection_.send(greeting);
    if (!is_over_) connection_.send(request);
}

void Exchange::on_bytes(ByteView bytes) noexcept {
    if (answer_ == nullptr || is_over_) return connection_.close();
    Result<bool> is_complete = false;
    if (!try_to_allocate([&] { is_complete = answer_->take(bytes); }))
        is_complete = Error(Errc::OutOfMemory, "no memory for what %.120s has", name_.c_str());
    if (!is_complete) return conclude(is_complete.error());
    if (*is_complete) conclude(kOk);
}

void Exchange::on_closed(const Error& reason) noexcept {
    if (!is_over_) conclude(reason);
}

void Exchange::conclude(const Status& outcome) noexcept {
    outcome_ = outcome;
    is_over_ = true;
}

}  // namespace sessmirror::migration

// SPDX-License-Identifier: BSD-3-Clause
#include "service/whole_refill.h"

#include <algorithm>
#include <utility>

namespace sessmirror::service {

WholeRefill::WholeRefill(const replica::Environment& env, replica::Refill::Scope scope)
    : env_(env), scope_(std::move(scope)) {}

void WholeRefill::begin_store() {
    const auto store = static_cast<int>(outcomes_.size());
    refill_ =
        std::make_unique<replica::Refill>(env_, scope_, store, replica::Refill::Extent::Whole);
    refill_->start();
}

void WholeRefill::step(net::EventLoop& loop, Duration time) {
    const TimePoint until = loop.now() + time;
    while (!is_over()) {
        if (!refill_) begin_store();
        refill_->resume();
        if (!loop.run_until(refill_->done(), until)) return pause(loop);
        end_store();
    }
}

void WholeRefill::end_store() {
    outcomes_.push_back(refill_->outcome());
    const std::uint64_t server = refill_->server();
    const auto twin = std::find(servers_.begin(), servers_.end(), server);
    if (server != 0 && twin != servers_.end())
        outcomes_.back() =
            pool::same_server(env_.pool.name(static_cast<int>(twin - servers_.begin())),
                              env_.pool.name(refill_->target()));
    servers_.push_back(server);
    refill_.reset();
}

void WholeRefill::pause(net::EventLoop& loop) {
    refill_->pause();
    loop.run_until(refill_->quiet(), loop.now() + replica::Refill::kDrain);
}

double WholeRefill::progress() const noexcept {
    const double present = refill_ ? refill_->progress() : 0;
    const int stores = std::max(env_.pool.size(), 1);
    return (static_cast<double>(outcomes_.size()) + present) / stores;
}

}  // namespace sessmirror::service

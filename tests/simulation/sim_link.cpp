// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/sim_link.h"

#include <algorithm>
#include <utility>

namespace sessmirror::simulation {

Duration Link::sample() noexcept {
    Duration delay = quality_.base + random_.exponential(quality_.jitter);
    for (Duration timeout = kRetransmit; random_.chance(quality_.loss); timeout *= 2) {
        delay += timeout;
        ++troubles_;
    }
    return delay;
}

void Link::send(const StreamPtr& stream, std::function<void()> deliver, Duration extra) {
    Packet packet{stream, std::move(deliver)};
    if (cut_)
        waiting_.push_back(std::move(packet));
    else
        deliver_in_order(std::move(packet), sample() + extra);
}

void Link::deliver_in_order(Packet packet, Duration delay) {
    Duration& last = packet.stream->last_arrival;
    last = std::max(last + Duration(1), world_.now() + delay);
    world_.at(last, std::move(packet.deliver));
}

void Link::cut() noexcept {
    if (cut_) return;
    cut_ = true;
    ++troubles_;
}

void Link::heal() {
    cut_ = false;
    for (Packet& packet : std::exchange(waiting_, {}))
        deliver_in_order(std::move(packet),
                         random_.between(Duration::zero(), kRetransmit) + sample());
}

std::vector<std::function<void()>> Link::intercept() {
    std::vector<std::function<void()>> packets;
    for (Packet& packet : std::exchange(waiting_, {})) packets.push_back(std::move(packet.deliver));
    return packets;
}

}  // namespace sessmirror::simulation

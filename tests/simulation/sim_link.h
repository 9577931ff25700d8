// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/world.h"

namespace sessmirror::simulation {

struct LinkQuality {
    Duration base{};    // one way
    Duration jitter{};  // mean of an exponential tail on top
    double loss = 0;    // of a packet; TCP sends it again, so loss is delay
};

// One direction of one connection: its packets arrive in the order in which they were sent.
struct Stream {
    Duration last_arrival{};
};
using StreamPtr = std::shared_ptr<Stream>;

// One direction of the way between a host and a store, shared by all connections on it. While it is
// cut, packets wait for the next retransmission after it heals: this is how a request arrives long
// after its client gave it up.
class Link {
  public:
    static constexpr Duration kRetransmit = milliseconds(200);

    Link(World& world, LinkQuality quality, std::string_view name)
        : world_(world), quality_(quality), random_(world.stream(name)) {}

    // `extra` is added to the way of this packet, for the handshake in front of it.
    void send(const StreamPtr& stream, std::function<void()> deliver, Duration extra = {});
    [[nodiscard]] Duration sample() noexcept;

    void cut() noexcept;
    void heal();
    // Takes away what waits for the link to heal; each delivers itself when it is called.
    std::vector<std::function<void()>> intercept();
    [[nodiscard]] bool is_cut() const noexcept { return cut_; }
    // Grows at every cut and every lost packet, so that an observer sees whether the link was good
    // all the time.
    [[nodiscard]] int troubles() const noexcept { return troubles_; }

  private:
    struct Packet {
        StreamPtr stream;
        std::function<void()> deliver;
    };
    void deliver_in_order(Packet packet, Duration delay);

    World& world_;
    LinkQuality quality_;
    SeededRandom random_;
    bool cut_ = false;
    int troubles_ = 0;
    std::vector<Packet> waiting_;
};

// Both directions between one host and one store.
struct Route {
    Route(World& world, LinkQuality quality, const std::string& name)
        : request(world, quality, name + " request"), reply(world, quality, name + " reply") {}
    Link request;
    Link reply;
};

}  // namespace sessmirror::simulation

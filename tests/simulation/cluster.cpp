// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/cluster.h"

#include <string>
#include <utility>

#include "record/envelope.h"
#include "simulation/sim_inventory.h"

namespace sessmirror::simulation {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;

constexpr std::int64_t kUnixStart = 1'700'000'000;
constexpr LinkQuality kLoopback{microseconds(15), microseconds(5), 0};
constexpr LinkQuality kLan{microseconds(120), microseconds(60), 0};

std::string numbered(const char* what, int number) {
    return std::string(what) + " " + std::to_string(number);
}

store::StoreSpec spec_of(int index) {
    store::StoreSpec spec;
    spec.host = "10.0.0." + std::to_string(index + 1);
    spec.port = 11211;
    return spec;
}

std::unique_ptr<Host> make_host(const World& world, int index) {
    SeededRandom random = world.stream(numbered("host", index));
    auto host = std::make_unique<Host>();
    host->clock.uptime = random.between(hours(1), hours(1000));
    // Wall clocks are wrong by up to an hour, either way.
    host->clock.unix_start = kUnixStart + random.between(-3600, 3600);
    host->page = std::make_unique<pool::HostPage>();
    host->page->host_id.store(random.next() | 1);
    return host;
}

}  // namespace

Worker::Worker(World& world, Host& on, int its_number, int its_host, std::uint32_t its_pid)
    : number(its_number),
      host_index(its_host),
      pid(its_pid),
      host(on),
      process(world, on.clock, world.stream(numbered("worker", its_number)).next()),
      locks(*on.page, process, process.random()) {
    process.watch([this] { collect(); });
}

void Worker::collect() noexcept {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::uint64_t now = host.page->value(static_cast<pool::Counter>(i));
        counts[i] += now - std::exchange(host.seen[i], now);
    }
}

Cluster::Cluster(World& world, const ClusterShape& shape, PolicyFactory factory)
    : world_(world), shape_(shape), factory_(std::move(factory)) {
    for (int i = 0; i < shape.hosts; ++i) {
        hosts_.push_back(make_host(world, i));
        nodes_.push_back(std::make_unique<SimNode>(world, shape.cas_mode, numbered("store", i)));
    }
    for (int h = 0; h < shape.hosts; ++h) {
        for (int s = 0; s < shape.hosts; ++s) {
            LinkQuality quality = h == s ? kLoopback : kLan;
            if (h != s) quality.loss = shape.packet_loss;
            routes_.push_back(std::make_unique<Route>(
                world, quality, numbered("host", h) + numbered(" to store", s)));
        }
    }
    for (int h = 0; h < shape.hosts; ++h)
        for (int place = 0; place < shape.workers_per_host; ++place)
            workers_.push_back(start_worker(h));
}

Cluster::~Cluster() = default;

std::unique_ptr<Worker> Cluster::start_worker(int host_index) {
    auto worker = std::make_unique<Worker>(world_, host(host_index), next_worker_++, host_index,
                                           processes_.start());
    SimStoreOptions options;
    options.io_timeout = shape_.io_timeout;
    options.on_put_sent = [raw = worker.get()](const store::PutRequest& put) {
        if (!(put.key == raw->key)) return;  // a refill's
        const ByteView header = put.header.view();
        Bytes stored(header.begin(), header.end());
        stored.insert(stored.end(), put.payload.begin(), put.payload.end());
        const record::Envelope envelope = record::decode(put.key.text(), stored)->envelope;
        raw->last_put = {envelope.version, envelope.parent(), envelope.is_tombstone()};
    };
    std::vector<pool::Pool::Member> members;
    for (int s = 0; s < stores(); ++s) {
        worker->nodes.push_back(&node(s));
        worker->inventories.push_back(
            std::make_unique<SimInventory>(worker->process, node(s), route(host_index, s)));
        members.push_back(
            {spec_of(s), std::make_unique<SimStoreClient>(worker->process, node(s),
                                                          route(host_index, s), s, options)});
    }
    worker->pool =
        std::make_unique<pool::Pool>(std::move(members), host_index, *worker->host.page,
                                     worker->process, worker->process.random(), worker->journal);
    worker->policy = factory_(*worker);
    return worker;
}

Worker& Cluster::worker(int host, int place) noexcept {
    return *at(workers_, host * shape_.workers_per_host + place);
}

Worker* Cluster::idle_worker(int host) noexcept {
    for (int place = 0; place < shape_.workers_per_host; ++place)
        if (Worker& candidate = worker(host, place); !candidate.busy) return &candidate;
    return nullptr;
}

void Cluster::kill_worker(int host, int place) {
    std::unique_ptr<Worker>& seat = at(workers_, host * shape_.workers_per_host + place);
    seat->process.kill();
    processes_.end(seat->pid);
    const std::function<void()> on_killed = std::move(seat->on_killed);
    killed_.push_back(std::exchange(seat, start_worker(host)));
    if (on_killed) on_killed();
}

}  // namespace sessmirror::simulation

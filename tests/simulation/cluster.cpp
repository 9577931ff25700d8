// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/cluster.h"

#include <cstring>
#include <string>
#include <utility>

#include "record/envelope.h"
#include "replica/replica_set.h"
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

std::vector<pool::HostPage*>& spare_pages() {
    static auto* const pages = new std::vector<pool::HostPage*>();
    return *pages;
}

std::unique_ptr<Host> make_host(const World& world, int index, int clock_error_s) {
    SeededRandom random = world.stream(numbered("host", index));
    auto host = std::make_unique<Host>();
    host->clock.uptime = random.between(hours(1), hours(1000));
    host->clock.unix_start = kUnixStart + random.between(-clock_error_s, clock_error_s);
    host->page = blank_page(random.next());
    return host;
}

}  // namespace

void BlankPageDeleter::operator()(pool::HostPage* page) const noexcept {
    std::memset(static_cast<void*>(page), 0, sizeof *page);
    spare_pages().push_back(page);
}

BlankPagePtr blank_page(std::uint64_t random_host_id) {
    BlankPagePtr page;
    if (spare_pages().empty()) {
        page.reset(new pool::HostPage());
    } else {
        page.reset(spare_pages().back());
        spare_pages().pop_back();
    }
    page->host_id.store(random_host_id | 1);
    return page;
}

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

// As service/session_service.cpp: a second connection means that the first was lost.
void Worker::note_connection(int store) noexcept {
    const std::uint64_t bit = replica::store_bit(store);
    if (connected & bit) pool->health(store).note_return();
    connected |= bit;
}

Cluster::Cluster(World& world, const ClusterShape& shape, PolicyFactory factory)
    : world_(world), shape_(shape), factory_(std::move(factory)) {
    for (int i = 0; i < shape.hosts; ++i) {
        hosts_.push_back(make_host(world, i, static_cast<int>(shape.clock_error_s)));
        nodes_.push_back(std::make_unique<SimNode>(world, shape.cas_mode, numbered("store", i)));
    }
    for (int h = 0; h < shape.hosts; ++h) {
        for (int s = 0; s < shape.hosts; ++s) {
            LinkQuality quality = h == s ? kLoopback : kLan;
            if (h != s) quality = {kLan.base, shape.jitter, shape.packet_loss};
            if (shape.jitter == Duration::zero()) quality.jitter = {};
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
    options.resets = shape_.resets;
    options.on_put_sent = [raw = worker.get()](const store::PutRequest& put) {
        if (!(put.key == raw->key)) return;  // a refill's
        const ByteView header = put.header.view();
        Bytes stored(header.begin(), header.end());
        stored.insert(stored.end(), put.payload.begin(), put.payload.end());
        const record::Envelope envelope = record::decode(put.key.text(), stored)->envelope;
        raw->last_put = {envelope.version, envelope.parent(), envelope.is_tombstone()};
    };
    options.on_connected = [raw = worker.get()](int store) { raw->note_connection(store); };
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

void Cluster::reload(int host_index) {
    Host& reloaded = host(host_index);
    for (int place = 0; place < shape_.workers_per_host; ++place)
        worker(host_index, place).collect();
    put_away_.push_back(std::exchange(
        reloaded.page, blank_page(world_.stream(numbered("reload", next_worker_)).next())));
    reloaded.seen = {};
    for (int place = 0; place < shape_.workers_per_host; ++place) kill_worker(host_index, place);
}

void Cluster::jump_clock(int host_index, std::int64_t seconds) {
    host(host_index).clock.unix_start += seconds;
    for (int place = 0; place < shape_.workers_per_host; ++place)
        worker(host_index, place).process.jump_clock(seconds);
}

Counts Cluster::counts() const noexcept {
    Counts counts{};
    const auto add = [&counts](const pool::HostPage& page) {
        for (std::size_t i = 0; i < counts.size(); ++i)
            counts[i] += page.value(static_cast<pool::Counter>(i));
    };
    for (const auto& each : hosts_) add(*each->page);
    for (const auto& page : put_away_) add(*page);
    return counts;
}

}  // namespace sessmirror::simulation

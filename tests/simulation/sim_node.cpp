// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/sim_node.h"

#include <utility>

namespace sessmirror::simulation {
namespace {

using std::chrono::seconds;

constexpr std::size_t kEnvelope = record::Envelope::kMost;

}  // namespace

SimNode::SimNode(World& world, CasMode cas_mode, std::string_view name)
    : world_(world), cas_mode_(cas_mode), name_(name), random_(world.stream(name)) {
    // Far apart on every server, so that using one server's CAS on another is always noticed.
    counter_ = random_.below(1u << 20) << 20;
}

Error SimNode::out_of_memory() const noexcept {
    return Error(Errc::StoreError, "store %s is out of memory", name_.c_str());
}

void SimNode::receive(std::uint64_t connection, std::function<void()> serve) {
    if (state_ == State::Paused)
        queued_.push_back({connection, std::move(serve)});
    else
        serve();
}

const SimNode::Item* SimNode::find(std::string_view key) const noexcept {
    const auto found = memory_.items.find(key);
    if (found == memory_.items.end() || found->second.expires <= world_.now()) return nullptr;
    return &found->second;
}

const SimNode::Lock* SimNode::find_lock(std::string_view key) const noexcept {
    const auto found = memory_.locks.find(key);
    if (found == memory_.locks.end() || found->second.expires <= world_.now()) return nullptr;
    return &found->second;
}

store::Cas SimNode::cas_of(record::Version version) const noexcept {
    if (cas_mode_ == CasMode::NodeCounts) return 0;
    return static_cast<store::Cas>(version.generation) << 32 | version.nonce;
}

store::Cas SimNode::next_cas(record::Version version) noexcept {
    return cas_mode_ == CasMode::ClientChooses ? cas_of(version) : ++counter_;
}

void SimNode::claim(std::string_view key, const store::LockClaim& claim, store::FetchReply& reply) {
    if (const Lock* holder = find_lock(key)) {
        reply.lock = store::LockState::Held;
        reply.holder = {holder->owner, holder->cas};
        return;
    }
    const Lock lock{claim.owner, ++counter_, world_.now() + seconds(claim.lease_s)};
    memory_.locks[std::string(key)] = lock;
    reply.lock = store::LockState::Granted;
    reply.holder = {lock.owner, lock.cas};
}

Result<store::FetchReply> SimNode::fetch(const store::FetchRequest& request) {
    if (request.lock && full_) return out_of_memory();
    store::FetchReply reply;
    if (request.lock) claim(request.key.text(), *request.lock, reply);
    if (request.hint) {
        const auto hint = memory_.hints.find(request.key.text());
        if (hint != memory_.hints.end()) reply.hint = hint->second;
    }
    const Item* item = find(request.key.text());
    if (item == nullptr) return reply;
    reply.found = true;
    reply.cas = item->cas;
    reply.fingerprint = item->fingerprint;
    reply.ttl_left_s = std::chrono::duration_cast<seconds>(item->expires - world_.now()).count();
    reply.has_value = request.want == store::Want::Value;
    if (reply.has_value) reply.value = item->value;
    return reply;
}

store::PutOutcome SimNode::judge(const Item* present, store::Cas expected) const noexcept {
    if (present == nullptr)
        return expected == 0 ? store::PutOutcome::Stored : store::PutOutcome::Missing;
    return present->cas == expected ? store::PutOutcome::Stored : store::PutOutcome::Conflict;
}

Result<store::PutReply> SimNode::put(const store::PutRequest& request, const Bytes& payload) {
    const std::string_view key = request.key.text();
    store::PutReply reply;
    if (full_) {
        // As memcached does: no room for the new value, and the old one is freed all the same,
        // whatever CAS was expected.
        evict(key);
    } else {
        reply.outcome = judge(find(key), request.expected);
        if (reply.outcome == store::PutOutcome::Stored) {
            Item item{{},
                      next_cas(request.version),
                      request.fingerprint,
                      world_.now() + seconds(request.ttl_s)};
            item.value.reserve(kEnvelope + payload.size());
            const ByteView header = request.header.view();
            item.value.assign(header.begin(), header.end());
            item.value.insert(item.value.end(), payload.begin(), payload.end());
            reply.cas = item.cas;
            Item& place = memory_.items[std::string(key)];
            if (!place.value.empty() && place.expires <= world_.now())
                aged_[std::string(key)].push_back(place.expires);
            place = std::move(item);
        }
    }
    if (!request.hint.empty()) leave_hint(key, {request.hint.begin(), request.hint.end()});
    if (request.unlock) reply.lock_lost = !release(key, request.unlock->owner)->was_ours;
    if (full_) return out_of_memory();
    return reply;
}

void SimNode::leave_hint(std::string_view key, const Bytes& hint) {
    if (!full_) memory_.hints[std::string(key)] = hint;
}

Result<store::TouchReply> SimNode::touch(std::string_view key, std::uint32_t ttl_s) {
    if (find(key) == nullptr) return store::TouchReply{false};
    memory_.items.find(key)->second.expires = world_.now() + seconds(ttl_s);
    return store::TouchReply{true};
}

Result<store::ReleaseReply> SimNode::release(std::string_view key, const store::LockOwner& owner) {
    const Lock* lock = find_lock(key);
    if (lock == nullptr || !(lock->owner == owner)) return store::ReleaseReply{false};
    memory_.locks.erase(memory_.locks.find(key));
    return store::ReleaseReply{true};
}

void SimNode::pause() noexcept {
    if (state_ != State::Up) return;
    state_ = State::Paused;
    ++outages_;
}

void SimNode::resume() {
    if (state_ != State::Paused) return;
    state_ = State::Up;
    // Connections are served in any order, requests of one connection in theirs.
    std::vector<Queued> queued = std::exchange(queued_, {});
    while (!queued.empty()) {
        const std::uint64_t chosen = queued[random_.below(queued.size())].connection;
        auto next = queued.begin();
        while (next->connection != chosen) ++next;
        const std::function<void()> serve = std::move(next->serve);
        queued.erase(next);
        serve();
    }
}

std::vector<Duration> SimNode::losses(std::string_view key) const {
    const auto found = losses_.find(key);
    return found == losses_.end() ? std::vector<Duration>() : found->second;
}

std::vector<Duration> SimNode::aged(std::string_view key) const {
    const auto found = aged_.find(key);
    std::vector<Duration> times = found == aged_.end() ? std::vector<Duration>() : found->second;
    const auto present = memory_.items.find(key);
    if (present != memory_.items.end() && present->second.expires <= world_.now())
        times.push_back(present->second.expires);
    return times;
}

void SimNode::note_loss(const std::string& key, const Item& item) {
    const bool is_over = item.expires <= world_.now();
    (is_over ? aged_ : losses_)[key].push_back(is_over ? item.expires : world_.now());
}

void SimNode::lose_everything() {
    for (const auto& [key, item] : memory_.items) note_loss(key, item);
    memory_ = {};
}

void SimNode::kill() {
    if (state_ == State::Down) return;
    state_ = State::Down;
    ++outages_;
    ++life_;
    queued_.clear();
    lose_everything();
}

void SimNode::restart_empty() {
    if (state_ == State::Down) state_ = State::Up;
}

void SimNode::restart_warm(Memory snapshot) {
    if (state_ != State::Down) return;
    state_ = State::Up;
    memory_ = std::move(snapshot);
}

void SimNode::evict(std::string_view key) {
    const auto found = memory_.items.find(key);
    if (found == memory_.items.end()) return;
    note_loss(found->first, found->second);
    memory_.items.erase(found);
}

void SimNode::empty(std::string_view key) {
    const auto item = memory_.items.find(key);
    if (item == memory_.items.end()) return;
    item->second.value.clear();
    item->second.fingerprint = 0;
    item->second.cas = ++counter_;
}

void SimNode::evict_lock(std::string_view key) {
    const auto found = memory_.locks.find(key);
    if (found == memory_.locks.end()) return;
    memory_.locks.erase(found);
    ++lock_evictions_;
}

void SimNode::shuffle_cas(std::string_view key) {
    const auto found = memory_.items.find(key);
    if (found != memory_.items.end() && cas_mode_ == CasMode::NodeCounts)
        found->second.cas = ++counter_;
}

}  // namespace sessmirror::simulation

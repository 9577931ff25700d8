// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "simulation/cluster.h"
#include "simulation/policy.h"

namespace sessmirror::simulation {

// What the two wrong policies share: fetching from some stores and writing to all, one request
// at a time, without locks, repair or tombstone rules.
class NaivePolicy : public SessionPolicy, private store::StoreSink {
  public:
    explicit NaivePolicy(Worker& worker) : worker_(worker) {}
    ~NaivePolicy() override { worker_.pool->forget(this); }

    void read(const store::SessionKey& key, bool created, PolicyListener& listener) final;
    void write(ByteView payload) final { store_everywhere(payload, 0); }
    void destroy() final { store_everywhere({}, record::kTombstone); }
    void keep() final;
    void close() final {}
    void after_response() final;

  protected:
    [[nodiscard]] Worker& worker() noexcept { return worker_; }
    // Which stores a read asks.
    virtual std::vector<int> sources() = 0;
    // Whether a put that met another version is tried again on top of it.
    virtual bool overwrites() const noexcept = 0;

  private:
    enum class Step : std::uint8_t { Reading, Looking, Writing };

    void on_fetch(int store, Result<store::FetchReply> reply) noexcept final;
    void on_put(int store, Result<store::PutReply> reply) noexcept final;
    void ask(const std::vector<int>& stores, store::Want want);
    void store_everywhere(ByteView payload, std::uint8_t flags);
    void put(int store);
    void finish_read();
    [[nodiscard]] std::vector<int> all_stores() const;

    Worker& worker_;
    PolicyListener* listener_ = nullptr;
    store::SessionKey key_;
    Step step_ = Step::Reading;
    int pending_ = 0;
    int answers_ = 0;
    std::vector<store::Cas> cas_;
    ReadResult found_;
    record::Envelope outgoing_;
    Bytes payload_;
    TimePoint deadline_;
    Error last_error_;
};

// Writes to every store whatever it holds, reads from the host's own store only: the shape of most
// mirrored caches. Goes stale as soon as a store misses a write, and writers bury each other.
class BlindMirror final : public NaivePolicy {
  public:
    using NaivePolicy::NaivePolicy;

  private:
    std::vector<int> sources() override { return {worker().host_index}; }
    bool overwrites() const noexcept override { return true; }
};

// Reads from all stores, writes to all by compare-and-set in parallel, and is content when one of
// them took it: with nobody to decide, two racing writers win one store each.
class LeaderlessCas final : public NaivePolicy {
  public:
    using NaivePolicy::NaivePolicy;

  private:
    std::vector<int> sources() override {
        std::vector<int> all;
        for (int s = 0; s < worker().pool->size(); ++s) all.push_back(s);
        return all;
    }
    bool overwrites() const noexcept override { return false; }
};

}  // namespace sessmirror::simulation

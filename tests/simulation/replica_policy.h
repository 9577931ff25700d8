// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <list>
#include <memory>
#include <optional>

#include "replica/mirrored_write.h"
#include "replica/operation.h"
#include "replica/policy.h"
#include "replica/refilling.h"
#include "replica/session_view.h"
#include "simulation/cluster.h"
#include "simulation/policy.h"

namespace sessmirror::simulation {

// The production operations, put together as service/session.cpp does, but without blocking.
class ReplicaPolicy final : public SessionPolicy, private replica::OperationListener {
  public:
    struct Habits {
        bool refills = true;     // looks after stores as well
        bool compresses = true;  // every second host compresses what it stores
        std::uint32_t lifetime_s = 600;
    };
    // The worker outlives it.
    ReplicaPolicy(Worker& worker, const replica::Policy& policy, const Habits& habits);

    void read(const store::SessionKey& key, bool created, PolicyListener& listener) override;
    void set_token(const Token& token) override { token_ = token; }
    [[nodiscard]] Token news() const override { return news_; }
    [[nodiscard]] Token open_token() const override;
    void write(ByteView payload) override;
    void destroy() override;
    void keep() override;
    void close() override;
    void after_response() override;
    [[nodiscard]] bool has_chores() const noexcept override {
        return has_store_in_hand_ || !lingering_.empty();
    }
    // As sessmirror_refill() does for one store after the other: compares everything with it.
    [[nodiscard]] std::unique_ptr<replica::Refill> begin_whole_refill(int store);

  private:
    // A write with all it needs, since it may go on after its session was closed.
    struct Work {
        replica::SessionView view;
        Bytes payload;
        std::optional<replica::MirroredWrite> write;
    };

    void on_done() noexcept override;
    void start(std::unique_ptr<replica::Operation> operation);
    void store(replica::MirroredWrite::Kind kind, ByteView payload, std::uint32_t ttl_s);
    void finish_read(Status outcome);
    void finish_store(Status outcome);
    void break_orphaned_locks();
    void refill();
    [[nodiscard]] replica::Environment environment() noexcept;
    [[nodiscard]] bool touch_is_due() noexcept;

    Worker& worker_;
    replica::Policy policy_;
    Habits habits_;
    record::Compressor compressor_;
    PolicyListener* listener_ = nullptr;
    std::unique_ptr<Work> work_ = std::make_unique<Work>();
    std::list<std::unique_ptr<Work>> lingering_;
    std::unique_ptr<replica::Operation> operation_;  // under way, or the last one
    Token token_;
    Token news_;
    bool reading_ = false;
    bool created_ = false;
    replica::Refilling refilling_;
    bool has_store_in_hand_ = false;
    bool proven_ = false;  // a store has answered this worker
};

}  // namespace sessmirror::simulation

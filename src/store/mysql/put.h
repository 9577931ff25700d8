// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>

#include "store/mysql/operation.h"

namespace sessmirror::store {

// Stores a session by compare-and-set, and gives up its lock, in one statement. Safe to repeat: a
// write that took effect before is known by its version, which is also why it does not matter
// whether the caller has seen the CAS that it expects.
class MysqlPut final : public MysqlOperation {
  public:
    MysqlPut(MysqlHost& host, const PutRequest& request, StoreSink* sink);

    void write(Sql& sql) override;

  private:
    bool take(std::span<SqlAnswer> replies) override;
    void refused(const Error& why) override;
    void beaten(const Error& why) override;
    void fail(const Error& why) override;

    void unlock_apart();

    const Cas expected_;
    const Cas cas_;
    const std::uint32_t ttl_s_;
    const std::optional<HeldLock> unlock_;
    const record::EnvelopeBytes header_;
    const std::shared_ptr<const SharedPayload> payload_;
    const Bytes hint_;
};

}  // namespace sessmirror::store

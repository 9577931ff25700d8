// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/mysql/target.h"
#include "store/session_key.h"
#include "support/real_server.h"
#include "support/temporary_directory.h"

struct st_mysql;

namespace sessmirror::test {

struct MariadbSettings {
    bool on_unix_socket = true;
    bool has_users = false;  // takes some seconds more; otherwise everybody may do everything
    std::vector<std::string> options{};  // more of them
};

// With a directory of its own, and a database `app`. What is committed survives kill() and start().
class RealMariadb final : public RealServer {
  public:
    explicit RealMariadb(MariadbSettings settings = {});
    ~RealMariadb() = default;

    // Its table of that name, which is made at first use.
    [[nodiscard]] store::MysqlTarget target(std::string table = "sessions") const;
    // Carries out statements, as root. The first field of the first row of the last result, or what
    // went wrong.
    std::string run(std::string_view statements) const;

  private:
    [[nodiscard]] std::vector<std::string> arguments() const override;
    [[nodiscard]] bool answers() const override;
    void install() const;

    const MariadbSettings settings_;
    const TemporaryDirectory directory_;
};

// A transaction of somebody else's that has changed a session's row, and does not end.
class BlockedRow {
  public:
    BlockedRow(const RealMariadb& server, const std::string& table, const store::SessionKey& key);
    ~BlockedRow() { end(); }
    BlockedRow(const BlockedRow&) = delete;
    BlockedRow& operator=(const BlockedRow&) = delete;
    void end();

  private:
    st_mysql* handle_;
};

}  // namespace sessmirror::test

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/mysql_client.h"

namespace sessmirror::test {

// A server for all tests of a suite, and a table for each.
class MysqlTest : public testing::Test {
  protected:
    static void SetUpTestSuite() { server_ = std::make_unique<RealMariadb>(); }
    static void TearDownTestSuite() { server_.reset(); }

    static RealMariadb& server() { return *server_; }
    [[nodiscard]] const store::MysqlTarget& target() const { return target_; }
    // A field of the session's row.
    [[nodiscard]] std::string field(const store::SessionKey& key, const std::string& column) const {
        return server_->run("SELECT " + column + " FROM " + target_.table + " WHERE k='" +
                            std::string(key.text()) + "'");
    }
    // Changes it.
    void set(const store::SessionKey& key, const std::string& assignment) const {
        EXPECT_EQ(server_->run("UPDATE " + target_.table + " SET " + assignment + " WHERE k='" +
                               std::string(key.text()) + "'"),
                  "");
    }
    [[nodiscard]] std::string rows() const {
        return server_->run("SELECT COUNT(*) FROM " + target_.table + " WHERE k NOT LIKE '.%'");
    }

  private:
    static inline std::unique_ptr<RealMariadb> server_;
    static inline int tables_ = 0;
    const store::MysqlTarget target_ = server_->target("t" + std::to_string(++tables_));
};

}  // namespace sessmirror::test

// SPDX-License-Identifier: BSD-3-Clause
// Looking at a whole table of a real MariaDB.
#ifdef SESSMIRROR_WITH_MYSQL

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "store/mysql/inventory.h"
#include "support/inventory_answers.h"
#include "support/mysql_test.h"

namespace sessmirror::store {
namespace {

using std::chrono::seconds;
using test::InventoryAnswers;
using test::key_of;
using test::MysqlStoreClient;

class MysqlInventoryTest : public test::MysqlTest {
  protected:
    InventoryAnswers list(const InventoryLimits& limits = {}) {
        InventoryAnswers answers;
        const auto inventory = std::make_unique<MysqlInventory>(target(), loop_, resolver_, limits);
        inventory->list(answers);
        EXPECT_TRUE(loop_.run_until(answers.done, loop_.now() + seconds(10)));
        return answers;
    }
    void fill(int count, const std::string& expires = "UNIX_TIMESTAMP()+600") const {
        ASSERT_EQ(server().run("INSERT INTO " + target().table +
                               " (k,expires_at,gone_at) SELECT CONCAT('" + expires.substr(0, 1) +
                               ":\\'key-',seq)," + expires + "," + expires + " FROM seq_1_to_" +
                               std::to_string(count)),
                  "");
    }

    net::EventLoop loop_;
    net::Resolver resolver_{loop_};
};

TEST_F(MysqlInventoryTest, ListsAnEmptyTable) {
    const auto answers = list();
    ASSERT_TRUE(answers.listed && *answers.listed) << answers.listed->error().detail;
    EXPECT_TRUE(answers.keys.empty());
}

TEST_F(MysqlInventoryTest, ListsEverySessionThatIsAliveOnce) {
    MysqlStoreClient client(target());
    const test::Session session("a", "x");
    ASSERT_TRUE(client.put(session.put(client)));
    ASSERT_EQ(client.lock(key_of("b"), "host:1")->lock, LockState::Granted);
    fill(3000);
    fill(700, "1");
    auto answers = list();
    ASSERT_TRUE(answers.listed && *answers.listed) << answers.listed->error().detail;
    EXPECT_EQ(answers.keys.size(), 3001u);
    EXPECT_TRUE(std::ranges::is_sorted(answers.keys));
    EXPECT_EQ(std::ranges::adjacent_find(answers.keys), answers.keys.end());
    EXPECT_EQ(std::ranges::count(answers.keys, session.key.text()), 1);
    EXPECT_EQ(std::ranges::count(answers.keys, "U:'key-2999"), 1);
}

TEST_F(MysqlInventoryTest, GivesUpWhatHasNoEnd) {
    ASSERT_TRUE(list().listed);
    fill(3000);
    const auto answers = list({.keys = 700});
    ASSERT_TRUE(answers.listed && !*answers.listed);
    EXPECT_EQ(answers.listed->error().code, Errc::StoreError);
    EXPECT_LE(answers.keys.size(), 1000u);
}

TEST_F(MysqlInventoryTest, SaysNothingMoreWhenItIsCancelledInTheMiddleOfAPage) {
    ASSERT_TRUE(list().listed);
    fill(1000);
    const auto inventory = std::make_unique<MysqlInventory>(target(), loop_, resolver_);
    test::Impatient sink;
    sink.inventory = inventory.get();
    inventory->list(sink);
    ASSERT_TRUE(loop_.run_until(sink.has_key, loop_.now() + seconds(10)));
    EXPECT_TRUE(list().listed) << "another one is asked meanwhile";
    EXPECT_EQ(sink.keys, 1);
    EXPECT_EQ(sink.listed, 0);
}

TEST_F(MysqlInventoryTest, TellsThatTheServerHangs) {
    ASSERT_TRUE(list().listed);
    server().stop();
    const auto answers = list();
    server().resume();
    ASSERT_TRUE(answers.listed && !*answers.listed);
    EXPECT_EQ(answers.listed->error().code, Errc::Timeout) << answers.listed->error().detail;
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL

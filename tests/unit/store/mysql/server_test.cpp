// SPDX-License-Identifier: BSD-3-Clause
// What happens to a real MariaDB, and what it demands: users and rights, a table, restarts,
// hanging.
#ifdef SESSMIRROR_WITH_MYSQL

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "store/mysql/inventory.h"
#include "store/mysql/table.h"
#include "support/fake_server.h"
#include "support/inventory_answers.h"
#include "support/mysql_test.h"

namespace sessmirror::store {
namespace {

using std::chrono::seconds;
using test::key_of;
using test::MysqlStoreClient;
using test::payload_of;
using test::RealMariadb;
using test::Session;

constexpr RemoteDefaults kHasty{.connect_timeout = seconds(5), .io_timeout = milliseconds(300)};

// The error of a request that is refused, and again: the store stays as unusable, or as usable.
Error refusal(const MysqlTarget& target) {
    MysqlStoreClient client(target);
    EXPECT_FALSE(client.fetch(key_of("a")));
    const Session session("a", "x");
    EXPECT_FALSE(client.put(session.put(client)));
    const Status probed = client.probe();
    EXPECT_EQ(client.events.protocol_errors, 0);
    return probed ? Error(Errc::Internal, "the probe succeeded") : probed.error();
}

void expect_words(const Error& error, const std::string& words) {
    const std::string detail = error.detail;
    EXPECT_EQ(error.code, Errc::Refused) << detail;
    EXPECT_TRUE(detail.starts_with("mariadb")) << detail;
    EXPECT_NE(detail.find(words), std::string::npos) << detail;
    EXPECT_EQ(detail.find("hush"), std::string::npos) << "no password is shown";
}

// ---- the table

class MysqlTable : public test::MysqlTest {
  protected:
    MysqlTarget unmade() const {
        MysqlTarget out = target();
        out.creates_table = false;
        return out;
    }
};

TEST_F(MysqlTable, ThatIsMissingIsNotMadeUnlessThatIsAskedFor) {
    expect_words(refusal(unmade()), "cannot use the table `" + target().table + "`: there is none");
    EXPECT_EQ(server().run("SHOW TABLES LIKE '" + target().table + "'"), "");
    MysqlStoreClient client(target());
    EXPECT_TRUE(client.probe());
    EXPECT_EQ(client.events.protocol_errors, 0);
    EXPECT_TRUE(MysqlStoreClient(unmade()).probe());
}

TEST_F(MysqlTable, IsAsTheDocumentedStatementMakesIt) {
    ASSERT_EQ(server().run(create_statement(target().table)), "");
    MysqlStoreClient client(unmade());
    const Session session("a", "x");
    const auto stored = client.put(session.put(client));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(payload_of(*client.fetch(session.key)), "x");
}

TEST_F(MysqlTable, WithOtherColumnsIsRefusedBeforeAnythingIsRead) {
    const struct {
        const char* change;
        const char* words;
    } kCases[] = {
        {"DROP COLUMN gone_at", "it has other columns"},
        {"CHANGE cas version BIGINT UNSIGNED", "it has other columns"},
        {"MODIFY value BLOB", "column value has another type"},
        {"MODIFY value LONGTEXT", "column value has another type"},
        {"MODIFY k VARCHAR(96) CHARACTER SET utf8mb4 NOT NULL", "column k has another type"},
        {"MODIFY k VARBINARY(32) NOT NULL", "column k has another type"},
        {"MODIFY cas BIGINT", "column cas has another type"},
        {"MODIFY cas VARBINARY(20)", "column cas has another type"},
        {"MODIFY expires_at DATETIME", "column expires_at has another type"},
        {"MODIFY lock_owner VARCHAR(64)", "column lock_owner has another type"},
        {"MODIFY lock_until SMALLINT UNSIGNED", "column lock_until has another type"},
        {"MODIFY hint VARBINARY(16)", "column hint has another type"},
        {"DROP PRIMARY KEY, ADD KEY (k)", "its primary key is another"},
        {"DROP PRIMARY KEY, ADD PRIMARY KEY (k, cas)", "its primary key is another"},
    };
    for (const auto& [change, words] : kCases) {
        SCOPED_TRACE(change);
        const std::string table = target().table;
        ASSERT_EQ(server().run("DROP TABLE IF EXISTS " + table + ";" + create_statement(table) +
                               ";ALTER TABLE " + table + " " + change),
                  "");
        expect_words(refusal(target()), words);
    }
}

// Of what hosts that are older, or newer, may have made of it: the names count, not their order.
TEST_F(MysqlTable, MayHaveFurtherColumns) {
    ASSERT_EQ(server().run(create_statement(target().table) + ";ALTER TABLE " + target().table +
                           " ADD COLUMN note TEXT FIRST"),
              "");
    MysqlStoreClient client(unmade());
    EXPECT_TRUE(client.probe());
}

TEST_F(MysqlTable, ThatVanishesIsNamed) {
    MysqlStoreClient client(target());
    ASSERT_TRUE(client.probe());
    MysqlStoreClient other(unmade());
    ASSERT_TRUE(other.probe());
    ASSERT_EQ(server().run("DROP TABLE " + target().table), "");
    const auto gone = other.fetch(key_of("a"));
    ASSERT_FALSE(gone);
    expect_words(gone.error(), "there is none");
    const auto made = client.fetch(key_of("a"));
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_FALSE(made->found);
}

class MysqlLife : public test::MysqlTest {
  protected:
    Life life() {
        test::InventoryAnswers answers;
        const auto inventory = std::make_unique<MysqlInventory>(target(), loop_, resolver_);
        inventory->ask_life(answers);
        EXPECT_TRUE(loop_.run_until(answers.done, loop_.now() + seconds(10)));
        EXPECT_TRUE(answers.life && *answers.life);
        return answers.life && *answers.life ? **answers.life : Life{};
    }
    net::EventLoop loop_;
    net::Resolver resolver_{loop_};
};

TEST_F(MysqlLife, IsThatOfTheTableAndNotThatOfTheServer) {
    const Life first = life();
    EXPECT_NE(first.process, 0u);
    EXPECT_EQ(life(), first);
    server().kill();
    server().start();
    EXPECT_EQ(life(), first) << "a restart loses nothing";
    ASSERT_EQ(server().run("TRUNCATE TABLE " + target().table), "");
    const Life second = life();
    EXPECT_FALSE(second == first);
    ASSERT_EQ(server().run("DROP TABLE " + target().table), "");
    EXPECT_FALSE(life() == second);
}

TEST_F(MysqlLife, IsToldAfterTheServerClosedAConnection) {
    MysqlStoreClient client(target());
    ASSERT_TRUE(client.probe());
    EXPECT_FALSE(client.events.last.life) << "there is none to compare it with";
    for (int i = 0; i < 2; ++i) {
        ASSERT_NE(server().run("SELECT @id := MAX(ID) FROM information_schema.PROCESSLIST "
                               "WHERE DB='app' AND ID<>CONNECTION_ID(); KILL @id"),
                  "");
        const auto reply = client.fetch(key_of("a"));
        ASSERT_TRUE(reply) << reply.error().detail;
        ASSERT_TRUE(client.events.last.life);
        EXPECT_EQ(*client.events.last.life, life());
        EXPECT_FALSE(client.events.last.has_lost);
    }
}

// ---- a server that ends, or hangs

class MysqlOutage : public test::MysqlTest {};

TEST_F(MysqlOutage, ARestartCostsNoErrorAndKeepsSessionsAndLocks) {
    MysqlStoreClient client(target());
    const auto restart = [] {
        server().kill();
        server().start();
    };
    const Session session("a", "x", {1, 1});
    ASSERT_TRUE(client.put(session.put(client)));
    restart();
    const auto locked = client.lock(session.key, "host:1");
    ASSERT_TRUE(locked) << locked.error().detail;
    EXPECT_EQ(payload_of(*locked), "x");
    restart();
    EXPECT_EQ(client.lock(session.key, "host:2")->lock, LockState::Held);
    restart();
    const Session next("a", "y", {2, 2});
    PutRequest request = next.put(client, locked->cas);
    request.unlock = locked->holder;
    const auto stored = client.put(request);
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    EXPECT_FALSE(stored->lock_lost);
    restart();
    EXPECT_TRUE(client.touch(session.key, 60)->found);
    EXPECT_EQ(client.events.connected, 5);
}

TEST_F(MysqlOutage, WhoIsNotThereIsNamed) {
    MysqlTarget nobody = target();
    nobody.endpoint.host += ".gone";
    const Error missing = MysqlStoreClient(nobody).probe().error();
    EXPECT_EQ(missing.code, Errc::Unreachable);
    EXPECT_NE(std::string(missing.detail).find("No such file"), std::string::npos)
        << missing.detail;
    nobody.endpoint = {false, "127.0.0.1", test::free_port(), "mariadb"};
    EXPECT_EQ(MysqlStoreClient(nobody).probe().error().code, Errc::Refused);
}

TEST_F(MysqlOutage, AServerThatHangsCostsEachRequestItsTimeAndNoMore) {
    MysqlStoreClient client(target(), kHasty);
    const Session session("a", "x");
    ASSERT_TRUE(client.put(session.put(client)));
    server().stop();
    // The one that it has taken in before, and others, which it does not let in.
    for (int i = 0; i < 2; ++i) {
        const TimePoint start = client.loop().now();
        const auto reply = client.fetch(session.key);
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().code, Errc::Timeout) << reply.error().detail;
        EXPECT_GE(client.loop().now() - start, milliseconds(300));
        EXPECT_LT(client.loop().now() - start, seconds(8));
    }
    client.patience = milliseconds(50);
    const TimePoint start = client.loop().now();
    EXPECT_EQ(client.fetch(session.key).error().code, Errc::OutOfTime);
    EXPECT_LT(client.loop().now() - start, seconds(2));
    server().resume();
    client.patience = seconds(10);
    const auto reply = client.fetch(session.key);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(payload_of(*reply), "x");
}

// In the middle of a large write: the page does not wait for what the kernel does not take.
TEST_F(MysqlOutage, AServerThatHangsInTheMiddleOfAPacketIsLeftInTime) {
    MysqlStoreClient client(target(), kHasty);
    ASSERT_TRUE(client.probe());
    server().stop();
    client.patience = milliseconds(500);
    const Session session("a", std::string(8u << 20, 'x'));
    const TimePoint start = client.loop().now();
    EXPECT_FALSE(client.put(session.put(client)));
    EXPECT_LT(client.loop().now() - start, seconds(5));
    server().resume();
    client.patience = seconds(10);
    EXPECT_FALSE(client.fetch(session.key)->found) << "half a packet does nothing";
}

TEST_F(MysqlOutage, AtItsLimitOfConnectionsSaysSo) {
    ASSERT_EQ(server().run("SET GLOBAL max_connections=10"), "");
    std::vector<std::unique_ptr<MysqlStoreClient>> others;
    const auto is_full = [&] {
        return !others.empty() && server().run("SELECT 1").find("Too many") != std::string::npos;
    };
    while (!is_full() && others.size() < 20) {
        others.push_back(std::make_unique<MysqlStoreClient>(target()));
        (void)others.back()->probe();
    }
    expect_words(refusal(target()), "Too many connections");
    others.clear();
    while (server().run("SET GLOBAL max_connections=50") != "") {
    }
}

TEST_F(MysqlOutage, AServerThatTakesNoChangesSaysSoAndIsReadAllTheSame) {
    MysqlStoreClient client(target());
    const Session session("a", "x");
    ASSERT_TRUE(client.put(session.put(client)));
    // Everybody is root here, whom `read_only` does not bind; a transaction that is, does.
    MysqlStoreClient bound(target());
    ASSERT_EQ(server().run("SET GLOBAL tx_read_only=1"), "");
    const auto locked = bound.lock(session.key, "host:1");
    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error().code, Errc::StoreError);
    EXPECT_NE(std::string(locked.error().detail).find("READ ONLY"), std::string::npos)
        << locked.error().detail;
    EXPECT_TRUE(bound.fetch(session.key)->found);
    EXPECT_EQ(bound.events.connected, 1);
    ASSERT_EQ(server().run("SET GLOBAL tx_read_only=0"), "");
}

// ---- who may come in

TEST(MysqlUsers, ComeInWithTheirPasswordAndTheRightsThatAreDocumented) {
    const RealMariadb server({.has_users = true});
    ASSERT_EQ(server.run(create_statement("sessions") +
                         ";CREATE USER web@localhost IDENTIFIED BY 'hush \\' @:/%'"
                         ";GRANT SELECT, INSERT, UPDATE, DELETE ON app.sessions TO web@localhost"
                         ";CREATE USER reader@localhost IDENTIFIED BY 'hush'"
                         ";GRANT SELECT ON app.* TO reader@localhost"
                         ";CREATE USER other@localhost IDENTIFIED BY 'hush'"),
              "");
    MysqlTarget target = server.target();
    target.creates_table = false;
    target.user = "web";
    target.password = "hush ' @:/%";
    {
        MysqlStoreClient client(target);
        const Session session("a", "x");
        const auto stored = client.put(session.put(client));
        ASSERT_TRUE(stored) << stored.error().detail;
        client.store().leave_hint(session.key, as_bytes("known"), 60);
        EXPECT_EQ(as_text(client.fetch(session.key, Want::Value, true)->hint), "known");
        ASSERT_EQ(client.lock(session.key, "host:1")->lock, LockState::Granted);
        client.store().flush();
        ASSERT_TRUE(client.probe());
    }
    MysqlTarget wrong = target;
    wrong.password = "hush hush";
    Error denied = refusal(wrong);
    expect_words(denied, "Access denied for user 'web'@'localhost' (using password: YES)");
    EXPECT_EQ(denied.sys_errno, EACCES);
    wrong = target;
    wrong.table = "another";
    expect_words(refusal(wrong), "denied");
    wrong.database = "nowhere";
    expect_words(refusal(wrong), "nowhere");
    wrong = server.target();
    wrong.database = "nowhere";
    expect_words(refusal(wrong), "Unknown database 'nowhere'");
    wrong = target;
    wrong.user = "other";
    wrong.password = "hush";
    expect_words(refusal(wrong), "denied");
    ASSERT_EQ(server.run("DELETE FROM sessions"), "");
    wrong.user = "reader";
    denied = refusal(wrong);
    expect_words(denied, "denied to user 'reader'");
    EXPECT_EQ(denied.sys_errno, EACCES);
    // A server that replicates another one is no store.
    ASSERT_EQ(server.run("SET GLOBAL read_only=1"), "");
    MysqlStoreClient replica(target);
    const auto locked = replica.lock(key_of("a"), "host:1");
    ASSERT_FALSE(locked);
    EXPECT_NE(std::string(locked.error().detail).find("read-only"), std::string::npos)
        << locked.error().detail;
}

// ---- processes

class MysqlFork : public test::MysqlTest {
  protected:
    static int outcome_of(pid_t child) {
        int status = -1;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    MysqlStoreClient client_{target()};
};

TEST_F(MysqlFork, ParentAndChildGoOnWithConnectionsOfTheirOwn) {
    const Session one("a", "parent's");
    const Session two("b", "child's");
    ASSERT_TRUE(client_.put(one.put(client_)));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const bool stored = client_.put(two.put(client_)).has_value();
        const auto read = client_.fetch(one.key);
        const bool is_own = client_.events.connected == 2;
        ::_exit(stored && read && payload_of(*read) == "parent's" && is_own ? 0 : 1);
    }
    for (int i = 0; i < 50; ++i) ASSERT_EQ(payload_of(*client_.fetch(one.key)), "parent's");
    EXPECT_EQ(outcome_of(child), 0);
    EXPECT_EQ(payload_of(*client_.fetch(two.key)), "child's");
    EXPECT_EQ(client_.events.connected, 1) << "the parent lost its connection";
}

TEST_F(MysqlFork, AChildThatOnlyEndsDoesNotDisturbItsParent) {
    auto client = std::make_unique<MysqlStoreClient>(target());
    ASSERT_TRUE(client->probe());
    test::CollectingSink sink;
    client->store().fetch({key_of("a"), Want::Value, std::nullopt, client->deadline()}, &sink);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        client.reset();
        ::_exit(0);
    }
    EXPECT_EQ(outcome_of(child), 0);
    ASSERT_TRUE(client->loop().run_until(sink.done, client->deadline()));
    EXPECT_TRUE(*sink.fetched);
    EXPECT_TRUE(client->probe());
    EXPECT_EQ(client->events.connected, 1);
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL

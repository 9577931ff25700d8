// SPDX-License-Identifier: BSD-3-Clause
// How the list of stores names a table of a MariaDB, and what a message about one says.
#include "store/mysql/engine.h"

#include <gtest/gtest.h>

#include <string>

#include "pool/store_list.h"
#include "store/mysql/table.h"
#include "store/remedies.h"

namespace sessmirror::store {
namespace {

// Its name, or what is wrong with it.
std::string read(const std::string& list) {
    const auto stores = pool::parse_store_list(list);
    return stores ? stores->front().name() : std::string(stores.error().detail);
}

TEST(MysqlEngine, NamesATableWithoutUserAndPassword) {
    EXPECT_EQ(read("mysql://web:hush@DB1/app"), "mysql://db1:3306/app");
    EXPECT_EQ(read("mariadb://web@db1:3307/app?table=visits"), "mysql://db1:3307/app?table=visits");
    EXPECT_EQ(read("mysql://[::1]/app?table=sessions&create=1"), "mysql://[::1]:3306/app");
    EXPECT_EQ(read("mysql://web:hush@/run/mysqld/mysqld.sock?database=app"),
              "mysql:///run/mysqld/mysqld.sock?database=app");
    EXPECT_EQ(read("mysql:///run/mysqld/mysqld.sock?database=app&table=v"),
              "mysql:///run/mysqld/mysqld.sock?database=app&table=v");
    for (const char* const list :
         {"mysql://web:hush@db1/app", "mysql:///run/m.sock?database=app&table=v"})
        EXPECT_EQ(read(read(list)), read(list)) << "it reads back as the same store";
}

TEST(MysqlEngine, TakesAnyPassword) {
    const auto stores =
        pool::parse_store_list("mysql://a%3Ab:p%40ss%2F%3A%2C%20'@db1/app,mysql://web@db2/app");
    ASSERT_TRUE(stores) << stores.error().detail;
    EXPECT_EQ((*stores)[0].user, "a:b");
    EXPECT_EQ((*stores)[0].password, "p@ss/:, '");
    EXPECT_EQ((*stores)[1].user, "web");
    EXPECT_EQ((*stores)[1].password, "");
}

TEST(MysqlEngine, RefusesWhatNamesNoTable) {
    for (const std::string list :
         {"mysql://db1", "mysql://db1/", "mariadb:///run/m.sock", "db1:3306"})
        EXPECT_NE(read(list).find("the database of a MariaDB is missing"), std::string::npos)
            << read(list);
    for (const std::string list : {"mysql://db1/a%60b", "mysql://db1/a%3Bb", "mysql://db1/a/b",
                                   "mysql://db1/a?table=", "mysql://db1/a?table=x%60%3B",
                                   "mysql://db1/a?create=2", "mysql://db1/a?database=b",
                                   "mysql://db1/a?size_mb=1", "mysql://web:@db1/a", "mysql:///db1"})
        EXPECT_FALSE(pool::parse_store_list(list)) << list << ": " << read(list);
    EXPECT_EQ(read("mysql://web:hush@db1").find("hush"), std::string::npos);
}

TEST(MysqlEngine, ATableThatIsMissingIsAnsweredByTheStatementThatMakesIt) {
    const char* const remedy = remedy_of_words(
        "mysql://db1/app cannot use the table `sessions`: "
        "there is none");
    ASSERT_NE(remedy, nullptr);
    EXPECT_NE(std::string(remedy).find(create_statement("sessions")), std::string::npos);
}

}  // namespace
}  // namespace sessmirror::store

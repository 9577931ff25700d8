// SPDX-License-Identifier: BSD-3-Clause
#include "pool/store_list.h"

#include <gtest/gtest.h>

#include <string>

#include "store/embedded/engine.h"
#include "store/redis/engine.h"

namespace sessmirror::pool {
namespace {

using std::chrono::seconds;

// "name*weight name*weight", or the error.
std::string read(std::string_view text) {
    const auto stores = parse_store_list(text);
    if (!stores) return std::string("error: ") + stores.error().detail;
    std::string out;
    for (const auto& spec : *stores)
        out += (out.empty() ? "" : " ") + spec.name() + "*" + std::to_string(spec.weight);
    return out;
}

void expect_refused(std::string_view text, std::string_view reason) {
    const auto stores = parse_store_list(text);
    ASSERT_FALSE(stores.has_value()) << text;
    EXPECT_EQ(stores.error().code, Errc::BadConfig);
    EXPECT_NE(std::string_view(stores.error().detail).find(reason), std::string_view::npos)
        << text << " gives: " << stores.error().detail;
}

TEST(StoreList, ReadsTheUrlsOfMemcache) {
    EXPECT_EQ(read("tcp://10.0.0.1:11211, tcp://10.0.0.2:11212?persistent=1&weight=2&timeout=1.0"
                   "&retry_interval=15&udp_port=0"),
              "10.0.0.1:11211*1 10.0.0.2:11212*2");
    EXPECT_EQ(read("unix:///run/memcached.sock:0?weight=3 unix:///b.sock unix:/c.sock"),
              "/run/memcached.sock*3 /b.sock*1 /c.sock*1");
    EXPECT_EQ(read("tcp://[::1]:11300"), "[::1]:11300*1");
    EXPECT_EQ(read("TCP://Cache-1.Example:11211/"), "cache-1.example:11211*1");
    EXPECT_EQ(read("tcp://a?retry_interval=-1&persistent=0"), "a:11211*1");
}

TEST(StoreList, ReadsTheServerListOfMemcached) {
    EXPECT_EQ(read("a, b:11212,c:11213:5,[::1]:11211,/var/x.sock,/var/y.sock:0,/z:0:7"),
              "a:11211*1 b:11212*1 c:11213*5 [::1]:11211*1 /var/x.sock*1 /var/y.sock*1 /z*7");
}

TEST(StoreList, ReadsTheUrlsOfRedis) {
    EXPECT_EQ(read("tcp://a:6379?weight=1, b:6379?weight=2&timeout=2.5&read_timeout=1&persistent=1"
                   "&retry_interval=15 c:6379:3 tcp://[::1]:6379/"),
              "redis://a:6379*1 redis://b:6379*2 redis://c:6379*3 redis://[::1]:6379*1");
    EXPECT_EQ(read("tcp://a:6380?auth=x, tcp://b?database=2, tcp://c?persistent_id=mine"),
              "redis://a:6380*1 redis://b:6379/2*1 redis://c:6379*1");
    EXPECT_EQ(read("unix:///r.sock?database=0 unix:/s.sock:0?database=3&weight=2"),
              "redis:///r.sock*1 redis:///s.sock?database=3*2");
}

TEST(StoreList, ReadsAServerAsMemcachedWhereNothingSaysRedis) {
    EXPECT_EQ(read("tcp://a:6380?weight=1, b?weight=2 unix:///r.sock?persistent=1"),
              "a:6380*1 b:11211*2 /r.sock*1");
}

TEST(StoreList, ReadsTheSchemeOfRedisAndValkey) {
    EXPECT_EQ(read("redis://A, redis://b:7000 valkey://c REDIS://[::1]:6379 redis://d:6379:4"),
              "redis://a:6379*1 redis://b:7000*1 redis://c:6379*1 redis://[::1]:6379*1 "
              "redis://d:6379*4");
    EXPECT_EQ(read("redis://a/2 redis://a/0 redis://b/ redis://b:7000/65535?weight=2"),
              "redis://a:6379/2*1 redis://a:6379*1 redis://b:6379*1 redis://b:7000/65535*2");
    EXPECT_EQ(read("redis:///run/redis.sock valkey:///v:0:2 redis:///run/redis.sock?database=2"),
              "redis:///run/redis.sock*1 redis:///v*2 redis:///run/redis.sock?database=2*1");
    const auto stores = parse_store_list("redis://10.0.0.1/7?timeout=0.5, redis:///run/r.sock");
    ASSERT_TRUE(stores);
    EXPECT_EQ((*stores)[0].engine, &store::kRedisEngine);
    EXPECT_EQ((*stores)[0].transport, store::Transport::Tcp);
    EXPECT_EQ((*stores)[0].host, "10.0.0.1");
    EXPECT_EQ((*stores)[0].port, 6379);
    EXPECT_EQ((*stores)[0].own.number(store::kRedisDatabase), 7u);
    EXPECT_EQ((*stores)[0].io_timeout, milliseconds(500));
    EXPECT_EQ((*stores)[1].transport, store::Transport::Unix);
    EXPECT_EQ((*stores)[1].host, "/run/r.sock");
    EXPECT_EQ((*stores)[1].port, 0);
}

TEST(StoreList, NamesOfRedisReadBackAsTheSameStore) {
    const std::string names =
        "redis://a:6379 redis://[::1]:7000/2 redis:///r.sock redis:///r.sock?database=2";
    const auto stores = parse_store_list(names);
    ASSERT_TRUE(stores);
    std::string again;
    for (const auto& spec : *stores) again += (again.empty() ? "" : " ") + spec.name();
    EXPECT_EQ(again, names);
}

// "user password" of the only store, or the error.
std::string credentials(const std::string& text) {
    const auto stores = parse_store_list(text);
    if (!stores) return std::string("error: ") + stores.error().detail;
    if (stores->front().engine != &store::kRedisEngine) return "no Redis";
    return stores->front().user + " " + stores->front().password;
}

TEST(StoreList, TakesUserAndPasswordBeforeTheHost) {
    EXPECT_EQ(credentials("redis://me:hush@a:6379/1"), "me hush");
    EXPECT_EQ(credentials("redis://:hush@a"), " hush");
    EXPECT_EQ(credentials("redis://me:hush@/run/redis.sock"), "me hush");
    EXPECT_EQ(credentials("redis://me:hu:sh@[::1]"), "me hu:sh");
    EXPECT_EQ(credentials("redis://m%65:%2c%20%3B%26%40%25+%2F%3f@a"), "me , ;&@%+/?");
    EXPECT_EQ(read("redis://me:hush@a redis://:hush@a/2"), "redis://a:6379*1 redis://a:6379/2*1");
    expect_refused("redis://hush@a", "before the '@' stands user:password@");
    expect_refused("redis://me:@a", "the password before the '@' is empty");
    expect_refused("redis://:@a", "the password before the '@' is empty");
    expect_refused("redis://me:hu@sh@a", "is written as %40");
    expect_refused("redis://me:hu@/sh@a", "only one '@'");
    expect_refused("redis://me:hush@", "host name is missing");
    expect_refused("redis://me:hush@a?auth=hush", "the password is given twice");
    for (const char* text : {"tcp://me:hush@a", "me:hush@a", "redis://me:hu/sh@a"})
        EXPECT_EQ(credentials(text).substr(0, 7), "error: ") << text;
}

TEST(StoreList, TakesThePasswordsOfTheHandlerRedis) {
    EXPECT_EQ(credentials("tcp://a:6379?weight=1&timeout=2.5&auth=secret&database=2&persistent=1"),
              " secret");
    EXPECT_EQ(credentials("tcp://a?auth=s%2Ce%3Bc%26r%25e%40t+%2B"), " s,e;c&r%e@t +");
    EXPECT_EQ(credentials("tcp://a?auth=a=b?c"), " a=b?c");
    EXPECT_EQ(credentials("tcp://a?auth[]=me&auth[]=secret"), "me secret");
    EXPECT_EQ(credentials("tcp://a?auth%5B%5D=me&auth%5b%5d=secret"), "me secret");
    EXPECT_EQ(credentials("tcp://a?auth[1]=secret&auth[0]=me"), "me secret");
    EXPECT_EQ(credentials("tcp://a?auth[user]=me&weight=2&auth[pass]=secret"), "me secret");
    EXPECT_EQ(credentials("tcp://a?auth[pass]=secret&auth[user]=me"), "me secret");
    EXPECT_EQ(credentials("unix:///r.sock?auth[]=secret"), " secret");
    EXPECT_EQ(credentials("redis://a?auth[pass]=secret"), " secret");
    EXPECT_EQ(credentials("tcp://a?auth="), " ");
    EXPECT_EQ(read("tcp://a:6379?auth=x, tcp://b:6379?auth=y;c:6379?auth=z,d?database=1"),
              "redis://a:6379*1 redis://b:6379*1 redis://c:6379*1 redis://d:6379/1*1");
}

TEST(StoreList, RefusesPasswordsThatAreIncompleteOrGivenTwice) {
    for (const char* text : {"a?auth[user]=me", "a?auth[]=me&auth[]=", "a?auth[]="})
        expect_refused(text, "the password is missing");
    for (const char* text :
         {"a?auth=x&auth=x", "a?auth=x&auth[]=x", "a?auth[]=x&auth=x",
          "a?auth[]=x&auth[]=y&auth[]=z", "a?auth[pass]=x&auth[pass]=x", "a?auth[pass]=x&auth=x"})
        expect_refused(text, "given twice");
    expect_refused("a?auth[name]=me", "is not known");
}

TEST(StoreList, UserAndPasswordHaveAtMost512BytesAndNoZero) {
    const std::string longest(512, 'x');
    EXPECT_EQ(credentials("redis://" + longest + ":" + longest + "@a"), longest + " " + longest);
    EXPECT_EQ(credentials("a?auth=" + longest), " " + longest);
    expect_refused("redis://x" + longest + ":p@a", "more than 512 bytes");
    expect_refused("redis://me:x" + longest + "@a", "more than 512 bytes");
    expect_refused("a?auth=x" + longest, "more than 512 bytes");
    for (const char* text : {"redis://:x%00@a", "redis://%00:x@a", "a?auth=%00"})
        expect_refused(text, "contains a zero byte");
    for (const char* text : {"redis://:50%@a", "redis://:%4@a", "a?auth=%zz", "a?auth=%+1"})
        expect_refused(text, "must be written as %25");
}

TEST(StoreList, RefusesWhatIsNoDatabase) {
    for (const char* text : {"a?database=65536", "a?database=-1", "a?database=", "a?database=x"})
        expect_refused(text, "from 0 to 65535");
    expect_refused("redis://a/65536", "only the number of a database from 0 to 65535");
    expect_refused("redis://a/x", "only the number of a database from 0 to 65535");
    expect_refused("redis://a/1/2", "only the number of a database from 0 to 65535");
    expect_refused("redis://a/1?database=1", "\"database\" is given twice");
    expect_refused("lmdb:///tmp?database=1", "not a parameter of this kind of store");
    expect_refused("lmdb:///tmp?auth=x", "not a parameter of this kind of store");
    for (const char* text : {"redis://", "redis:///", "redis:///2", "redis://:6379"})
        expect_refused(text, "host name is missing");
    expect_refused("unix:///2?database=0", "must not be a number alone");
    expect_refused("redis:///2:0", "must not be a number alone");
}

TEST(StoreList, RefusesTlsAndWhatElseRedisStoresDoNotHave) {
    for (const char* text : {"rediss://a", "valkeys://a", "tls://a:6379", "SSL://a?auth=x"})
        expect_refused(text, "TLS is not supported");
    for (const char* text : {"a:6379?prefix=x", "a?prefix=x", "redis://a?auth=x&prefix=y"})
        expect_refused(text, "sessmirror.key_prefix is the prefix");
    expect_refused("redis://a?stream[verify_peer]=0", "this release has no TLS");
    expect_refused("redis://a?stream%5Bverify_peer%5D=0", "this release has no TLS");
    expect_refused("redis://a?read_only=1", "every store is written to");
    expect_refused("redis://a?udp_port=0", "not a parameter of this kind of store");
    expect_refused("redis://a?size_mb=64", "not a parameter of this kind of store");
}

TEST(StoreList, OneRedisIsTheSameStoreWhoeverLogsInAndAnotherDatabaseIsAnother) {
    for (const char* text : {"redis://:x@a redis://:y@a", "tcp://a:6379?auth=x,redis://A",
                             "redis://a/2 a?database=2", "redis:///r unix:///r?database=0"})
        expect_refused(text, "listed twice");
    EXPECT_EQ(read("redis://a redis://a/1 a?database=2"),
              "redis://a:6379*1 redis://a:6379/1*1 redis://a:6379/2*1");
}

TEST(StoreList, AcceptsEverySeparatorAndOneAtEitherEnd) {
    const std::string wanted = "a:11211*1 b:11211*1";
    for (const char* text :
         {"a,b", "a;b", "a b", "a\tb\n", " a , b ", ",a,b,", ";a;b;", "a ;\r\n b", " ,a b , "})
        EXPECT_EQ(read(text), wanted) << text;
}

TEST(StoreList, TimeoutMeansConnectingAndAnswers) {
    const auto stores = parse_store_list(
        "a?timeout=1.5 b?timeout=2&connect_timeout_ms=30 c?io_timeout_ms=7&timeout=.25 "
        "d?read_timeout=0.5 e");
    ASSERT_TRUE(stores.has_value());
    EXPECT_EQ((*stores)[0].connect_timeout, milliseconds(1500));
    EXPECT_EQ((*stores)[0].io_timeout, milliseconds(1500));
    EXPECT_EQ((*stores)[1].connect_timeout, milliseconds(30));
    EXPECT_EQ((*stores)[1].io_timeout, seconds(2));
    EXPECT_EQ((*stores)[2].connect_timeout, milliseconds(250));
    EXPECT_EQ((*stores)[2].io_timeout, milliseconds(7));
    EXPECT_EQ((*stores)[3].connect_timeout, Duration::zero());
    EXPECT_EQ((*stores)[3].io_timeout, milliseconds(500));
    EXPECT_EQ((*stores)[4].io_timeout, Duration::zero());
}

TEST(StoreList, NamesAreCanonicalSoThatAllHostsPlaceAlike) {
    EXPECT_EQ(read("CACHE.Example [0:0:0:0:0:0:0:1]"), "cache.example:11211*1 [::1]:11211*1");
}

TEST(StoreList, AHostMayBeCalledAsASchemeIs) {
    EXPECT_EQ(read("unix:11212 tcp unix"), "unix:11212*1 tcp:11211*1 unix:11211*1");
}

TEST(StoreList, RefusesAnEmptyListAndEmptyEntries) {
    expect_refused("", "store list is empty");
    expect_refused(" \n ", "store list is empty");
    expect_refused(",", "store list is empty");
    expect_refused("a,,b", "entry after entry 1 is empty");
    expect_refused(",,a", "entry after entry 0 is empty");
    expect_refused("a,b;,", "entry after entry 2 is empty");
}

TEST(StoreList, RefusesNumbersOutOfRange) {
    for (const char* text : {"a:0", "a:65536", "a:x", "a:", "a:-1", "a:+1", "tcp://a:99999999999"})
        expect_refused(text, "the port must be a number from 1 to 65535");
    for (const char* text : {"a?weight=0", "a?weight=1001", "a?weight=", "a?weight", "a?weight=-1"})
        expect_refused(text, "the weight must be a number from 1 to 1000");
    expect_refused("a:1:0", "only a weight from 1 to 1000");
    for (const char* text : {"a?timeout=0", "a?timeout=-1", "a?timeout=1e3", "a?timeout=3601",
                             "a?timeout=.", "a?timeout=1.0000000001", "a?timeout=0.0001"})
        expect_refused(text, "\"timeout\" must be a time in seconds");
    expect_refused("a?timeout=0,25", "decimals after a point");
    expect_refused("a?io_timeout_ms=0", "must be a time in milliseconds");
    expect_refused("a?persistent=yes", "must be 0 or 1");
    expect_refused("a?udp_port=11211", "UDP is not used");
    expect_refused("/x:11211", "only :0 may follow");
}

TEST(StoreList, RefusesWhatItDoesNotKnowAndQuotesIt) {
    expect_refused("a b?wieght=2",
                   "entry 2, \"b?wieght=***\": the parameter \"wieght\" is not known");
    expect_refused("a?change=now", "must be joins or leaves");
    expect_refused("a?change=joins, b?change=joins", "the list before the change would be empty");
    expect_refused("a?change=leaves", "the list after the change would be empty");
    expect_refused("a?weight=1&weight=2", "\"weight\" is given twice");
    expect_refused("a:1:2?weight=2", "\"weight\" is given twice");
    expect_refused("a?&weight=1", "the parameter \"\" is not known");
    expect_refused("http://a", "the scheme \"http\" is not supported");
    expect_refused("PERSISTENT=pool a:11211", "connections are always persistent");
    expect_refused("::1", "stands in brackets");
    expect_refused("fe80::1:11211", "stands in brackets");
    expect_refused("[::1", "closing bracket");
    expect_refused("[fe80::1%eth0]:1", "without zone");
    expect_refused("[::1]11211", "only a port may follow");
    expect_refused("tcp://", "host name is missing");
    expect_refused("a/b", "host names consist of");
    expect_refused("unix://run/x", "must be absolute");
    expect_refused("/", "must be absolute");
    expect_refused("unix:/:0:2", "must be absolute");
    expect_refused("/" + std::string(200, 'x'), "at most 107 characters");
    expect_refused(std::string(254, 'x'), "longer than 253");
}

TEST(StoreList, RefusesTheSameStoreTwiceHoweverItIsWritten) {
    expect_refused("a,tcp://A:11211?weight=2",
                   "entry 2, \"tcp://A:11211?weight=2\": this store is");
    expect_refused("[::1] [0::1]:11211", "listed twice");
    expect_refused("/x unix:///x:0", "listed twice");
}

TEST(StoreList, HoldsSixtyFourStores) {
    std::string text;
    for (int i = 0; i < kMaxStores; ++i) text += "h" + std::to_string(i) + ",";
    EXPECT_TRUE(parse_store_list(text).has_value());
    expect_refused(text + "one-more", "at most 64 stores");
}

// All of them are refused, with passwords that begin or end with "hu".
TEST(StoreList, NeverShowsCredentials) {
    for (const char* text : {"tcp://a?auth=hush&color=red",
                             "tcp://a?auth[]=me&auth[]=hush&x",
                             "a?AUTH=hush",
                             "a?weight=x&password=hush",
                             "redis://hush@a:6379",
                             "redis://me:hu,hush@a",
                             "me:hush@a",
                             "tls://a:6379?auth%5B%5D=hush",
                             "tcp://me:hu;hush@a",
                             "a?atuh=hush",
                             "a?%61uth=hu&hush=1",
                             "a?auth=hu&hush",
                             "a?auth=hu%",
                             "a?auth=hush&weight=0",
                             "a?auth=hu,hush!",
                             "redis://me:hush",
                             "redis://:hush/2",
                             "redis://:123hu",
                             "redis://me:1/hush",
                             "rediss://me:hush",
                             "redis://me:hu?hush@a",
                             "redis://me:hu/hush@a",
                             "redis://me:1?hush@a",
                             "redis://me:hu,hush://x@a",
                             "redis://me:1,hush://x@a",
                             "redis://me:hu://hush@a",
                             "redis://me:hu@hush@a",
                             "redis://:x@a, hush:x",
                             "redis://:x@a, redis://:hush@a",
                             "foo://:hush@a",
                             "a:6379?auth=x, a:6379?auth=hush",
                             "valkey://a?prefix=hush"}) {
        const auto stores = parse_store_list(text);
        ASSERT_FALSE(stores.has_value()) << text;
        const std::string_view detail = stores.error().detail;
        EXPECT_EQ(detail.find("hu"), std::string_view::npos) << text << " gives: " << detail;
        EXPECT_NE(detail.find("***"), std::string_view::npos) << text << " gives: " << detail;
    }
}

TEST(StoreList, TakesNoRestOfAPasswordForAStore) {
    for (const char* text :
         {"a?auth=hu,hush", "a?auth=,hush", "a?auth=;?hush", "a?auth= :hush", "a?auth=hu;sh:11211",
          "a:6379?auth=hu sh", "redis://a?auth=x;/hush", "a?auth=x,b:11211"})
        expect_refused(text, "written as %2C, %3B or %20");
    expect_refused("redis://me:1,/hush@/run/r", "written as %2C, %3B or %20");
    EXPECT_EQ(read("/c@1, redis://b, unix:///c@2"), "/c@1*1 redis://b:6379*1 /c@2*1");
    EXPECT_EQ(read("redis://:x@a, b /c"), "redis://a:6379*1 b:11211*1 /c*1");
    EXPECT_EQ(read("a?auth=x, tcp://b, c:6379, unix:/d"),
              "redis://a:6379*1 b:11211*1 redis://c:6379*1 /d*1");
}

TEST(StoreList, ShowsWhatIsNoSecretOfAnEntryWithAPassword) {
    expect_refused("tcp://a:6379?weight=2&auth=x&database=y",
                   "entry 1, \"tcp://a:6379?weight=2&auth=***\": the database must be");
    expect_refused("tcp://a?auth=x, tcp://b:0", "entry 2, \"tcp://b:0\": the port");
    expect_refused("redis://:x@a, redis://b:0", "entry 2, \"redis://***\": the port");
}

TEST(StoreList, MessagesAreOneShortPrintableLineForAnyInput) {
    const auto stores = parse_store_list("a\x01\xff\x1b[2J" + std::string(3000, 'x'));
    ASSERT_FALSE(stores.has_value());
    const std::string detail = stores.error().detail;
    EXPECT_NE(detail.find("a\\x01\\xff\\x1b[2J"), std::string::npos) << detail;
    EXPECT_NE(detail.find("...\""), std::string::npos) << detail;
    for (const char c : detail) EXPECT_TRUE(c >= ' ' && c <= '~');
}

TEST(StoreList, ReadsAnEmbeddedStoreWithItsSize) {
    EXPECT_EQ(read("lmdb:///var/lib/php/sessions"), "lmdb:///var/lib/php/sessions*1");
    EXPECT_EQ(read(" LMDB:///tmp/ "), "lmdb:///tmp*1");
    EXPECT_EQ(read("lmdb:///"), "lmdb:///*1");
    const auto stores = parse_store_list("lmdb:///tmp?size_mb=64");
    ASSERT_TRUE(stores);
    EXPECT_EQ(stores->front().engine, &store::kEmbeddedEngine);
    EXPECT_EQ(stores->front().host, "/tmp");
    EXPECT_EQ(stores->front().own.number(store::kEmbeddedSize), 64u);
    EXPECT_EQ(parse_store_list("lmdb:///tmp")->front().own.number(store::kEmbeddedSize), 1024u);
}

TEST(StoreList, RefusesAnEmbeddedStoreThatCannotBe) {
    expect_refused("lmdb://tmp", "must be absolute");
    expect_refused("lmdb://", "must be absolute");
    expect_refused("lmdb:///tmp?size_mb=7", "from 8 to 1048576");
    expect_refused("lmdb:///tmp?size_mb=1G", "from 8 to 1048576");
    expect_refused("lmdb:///tmp?weight=2", "not a parameter of this kind of store");
    expect_refused("lmdb:///tmp?timeout=1", "not a parameter of this kind of store");
    expect_refused("10.0.0.1?size_mb=64", "not a parameter of this kind of store");
    expect_refused("lmdb:///" + std::string(2000, 'x'), "at most 1024 characters");
}

TEST(StoreList, RefusesAnEmbeddedStoreBesideOthersAndSaysWhy) {
    expect_refused("lmdb:///tmp, 10.0.0.1", "belongs to one web server");
    expect_refused("10.0.0.1 lmdb:///tmp", "cannot stand beside other stores");
    expect_refused("lmdb:///a,lmdb:///b", "list it alone");
}

}  // namespace
}  // namespace sessmirror::pool

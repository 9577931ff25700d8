// SPDX-License-Identifier: BSD-3-Clause
#include "pool/store_list.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(StoreList, ReadsTheUrlsOfRedisWhereTheyMeanTheSame) {
    EXPECT_EQ(read("tcp://a:6379?weight=1, b?weight=2 unix:///r.sock?persistent=1"),
              "a:6379*1 b:11211*2 /r.sock*1");
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
                   "entry 2, \"b?wieght=2\": the parameter \"wieght\" is not known");
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

TEST(StoreList, NeverShowsCredentials) {
    for (const char* text :
         {"tcp://a?auth=hush", "tcp://a?auth[]=me&auth[]=hush", "a?weight=x&password=hush",
          "redis://me:hush@a:6379", "redis://me:hu,hush@a", "me:hush@a", "a?AUTH=hush",
          "tls://a:6379?auth%5B%5D=hush", "tcp://me:hu;hush@a"}) {
        const auto stores = parse_store_list(text);
        ASSERT_FALSE(stores.has_value()) << text;
        const std::string_view detail = stores.error().detail;
        EXPECT_EQ(detail.find("hu"), std::string_view::npos) << detail;
        EXPECT_NE(detail.find("***"), std::string_view::npos) << detail;
    }
}

TEST(StoreList, SaysThatRedisIsNotAStoreOfThisRelease) {
    expect_refused("redis://a:6379", "stores are memcached");
    expect_refused("tls://a", "stores are memcached");
    for (const char* text : {"a?auth=x", "a?database=2", "a?prefix=x", "a?stream[verify_peer]=0"})
        expect_refused(text, "stores are memcached");
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
    EXPECT_EQ(stores->front().engine, store::Engine::Embedded);
    EXPECT_EQ(stores->front().host, "/tmp");
    EXPECT_EQ(stores->front().size_mb, 64u);
    EXPECT_EQ(parse_store_list("lmdb:///tmp")->front().size_mb, 1024u);
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

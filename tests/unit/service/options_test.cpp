// SPDX-License-Identifier: BSD-3-Clause
#include "service/options.h"

#include <gtest/gtest.h>

#include "record/compressor.h"

namespace sessmirror::service {
namespace {

template <class T>
void expect_refused(const Result<T>& result, const char* detail) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Errc::BadConfig);
    EXPECT_STREQ(result.error().detail, detail);
}

TEST(Options, RedundancyIsANumberOfCopiesOrAll) {
    EXPECT_EQ(*parse_redundancy("1"), 1);
    EXPECT_EQ(*parse_redundancy("64"), 64);
    EXPECT_EQ(*parse_redundancy("All"), Options::kAllStores);
    for (const char* text : {"0", "65", "", "-1", "3x", "three", "99999999999"})
        EXPECT_FALSE(parse_redundancy(text).has_value()) << text;
    expect_refused(
        parse_redundancy("0"),
        "sessmirror.redundancy = \"0\": must be a number of copies from 1 to 64, or all");
}

TEST(Options, AckIsAllMajorityOrOne) {
    EXPECT_EQ(*parse_ack("all"), Ack::All);
    EXPECT_EQ(*parse_ack("MAJORITY"), Ack::Majority);
    EXPECT_EQ(*parse_ack("one"), Ack::One);
    expect_refused(parse_ack("two\n"),
                   "sessmirror.ack = \"two\\x0a\": must be all, majority or one");
}

TEST(Options, LockingUnderstandsWhatPhpIniMakesOfOnAndOff) {
    for (const char* text : {"on", "On", "1", "yes", "true"})
        EXPECT_EQ(*parse_locking(text), Locking::On) << text;
    for (const char* text : {"off", "OFF", "0", "no", "false", ""})
        EXPECT_EQ(*parse_locking(text), Locking::Off) << text;
    EXPECT_EQ(*parse_locking("Optimistic"), Locking::Optimistic);
    expect_refused(parse_locking("maybe"),
                   "sessmirror.locking = \"maybe\": must be on, optimistic or off");
}

TEST(Options, HedgeIsOnOrOff) {
    EXPECT_TRUE(*parse_hedge("On"));
    EXPECT_TRUE(*parse_hedge("1"));
    EXPECT_FALSE(*parse_hedge("off"));
    EXPECT_FALSE(*parse_hedge(""));
    expect_refused(parse_hedge("5%"), "sessmirror.hedge = \"5%\": must be on or off");
}

TEST(Options, CompressionIsNoneOrZstd) {
    EXPECT_EQ(*parse_compression("none"), Compression::None);
    EXPECT_EQ(*parse_compression(""), Compression::None);
    expect_refused(parse_compression("gzip"),
                   "sessmirror.compression = \"gzip\": must be none or zstd");
    if (record::Compressor::is_available())
        EXPECT_EQ(*parse_compression("Zstd"), Compression::Zstd);
    else
        expect_refused(parse_compression("zstd"),
                       "sessmirror.compression = \"zstd\": sessmirror was built without libzstd "
                       "(Debian and Ubuntu: apt-get install libzstd-dev, then build again)");
}

TEST(Options, OnConflictIsMergeMineOrFail) {
    EXPECT_EQ(*parse_on_conflict("merge"), OnConflict::Merge);
    EXPECT_EQ(*parse_on_conflict("mine"), OnConflict::Mine);
    EXPECT_EQ(*parse_on_conflict("Fail"), OnConflict::Fail);
    expect_refused(
        parse_on_conflict(""),
        "sessmirror.on_conflict = \"\" (php.ini turns off, no and none without quotes into "
        "this): must be merge, mine or fail");
}

TEST(Options, KeysAreSeparatedByBlanksOrCommas) {
    using Keys = std::vector<std::string>;
    EXPECT_EQ(parse_keys(""), Keys());
    EXPECT_EQ(parse_keys(" ,\t"), Keys());
    EXPECT_EQ(parse_keys("user"), Keys{"user"});
    EXPECT_EQ(parse_keys(" user,csrf  _token,"), (Keys{"user", "csrf", "_token"}));
}

TEST(Options, AListThatMayHoldAPasswordIsKnown) {
    for (const char* const list : {"redis://:x@a", "tcp://a:6379?auth=x", "a?AUTH[]=x",
                                   "a?%61uth=x", "b, redis://me:x@a", "me:x@a"})
        EXPECT_TRUE(may_hold_password(list)) << list;
    for (const char* const list :
         {"", "auto", "10.0.0.1:11211, b", "redis://a:6379/2", "tcp://a?weight=2", "/run/a.sock"})
        EXPECT_FALSE(may_hold_password(list)) << list;
}

}  // namespace
}  // namespace sessmirror::service

// SPDX-License-Identifier: BSD-3-Clause
#include "record/session_entries.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sessmirror::record {
namespace {

using enum Serialization;

// "name=value name=value", or "unsplittable".
std::string shown(Serialization form, std::string_view payload) {
    const auto entries = SessionEntries::split(form, payload);
    if (!entries) return "unsplittable";
    std::string text;
    for (const Entry& entry : entries->all()) {
        if (!text.empty()) text += ' ';
        text.append(entry.name).append(1, '=').append(entry.value);
    }
    return text;
}

bool is_split(Serialization form, std::string_view payload) {
    return SessionEntries::split(form, payload).has_value();
}

// Every entry, in the order of `names`, put together again.
std::string rearranged(Serialization form, std::string_view payload,
                       const std::vector<std::string>& names) {
    const auto entries = SessionEntries::split(form, payload);
    if (!entries) return "unsplittable";
    SessionWriter writer(form);
    for (const std::string& name : names) writer.add(*entries->find(name));
    return writer.finish();
}

TEST(Serialization, IsKnownByTheNameOfPhpsHandler) {
    EXPECT_EQ(parse_serialization("php"), Php);
    EXPECT_EQ(parse_serialization("php_serialize"), PhpSerialize);
    EXPECT_EQ(parse_serialization("php_binary"), PhpBinary);
    EXPECT_EQ(parse_serialization("sessmirror_segmented"), Segmented);
    EXPECT_EQ(parse_serialization("igbinary"), Opaque);
    EXPECT_EQ(parse_serialization(""), Opaque);
}

TEST(SessionEntries, FindsEveryKeyInEachOfPhpsForms) {
    EXPECT_EQ(shown(Php, R"(a|i:1;b|s:5:"x|y;z";)"), R"(a=i:1; b=s:5:"x|y;z";)");
    EXPECT_EQ(shown(PhpSerialize, R"(a:3:{s:1:"a";i:1;i:-7;N;s:3:"b|c";b:1;})"),
              "a=i:1; -7=N; b|c=b:1;");
    EXPECT_EQ(shown(PhpBinary, std::string("\x01"
                                           "ai:1;\x00"
                                           "N;\x02!xd:0.5;",
                                           18)),
              "a=i:1; =N; !x=d:0.5;");
}

TEST(SessionEntries, FindsTheKeysOfOurOwnForm) {
    const std::string payload(
        "SMS1\0\0\0\1a\0\0\0\5pi:1;\0\0\0\1"
        "7\0\0\0\2ix",
        29);
    EXPECT_EQ(shown(Segmented, payload), "a=pi:1; 7=ix");
    EXPECT_EQ(rearranged(Segmented, payload, {"a", "7"}), payload);
    EXPECT_EQ(shown(Segmented, "SMS1"), "");
    for (std::size_t length = 1; length < payload.size(); ++length)
        EXPECT_EQ(is_split(Segmented, payload.substr(0, length)), length == 4 || length == 18);
    EXPECT_FALSE(is_split(Segmented, "SMSWa:0:{}"));
    EXPECT_FALSE(is_split(Segmented, std::string("SMS1\0\0\0\0\0\0\0\0", 12)));
}

TEST(SessionEntries, TakesAnEmptyPayloadForASessionWithoutKeys) {
    for (const auto form : {Php, PhpSerialize, PhpBinary, Segmented})
        EXPECT_EQ(shown(form, ""), "");
    EXPECT_EQ(shown(PhpSerialize, "a:0:{}"), "");
    EXPECT_EQ(shown(Opaque, ""), "unsplittable");
}

TEST(SessionEntries, PassesEveryKindOfValue) {
    for (const std::string_view value :
         {"N;", "b:0;", "i:-9223372036854775808;", "d:-1.0E-25;", "d:-INF;", "d:NAN;", "s:0:\"\";",
          "s:3:\"\";}\";", "a:0:{}", "a:2:{i:0;a:1:{s:1:\"k\";N;}s:0:\"\";b:1;}",
          "O:8:\"stdClass\":1:{s:4:\"*C*p\";i:1;}", "E:3:\"S:A\";",
          "O:1:\"D\":2:{i:0;i:1;i:1;a:1:{i:0;i:2;}}"})
        EXPECT_EQ(shown(Php, "k|" + std::string(value) + "l|i:1;"),
                  "k=" + std::string(value) + " l=i:1;");
}

TEST(SessionEntries, RefusesWhatIsNoSession) {
    for (const std::string_view payload : {"a",
                                           "a|",
                                           "a|i:1",
                                           "a|i:;",
                                           "a|i:-0;",
                                           "a|i:1x;",
                                           "a|b:2;",
                                           "a|d:;",
                                           "a|d:0x1;",
                                           "a|N:",
                                           "a|s:4:\"abc\";",
                                           "a|s:3:\"abc;",
                                           "a|s:-1:\"\";",
                                           "a|s:99999999999999999999:\"\";",
                                           "a|a:1:{}",
                                           "a|a:1:{i:0;}",
                                           "a|a:0:{",
                                           "a|a:1:{N;N;}",
                                           "a|O:1:\"C\":0:",
                                           "a|x:1;",
                                           "a|S:1:\"a\";",
                                           "a|C:1:\"C\":0:{}",
                                           "a|i:1;b",
                                           "a|a:99999999999:{i:0;i:1;}",
                                           "a|i:1;a|i:2;",
                                           "a|E:1:\"A\"",
                                           "a|i:01;"})
        EXPECT_FALSE(is_split(Php, payload)) << payload;
    for (const std::string_view payload :
         {"a:1:{}", "a:0:{}x", "a:0:{", "i:1;", "a:1:{s:1:\"5\";N;", "a:2:{i:5;N;s:1:\"5\";N;}"})
        EXPECT_FALSE(is_split(PhpSerialize, payload)) << payload;
    EXPECT_FALSE(is_split(PhpBinary,
                          "\x81"
                          "aN;"));
    EXPECT_FALSE(is_split(PhpBinary,
                          "\x05"
                          "aN;"));
    EXPECT_FALSE(is_split(Opaque, "a|i:1;"));
}

TEST(SessionEntries, IsNotHurtByDepth) {
    const auto nested = [](std::size_t depth) {
        std::string text = "k|";
        for (std::size_t i = 0; i < depth; ++i) text += "a:1:{i:0;";
        text += "N;";
        return text.append(depth, '}');
    };
    EXPECT_TRUE(is_split(Php, nested(ValueScanner::kMaxDepth)));
    EXPECT_FALSE(is_split(Php, nested(ValueScanner::kMaxDepth + 1)));
    EXPECT_FALSE(is_split(Php, nested(1'000'000)));
}

TEST(SessionEntries, RefusesReferencesFromOneKeyToAnother) {
    EXPECT_FALSE(is_split(Php, R"(a|O:8:"stdClass":0:{}b|r:1;)"));
    EXPECT_FALSE(is_split(Php, "a|i:1;b|R:1;"));
    EXPECT_FALSE(is_split(PhpSerialize, R"(a:1:{s:1:"a";R:1;})"));
    EXPECT_FALSE(is_split(Php, "a|i:1;b|a:1:{i:0;R:1;}"));
    EXPECT_FALSE(is_split(Php, "a|a:1:{i:0;R:9;}"));
    EXPECT_FALSE(is_split(Php, "a|r:1;"));
    EXPECT_FALSE(is_split(Php, "a|a:1:{i:0;R:0;}"));
}

// Slots: a takes 1, b's array 2, its object 3, "r:" 4; R: takes none.
TEST(SessionEntries, RenumbersReferencesThatStayInsideTheirKey) {
    const std::string payload =
        R"(a|i:1;b|a:4:{i:0;O:1:"C":0:{}i:1;r:3;i:2;R:3;i:3;i:9;}c|a:2:{i:0;i:1;i:1;R:7;})";
    ASSERT_TRUE(is_split(Php, payload));
    EXPECT_EQ(rearranged(Php, payload, {"b", "c", "a"}),
              R"(b|a:4:{i:0;O:1:"C":0:{}i:1;r:2;i:2;R:2;i:3;i:9;}c|a:2:{i:0;i:1;i:1;R:6;}a|i:1;)");
    EXPECT_EQ(rearranged(Php, payload, {"a", "b", "c"}), payload);
}

TEST(SessionEntries, ReplacesARepeatedEnumCaseByTheCaseItself) {
    const std::string payload = R"(a:2:{s:1:"a";E:3:"S:A";s:1:"b";a:1:{i:0;r:2;}})";
    EXPECT_EQ(rearranged(PhpSerialize, payload, {"b"}), R"(a:1:{s:1:"b";a:1:{i:0;E:3:"S:A";}})");
    EXPECT_FALSE(is_split(PhpSerialize, R"(a:2:{s:1:"a";E:3:"S:A";s:1:"b";R:2;})"));
}

TEST(SessionEntries, SeesTheSameValueAtAnotherPlace) {
    const auto here = SessionEntries::split(Php, R"(o|a:2:{i:0;i:5;i:1;R:2;}n|i:1;)");
    const auto there = SessionEntries::split(Php, R"(n|i:1;o|a:2:{i:0;i:5;i:1;R:3;})");
    const auto other = SessionEntries::split(Php, R"(n|i:1;o|a:2:{i:0;i:5;i:1;R:2;})");
    ASSERT_TRUE(here && there && other);
    EXPECT_TRUE(same_value(*here->find("o"), *there->find("o")));
    EXPECT_FALSE(same_value(*here->find("o"), *here->find("n")));
    EXPECT_FALSE(same_value(*here->find("o"), *other->find("o")));
}

}  // namespace
}  // namespace sessmirror::record

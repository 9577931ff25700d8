// SPDX-License-Identifier: BSD-3-Clause
#include "store/engines.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sessmirror::store {
namespace {

TEST(Engines, NoTwoAreNamedByOneSchemePortOrTellingParameter) {
    std::set<std::string_view> texts;
    std::set<std::uint16_t> ports;
    for (const Engine* const engine : engines()) {
        for (const auto& names : {engine->schemes, engine->telling_parameters})
            for (const std::string_view name : names)
                EXPECT_TRUE(texts.insert(name).second) << name;
        if (engine->default_port == 0) continue;
        EXPECT_TRUE(ports.insert(engine->default_port).second) << engine->name;
    }
}

TEST(Engines, EachIsFoundByWhatNamesIt) {
    for (const Engine* const engine : engines()) {
        for (const std::string_view scheme : engine->schemes)
            EXPECT_EQ(engine_of_scheme(scheme), engine);
        for (const std::string_view parameter : engine->telling_parameters)
            EXPECT_EQ(engine_told_by(parameter), engine);
        if (engine->default_port == 0) continue;
        EXPECT_EQ(engine_of_port(engine->default_port), engine);
    }
    EXPECT_EQ(engine_of_scheme("gopher"), nullptr);
    EXPECT_EQ(engine_of_port(1), nullptr);
    EXPECT_EQ(engine_of_port(0), nullptr);
}

TEST(Engines, OneWithASchemeReadsWhatFollowsItAndAllNameTheirStores) {
    for (const Engine* const engine : engines()) {
        EXPECT_EQ(engine->schemes.empty(), engine->parse_target == nullptr) << engine->name;
        EXPECT_NE(engine->name_of, nullptr) << engine->name;
        EXPECT_FALSE(std::string_view(engine->notation).empty()) << engine->name;
        EXPECT_TRUE(!engine->holds_password || !engine->schemes.empty()) << engine->name;
    }
}

TEST(Engines, OneWithoutItsLibraryIsThereAndRefusesWithTheReason) {
    for (const Engine* const engine : engines())
        EXPECT_EQ(engine->missing == nullptr, engine->open != nullptr) << engine->name;

    static constexpr Engine kMissing = {.name_of = address_text,
                                        .missing = "this build has no such store"};
    StoreSpec spec;
    spec.engine = &kMissing;
    spec.host = "a";
    spec.port = 1;
    net::EventLoop loop;
    net::Resolver resolver(loop);
    Journal journal;
    const auto opened = open_store(spec, 0, {loop, resolver, journal, {}});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::BadConfig);
    EXPECT_STREQ(opened.error().detail, "a:1: this build has no such store");
}

TEST(Engines, SayInMessagesWhatCanBeWritten) {
    EXPECT_EQ(all_notations(), "memcached over tcp:// or unix://, redis://, mysql://, and lmdb://");
    EXPECT_EQ(password_notations(), "redis://, mysql://");
}

constexpr Parameter kNumber = {.name = "size",
                               .type = Parameter::Type::Number,
                               .least = 8,
                               .most = 64,
                               .otherwise = "16",
                               .must_be = "a number"};
constexpr Parameter kText = {.name = "table",
                             .least = 1,
                             .most = 5,
                             .otherwise = "t",
                             .called = "the table",
                             .must_be = "one to five characters, no blank",
                             .accepts = [](std::string_view text) noexcept {
                                 return text.find(' ') == std::string_view::npos;
                             }};

TEST(Settings, AreWhatTheListSaysOrWhatTheyAreOtherwise) {
    Settings own;
    EXPECT_FALSE(own.has(kNumber));
    EXPECT_EQ(own.number(kNumber), 16u);
    EXPECT_EQ(own.text(kText), "t");
    ASSERT_TRUE(own.set(kNumber, "0064"));
    ASSERT_TRUE(own.set(kText, "%61bc"));
    EXPECT_TRUE(own.has(kNumber));
    EXPECT_EQ(own.number(kNumber), 64u);
    EXPECT_EQ(own.text(kText), "abc");
}

TEST(Settings, RefuseWhatIsOutOfBoundsAndDoNotShowIt) {
    Settings own;
    for (const char* text : {"7", "65", "", "x7"})
        EXPECT_STREQ(own.set(kNumber, text).error().detail,
                     "the parameter \"size\" must be a number from 8 to 64");
    for (const char* text : {"", "abcdef", "a+b", "%", "%2"})
        EXPECT_STREQ(own.set(kText, text).error().detail,
                     "the table must be one to five characters, no blank");
    EXPECT_FALSE(own.has(kNumber));
    EXPECT_FALSE(own.has(kText));
}

}  // namespace
}  // namespace sessmirror::store

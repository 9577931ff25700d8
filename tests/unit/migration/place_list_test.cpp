// SPDX-License-Identifier: BSD-3-Clause
#include "migration/place_list.h"

#include <gtest/gtest.h>

#include <string>

#include "migration/old_place.h"

namespace sessmirror::migration {
namespace {

std::string refusal(std::string_view text) {
    const auto places = parse_places("sessmirror.import", text);
    return places ? "" : places.error().detail;
}

TEST(OldPlaceList, IsEmptyWhereNothingIsListed) {
    for (const char* text : {"", " ", " ,; \n"}) {
        const auto places = parse_places("sessmirror.import", text);
        ASSERT_TRUE(places);
        EXPECT_TRUE(places->empty());
    }
}

TEST(OldPlaceList, NamesFolders) {
    const auto places = parse_places("sessmirror.import",
                                     "files:///var/lib/php/sessions, FILES:///srv/a%20b/?depth=2;");
    ASSERT_TRUE(places) << places.error().detail;
    ASSERT_EQ(places->size(), 2u);
    EXPECT_EQ((*places)[0].name(), "files /var/lib/php/sessions");
    EXPECT_EQ((*places)[0].depth, 0u);
    EXPECT_EQ((*places)[1].path, "/srv/a b");
    EXPECT_EQ((*places)[1].depth, 2u);
}

TEST(OldPlaceList, NamesServersOfEachHandlerWithItsOwnDefaults) {
    const auto places = parse_places(
        "sessmirror.import",
        "memcached://10.0.0.1 memcache://Web1:11212?prefix=site, memcached:///run/m.sock;"
        "redis://[::1] redis://u:p%40ss@h:6380/3?prefix=P%3a rediscluster://n1 "
        "redis://:secret@/run/redis.sock");
    ASSERT_TRUE(places) << places.error().detail;
    ASSERT_EQ(places->size(), 7u);
    const auto& all = *places;
    EXPECT_EQ(all[0].name(), "memcached 10.0.0.1:11211");
    EXPECT_EQ(all[0].prefix, "memc.sess.key.");
    EXPECT_EQ(all[1].name(), "memcache web1:11212");
    EXPECT_EQ(all[1].prefix, "site");
    EXPECT_EQ(all[2].name(), "memcached /run/m.sock");
    EXPECT_TRUE(all[2].endpoint().is_unix);
    EXPECT_EQ(all[3].name(), "redis [::1]:6379");
    EXPECT_EQ(all[3].prefix, "PHPREDIS_SESSION:");
    EXPECT_EQ(all[4].name(), "redis h:6380");
    EXPECT_EQ(all[4].user + " " + all[4].password + " " + all[4].prefix, "u p@ss P:");
    EXPECT_EQ(all[4].database, 3u);
    EXPECT_EQ(all[5].prefix, "PHPREDIS_CLUSTER_SESSION:");
    EXPECT_EQ(all[6].name(), "redis /run/redis.sock");
    EXPECT_EQ(all[6].password, "secret");
}

TEST(OldPlaceList, SaysWhichEntryCannotBeUsedAndShowsNothingOfIt) {
    for (const char* text : {"files:///ok, topsecret",
                             "files:///ok, topsecret://x",
                             "files:///ok, files://topsecret",
                             "files:///ok, files:///x?topsecret=1",
                             "files:///ok, files:///x?depth=topsecret",
                             "files:///ok, files:///x?depth=17",
                             "files:///ok, files:///%zz",
                             "files:///ok, files:///a%00b",
                             "files:///ok, files:///a%0ab",
                             "files:///ok memcached://",
                             "files:///ok memcached://h:0",
                             "files:///ok memcached://topsecret:pass@h",
                             "files:///ok redis://topsecret@h",
                             "files:///ok redis://:topsecret@h:x",
                             "files:///ok redis://:topsecret@h/x",
                             "files:///ok rediscluster://h/2",
                             "files:///ok redis://h?topsecret=1",
                             "files:///ok memcached://h?prefix=a%20topsecret",
                             "files:///ok redis://[::1",
                             "files:///ok redis://[::1]topsecret",
                             "files:///ok memcached://h\xc3"}) {
        const std::string message = refusal(text);
        EXPECT_NE(message.find("entry 2 of sessmirror.import cannot be used: "), std::string::npos)
            << text << ": " << message;
        EXPECT_EQ(message.find("topsecret"), std::string::npos) << message;
    }
    EXPECT_NE(refusal("files:///" + std::string(600, 'x')), "");
    std::string many;
    for (int i = 0; i < 65; ++i) many += "files:///x ";
    EXPECT_NE(refusal(many), "");
}

TEST(OldId, IsOneThatPhpItselfCanHaveDrawn) {
    EXPECT_TRUE(is_old_id("abcdefghijklmnopqrstuv"));
    EXPECT_TRUE(is_old_id("ABCdef0123456789,-ABCdef"));
    EXPECT_TRUE(is_old_id(std::string(256, 'a')));
    EXPECT_FALSE(is_old_id(""));
    EXPECT_FALSE(is_old_id("tooshort"));
    EXPECT_FALSE(is_old_id(std::string(257, 'a')));
    for (const char bad : {'/', '.', '\n', '\r', '\0', ' ', '_', '%', '\x7f', '\xc3'}) {
        std::string id(30, 'a');
        id[12] = bad;
        EXPECT_FALSE(is_old_id(id)) << static_cast<int>(bad);
    }
}

}  // namespace
}  // namespace sessmirror::migration

// SPDX-License-Identifier: BSD-3-Clause
#include "segmented_serializer.h"

#include <gtest/gtest.h>

#include <string>

#include "embed/embedded_php.h"
#include "embed/fake_core.h"
#include "record/session_entries.h"

namespace sessmirror::embed {
namespace {

// Another serializer, as it would be loaded: known by its functions.
constexpr const char* kIgbinary =
    "function igbinary_serialize($v) { return 'IG' . base64_encode(serialize($v)); }"
    "function igbinary_unserialize($s) { return unserialize(base64_decode(substr($s, 2))); }";

class SegmentedSerializer : public testing::Test {
  protected:
    void SetUp() override { fake_core().reset(); }

    static Response serve(const std::string& code, const std::string& with = "php") {
        return request(code, {{"session.serialize_handler", "sessmirror_segmented"},
                              {"sessmirror.segment_with", with}});
    }
    // Stores `session`, then shows what `code` makes of it in the next request.
    static std::string reread(const std::string& session, const std::string& code) {
        EXPECT_EQ(serve("session_id('A'); session_start(); $_SESSION = " + session + ";").page, "");
        return serve("session_id('A'); session_start(); " + code).page;
    }
    static std::string& stored() { return fake_core().stored["A"]; }
};

TEST_F(SegmentedSerializer, KeepsKeysAndValuesOfAnyKind) {
    EXPECT_EQ(
        reread("['a|b' => [1, 'x' => null], 7 => -1.5, '' => \"\\0\", 'o' => new ArrayObject([3])]",
               "var_export(array_keys($_SESSION) === ['a|b', 7, '', 'o']);"
               "echo json_encode($_SESSION['a|b']), $_SESSION[7], bin2hex($_SESSION['']), "
               "$_SESSION['o'][0];"),
        "true{\"0\":1,\"x\":null}-1.5003");
    EXPECT_EQ(fake_core().written_form, record::Serialization::Segmented);
}

TEST_F(SegmentedSerializer, MakesEachValueStandAlone) {
    serve("session_id('A'); session_start(); $_SESSION = ['a' => 1, 'b' => [new stdClass]];");
    const auto entries = record::SessionEntries::split(record::Serialization::Segmented, stored());
    ASSERT_TRUE(entries);
    EXPECT_EQ(entries->find("a")->value, "pi:1;");
    EXPECT_EQ(entries->find("b")->value, "pa:1:{i:0;O:8:\"stdClass\":0:{}}");
}

TEST_F(SegmentedSerializer, KeepsWhatTwoKeysShareShared) {
    EXPECT_EQ(reread("(function () { $o = new stdClass; return ['a' => $o, 'b' => [$o]]; })()",
                     "var_export($_SESSION['a'] === $_SESSION['b'][0]);"),
              "true");
    EXPECT_EQ(stored().rfind("SMSW", 0), 0u);
    EXPECT_EQ(reread("(function () { $x = 1; return ['a' => &$x, 'b' => &$x]; })()",
                     "$_SESSION['a'] = 5; echo $_SESSION['b'];"),
              "5");
}

TEST_F(SegmentedSerializer, UsesTheSerializerThatIsConfigured) {
    const std::string start = "session_id('A'); session_start();";
    serve(kIgbinary + start + "$_SESSION = ['n' => 1, 'a' => [2]];", "igbinary");
    const auto entries = record::SessionEntries::split(record::Serialization::Segmented, stored());
    ASSERT_TRUE(entries);
    EXPECT_EQ(entries->find("n")->value, "pi:1;");
    EXPECT_EQ(entries->find("a")->value.substr(0, 3), "iIG");
    EXPECT_EQ(serve(kIgbinary + start + "echo json_encode($_SESSION);").page,
              "{\"n\":1,\"a\":[2]}");
}

TEST_F(SegmentedSerializer, UsesPhpsOwnWhereTheConfiguredOneIsNotLoadedOrRefuses) {
    serve("session_id('A'); session_start(); $_SESSION = ['a' => [2]];", "msgpack");
    EXPECT_NE(stored().find("pa:1:"), std::string::npos);
    serve(
        "function igbinary_serialize($v) { return null; }"
        "session_id('A'); session_start(); $_SESSION = ['a' => [3]];",
        "igbinary");
    EXPECT_NE(stored().find("pa:1:{i:0;i:3;}"), std::string::npos);
}

TEST_F(SegmentedSerializer, LeavesASessionAsItIsWhenItsSerializerIsNotLoaded) {
    serve(std::string(kIgbinary) + "session_id('A'); session_start(); $_SESSION = ['a' => [2]];",
          "igbinary");
    const std::string before = stored();
    const Response response = serve("session_id('A'); session_start(); $_SESSION['b'] = 1;");
    EXPECT_NE(response.page.find("igbinary_serialize(), whose counterpart"), std::string::npos)
        << response.page;
    EXPECT_EQ(stored(), before);
}

TEST_F(SegmentedSerializer, LeavesTheStoredSessionWhenAValueCannotBeSerialized) {
    serve("session_id('A'); session_start(); $_SESSION = ['a' => 1];");
    const std::string before = stored();
    serve("session_id('A'); session_start(); $_SESSION['b'] = function () {};");
    EXPECT_EQ(stored(), before);
}

TEST_F(SegmentedSerializer, RefusesDamagedPayloads) {
    for (const std::string& payload :
         {std::string("SMS2"), std::string("SMS1\0\0\0\1a\0\0\0\1", 13), std::string("SMSWi:1;"),
          std::string("SMS1\0\0\0\1a\0\0\0\5pi:1x", 18), std::string("SMSW"),
          std::string("SMS1\0\0\0\1a\0\0\0\2?x", 15)}) {
        stored() = payload;
        EXPECT_NE(serve("session_id('A'); session_start();").page.find("Failed to decode"),
                  std::string::npos);
    }
}

}  // namespace
}  // namespace sessmirror::embed

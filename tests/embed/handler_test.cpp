// SPDX-License-Identifier: BSD-3-Clause
//
// PHP's session functions against the hooks: which calls reach the core, and what is stored then.
#include <gtest/gtest.h>

#include <string>

#include "embed/embedded_php.h"
#include "embed/fake_core.h"

namespace sessmirror::embed {
namespace {

class Handler : public testing::Test {
  protected:
    void SetUp() override { fake_core().reset(); }
    void TearDown() override { EXPECT_EQ(fake_core().sessions_alive, 0); }

    static std::string calls_of(const std::string& code, const IniValues& ini = {}) {
        fake_core().calls.clear();
        const Response response = request(code, ini);
        EXPECT_EQ(response.page, "");
        return fake_core().take_calls();
    }
};

TEST_F(Handler, StoresANewSession) {
    EXPECT_EQ(calls_of("session_id('A'); session_start(); $_SESSION['n'] = 1;"),
              "open read:A write:A close after_response");
    EXPECT_EQ(fake_core().stored["A"], "n|i:1;");
}

TEST_F(Handler, GivesAReturningVisitorTheSession) {
    fake_core().stored["A"] = "n|i:7;";
    EXPECT_EQ(request("session_id('A'); session_start(); echo $_SESSION['n'];").page, "7");
}

TEST_F(Handler, PassesPayloadsUntouched) {
    const std::string payload("b|s:6:\"\0\x01\xff\r\n|\";", 15);
    fake_core().stored["A"] = payload;
    EXPECT_EQ(request("session_id('A'); session_start(); echo bin2hex($_SESSION['b']);").page,
              "0001ff0d0a7c");
    calls_of("session_id('A'); session_start(); $_SESSION['b'] = \"\\0\\1\\xff\\r\\n|\";",
             {{"session.lazy_write", "0"}});
    EXPECT_EQ(fake_core().stored["A"], payload);
}

TEST_F(Handler, TellsTheCoreWhichSerializerMadeThePayload) {
    const std::string code =
        "session_id('A'); session_start(); $_SESSION['n'] = random_int(0, 9e9);";
    calls_of(code);
    EXPECT_EQ(fake_core().written_form, record::Serialization::Php);
    fake_core().reset();
    calls_of(code, {{"session.serialize_handler", "php_serialize"}});
    EXPECT_EQ(fake_core().written_form, record::Serialization::PhpSerialize);
}

TEST_F(Handler, OnlyTouchesAnUnchangedSession) {
    fake_core().stored["A"] = "n|i:7;";
    EXPECT_EQ(calls_of("session_id('A'); session_start(); $_SESSION['n'] = 7;"),
              "open read:A touch:A close after_response");
}

TEST_F(Handler, WritesAnUnchangedSessionWithoutLazyWrite) {
    fake_core().stored["A"] = "n|i:7;";
    EXPECT_EQ(calls_of("session_id('A'); session_start();", {{"session.lazy_write", "0"}}),
              "open read:A write:A close after_response");
}

TEST_F(Handler, ClosesWithoutAWriteAfterReadAndClose) {
    fake_core().stored["A"] = "n|i:7;";
    EXPECT_EQ(calls_of("session_id('A'); session_start(['read_and_close' => true]);"),
              "open read:A close after_response");
}

TEST_F(Handler, ClosesWithoutAWriteAfterAbort) {
    EXPECT_EQ(calls_of("session_id('A'); session_start(); $_SESSION['n'] = 1; session_abort();"),
              "open read:A close after_response");
}

TEST_F(Handler, KeepsTheSessionOpenThroughAReset) {
    fake_core().stored["A"] = "n|i:7;";
    const Response response = request(
        "session_id('A'); session_start(); $_SESSION['n'] = 8; session_reset(); echo "
        "$_SESSION['n'];");
    EXPECT_EQ(response.page, "7");
    EXPECT_EQ(fake_core().take_calls(), "open read:A reset touch:A close after_response");
}

TEST_F(Handler, DestroysAndMayStartAgainInTheSameRequest) {
    fake_core().stored["A"] = "n|i:7;";
    EXPECT_EQ(calls_of("session_id('A'); session_start(); session_destroy();"
                       "session_id('A'); session_start(); $_SESSION['m'] = 1;"),
              "open read:A destroy:A close open read:A write:A close after_response");
    EXPECT_EQ(fake_core().stored["A"], "m|i:1;");
}

TEST_F(Handler, WritesTheOldIdWhenItIsReplaced) {
    fake_core().stored["A"] = "n|i:7;";
    request("session_id('A'); session_start(); $_SESSION['n'] = 8; session_regenerate_id(false);");
    const std::string calls = fake_core().take_calls();
    EXPECT_EQ(calls.rfind("open read:A write:A close open created:", 0), 0u) << calls;
    EXPECT_EQ(fake_core().stored.size(), 2u);
    for (const auto& [id, payload] : fake_core().stored) EXPECT_EQ(payload, "n|i:8;");
}

TEST_F(Handler, DestroysTheOldIdWhenItIsReplacedForGood) {
    fake_core().stored["A"] = "n|i:7;";
    request("session_id('A'); session_start(); session_regenerate_id(true);");
    EXPECT_EQ(fake_core().take_calls().rfind("open read:A destroy:A close open created:", 0), 0u);
    EXPECT_EQ(fake_core().stored.size(), 1u);
    EXPECT_EQ(fake_core().stored.count("A"), 0u);
}

TEST_F(Handler, SaysThatAnIdWhichWasJustCreatedIsFree) {
    const Response response =
        request("session_id('A'); session_start(); echo strlen(session_create_id('x-'));",
                {{"session.use_strict_mode", "1"}});
    EXPECT_NE(response.page, "");
    EXPECT_EQ(response.page.find("Warning"), std::string::npos) << response.page;
}

TEST_F(Handler, ReplacesAnUnknownIdInStrictMode) {
    const Response response =
        request("session_id('A'); session_start(); echo session_id() === 'A' ? 'kept' : 'new';",
                {{"session.use_strict_mode", "1"}});
    EXPECT_EQ(response.page, "new");
    EXPECT_EQ(fake_core().stored.count("A"), 0u);
}

TEST_F(Handler, KeepsAKnownIdInStrictMode) {
    fake_core().stored["A"] = "n|i:7;";
    const Response response = request("session_id('A'); session_start(); echo session_id();",
                                      {{"session.use_strict_mode", "1"}});
    EXPECT_EQ(response.page, "A");
    EXPECT_EQ(fake_core().take_calls(), "open exists:A read:A touch:A close after_response");
}

TEST_F(Handler, LetsAHandlerWrittenInPhpWriteAnIdThatItHasNotRead) {
    const Response response = request(
        "class ReadsAnother extends SessionHandler {"
        "  public function read(string $id): string|false { return parent::read('other'); } }"
        "session_set_save_handler(new ReadsAnother); session_id('A'); session_start();"
        "$_SESSION['n'] = 1;");
    EXPECT_EQ(response.page, "");
    EXPECT_EQ(fake_core().take_calls(), "open read:other read:A write:A close after_response");
    EXPECT_EQ(fake_core().stored["A"], "n|i:1;");
}

TEST_F(Handler, CollectsNoGarbage) {
    EXPECT_EQ(request("session_id('A'); session_start(); var_dump(session_gc());").page,
              "int(0)\n");
}

TEST_F(Handler, PassesHostileIdsAsTheyAre) {
    for (const std::string& id : {std::string("a\0b", 3), std::string("../../etc/passwd"),
                                  std::string(6000, 'x'), std::string("\xc3\xa9\x01")}) {
        std::string hex;
        for (const char c : id) {
            char digits[3];
            std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
            hex += digits;
        }
        EXPECT_EQ(calls_of("session_id(hex2bin('" + hex + "')); session_start();"),
                  "open read:" + id + " write:" + id + " close after_response");
    }
}

TEST_F(Handler, PrefersItsOwnListOfStoresToTheSavePath) {
    calls_of("session_id('A'); session_start();");
    EXPECT_EQ(fake_core().opened_stores, "fake:1");
    calls_of("session_id('A'); session_start();", {{"sessmirror.stores", "fake:2"}});
    EXPECT_EQ(fake_core().opened_stores, "fake:2");
    calls_of("session_id('A'); session_start();");
    EXPECT_EQ(fake_core().opened_stores, "fake:1");
}

TEST_F(Handler, WorksAfterTheResponseHasBeenSent) {
    request("session_id('A'); session_start(); ob_start(); echo 'page';");
    EXPECT_EQ(fake_core().output_at_after_response, 4u);
}

TEST_F(Handler, WorksBetweenTheSessionsOfAProcessWithoutResponses) {
    const std::string two_jobs =
        "session_id('A'); session_start(); session_write_close(); session_start();";
    request(two_jobs);
    EXPECT_EQ(fake_core().between_sessions, 2);
    web_request(two_jobs);
    EXPECT_EQ(fake_core().between_sessions, 2);
}

TEST_F(Handler, ServesManyRequestsWithoutLeavingAnythingOpen) {
    for (int i = 0; i < 2000; ++i)
        request("session_id('A'); session_start(); $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;");
    EXPECT_EQ(fake_core().stored["A"], "n|i:2000;");
    EXPECT_EQ(fake_core().services_alive, 1);
}

}  // namespace
}  // namespace sessmirror::embed

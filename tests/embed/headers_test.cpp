// SPDX-License-Identifier: BSD-3-Clause
//
// What happens to the session when the response's headers leave.
#include <gtest/gtest.h>

#include <string>

#include "embed/embedded_php.h"
#include "embed/fake_core.h"

namespace sessmirror::embed {
namespace {

const std::string kFlush = "ob_flush(); flush(); ";

class Headers : public testing::Test {
  protected:
    void SetUp() override { fake_core().reset(); }
    void TearDown() override { EXPECT_EQ(fake_core().sessions_alive, 0); }

    static std::string calls_of(const std::string& code, const IniValues& ini = {}) {
        fake_core().calls.clear();
        web_request(code, ini);
        return fake_core().take_calls();
    }

    // As a string of PHP, whatever is in it.
    static std::string quoted(const std::string& text) {
        std::string out = "\"";
        for (const char c : text) {
            char digits[5];
            std::snprintf(digits, sizeof digits, "\\x%02x", static_cast<unsigned char>(c));
            out += digits;
        }
        return out + "\"";
    }
};

TEST_F(Headers, CloseTheSessionAtTheEndOfABufferedPage) {
    EXPECT_EQ(calls_of("session_id('A'); session_start(); $_SESSION['n'] = 1; echo 'page';"),
              "open read:A write:A close headers after_response");
}

TEST_F(Headers, CommitItWhileItStaysOpenWhenTheyLeaveEarly) {
    EXPECT_EQ(calls_of("session_id('A'); session_start(); $_SESSION['n'] = 1; echo 'page'; " +
                       kFlush + "echo 'rest';"),
              "open read:A publish commit:A leave-token-open headers write:A close after_response");
}

TEST_F(Headers, FindNothingToCommitInAClosedSession) {
    EXPECT_EQ(calls_of("session_id('A'); session_start(); session_write_close(); echo 'page';"),
              "open read:A write:A close headers after_response");
    EXPECT_EQ(calls_of("session_id('A'); session_start(); header('Location: /');"),
              "open read:A write:A close headers after_response");
    EXPECT_EQ(calls_of("echo 'page';"), "headers after_response");
}

TEST_F(Headers, LeaveTheSessionAloneWhereTheDirectiveSaysSo) {
    EXPECT_EQ(calls_of("session_id('A'); session_start(); $_SESSION['n'] = 1; echo 'page';",
                       {{"sessmirror.commit", "close"}}),
              "open read:A publish leave-token-open headers write:A close after_response");
}

TEST_F(Headers, LeaveASessionAloneWhoseReadFailed) {
    fake_core().read_fails = Error(Errc::NoStore, "none");
    EXPECT_EQ(calls_of("session_id('A'); @session_start(); echo 'page';").find("commit"),
              std::string::npos);
}

TEST_F(Headers, CarryTheTokenWithTheAttributesOfTheSessionsCookie) {
    fake_core().token = "1.2.3";
    const Response response =
        web_request("session_id('A'); session_start(); $_SESSION['n'] = 1; echo 'page';",
                    {{"session.cookie_path", "/a"},
                     {"session.cookie_secure", "1"},
                     {"session.cookie_domain", "example.org"},
                     {"session.name", "S"}});
    EXPECT_NE(response.headers.find("Set-Cookie: S_V=1.2.3; path=/a; domain=example.org; secure\n"),
              std::string::npos)
        << response.headers;
}

TEST_F(Headers, CarryNoTokenWithoutCookiesOrNews) {
    EXPECT_EQ(web_request("session_id('A'); session_start(); echo 'page';").headers.find("_V="),
              std::string::npos);
    fake_core().token = "1.2.3";
    EXPECT_EQ(web_request("session_id('A'); session_start(); echo 'page';",
                          {{"session.use_cookies", "0"}, {"session.use_only_cookies", "0"}})
                  .headers.find("_V="),
              std::string::npos);
}

// Text that ends the header, the attribute or the cookie, in each place that a script can set.
TEST_F(Headers, CarryNoTokenWithTextThatPhpRefusesInACookie) {
    const std::string evil[] = {"/a\r\nSet-Cookie: evil=1",
                                "/a\nevil: 1",
                                "/a; evil=1",
                                "/a,evil",
                                "/a evil",
                                "/a\tevil",
                                "/a\vevil",
                                "/a\fevil"};
    for (const std::string& text : evil) {
        for (const char* where : {"path", "domain", "samesite"}) {
            fake_core().token = "1.2.3";
            const Response response = web_request("session_set_cookie_params(['" +
                                                  std::string(where) + "' => " + quoted(text) +
                                                  "]); session_id('A'); @session_start(); "
                                                  "$_SESSION['n'] = 1; echo 'page';");
            EXPECT_EQ(response.page, "page");
            EXPECT_EQ(response.headers.find("_V="), std::string::npos) << response.headers;
            EXPECT_EQ(response.headers.find('\r'), std::string::npos);
            EXPECT_EQ(response.headers.find("\nevil"), std::string::npos) << response.headers;
            EXPECT_EQ(response.headers.find("\nSet-Cookie: evil"), std::string::npos);
        }
    }
}

TEST_F(Headers, CarryNoTokenUnderANameThatPhpRefuses) {
    for (const char* name :
         {"S\r\nSet-Cookie: evil=1", "S evil", "S;evil", "S,evil", "S=evil", "S.evil", "S[evil"}) {
        fake_core().token = "1.2.3";
        const Response response = web_request("@session_name(" + quoted(name) +
                                              "); session_id('A'); @session_start(); "
                                              "$_SESSION['n'] = 1; echo 'page';");
        EXPECT_EQ(response.headers.find("evil"), std::string::npos) << response.headers;
    }
}

// Apache's module takes headers from there alone.
TEST_F(Headers, ReachTheHeaderHandlerOfTheServerWithTheToken) {
    fake_core().token = "1.2.3";
    const Response response =
        web_request("session_id('A'); session_start(); $_SESSION['n'] = 1; echo 'page';");
    EXPECT_NE(response.handled_headers.find("Set-Cookie: PHPSESSID_V=1.2.3; path=/\n"),
              std::string::npos)
        << response.handled_headers;
}

TEST_F(Headers, BringTheClientsTokenToTheCore) {
    web_request("session_id('A'); session_start();", {}, "PHPSESSID_V=1.2.3");
    EXPECT_EQ(fake_core().client_token, "1.2.3");
    web_request("session_id('A'); session_start();", {}, "PHPSESSID_V[]=array");
    EXPECT_EQ(fake_core().client_token, "");
}

TEST_F(Headers, LeaveASessionThatWouldRunTheSitesCodeUntilItIsClosed) {
    const std::string classes =
        "final class Sleeps { public $x = 1; function __sleep() { return ['x']; } }"
        "final class Serializes { function __serialize(): array { return []; } }"
        "final class Plain { public $x = 1; } ";
    const auto calls = [&](const std::string& value) {
        return calls_of(classes + "session_id('A'); session_start(); $_SESSION['x'] = " + value +
                        "; echo 'page'; " + kFlush);
    };
    const std::string not_early =
        "open read:A publish leave-token-open headers write:A close after_response";
    const std::string early =
        "open read:A publish commit:A leave-token-open headers write:A close after_response";
    EXPECT_EQ(calls("new Sleeps"), not_early);
    EXPECT_EQ(calls("new Serializes"), not_early);
    EXPECT_EQ(calls("[1, (object) ['deep' => [new Serializes]]]"), not_early);
    EXPECT_EQ(calls("new ArrayObject([new Serializes])"), not_early);
    EXPECT_EQ(calls("[1, (object) ['deep' => [new Plain]]]"), early);
}

TEST_F(Headers, TellAndAskNothingWhereNothingChanged) {
    fake_core().stored["A"] = "n|i:7;";
    EXPECT_EQ(calls_of("session_id('A'); session_start(); echo 'page'; " + kFlush),
              "open read:A publish headers touch:A close after_response");
}

TEST_F(Headers, TellOfAChangeThatMayFollowWhereTheScriptIsKnownForIt) {
    serve_script("/site/late.php");
    fake_core().stored["A"] = "n|i:7;";
    fake_core().token = "1.2.3";
    const std::string late =
        "session_id('A'); session_start(); echo 'page'; " + kFlush + "$_SESSION['n'] = 8;";
    const std::string unannounced = "open read:A publish headers write:A close after_response";
    const std::string announced =
        "open read:A publish leave-token-open headers write:A close after_response";
    EXPECT_EQ(calls_of(late), unannounced);
    fake_core().stored["A"] = "n|i:7;";
    EXPECT_EQ(calls_of(late), announced);
    serve_script("/site/other.php");
    fake_core().stored["A"] = "n|i:7;";
    EXPECT_EQ(calls_of(late), unannounced);
    fake_core().token.clear();
    serve_script("");
}

}  // namespace
}  // namespace sessmirror::embed

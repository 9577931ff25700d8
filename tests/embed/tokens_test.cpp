// SPDX-License-Identifier: BSD-3-Clause
//
// Which tokens leave with a response, and in what cookies.
#include <gtest/gtest.h>

#include <string>

#include "embed/embedded_php.h"
#include "embed/fake_core.h"

namespace sessmirror::embed {
namespace {

const std::string kOwnCookies = "ini_set('session.use_cookies', '0'); ";
const IniValues kNamed = {{"session.name", "S"}};

class Tokens : public testing::Test {
  protected:
    void SetUp() override {
        fake_core().reset();
        fake_core().token = "1.2.3";
        fake_core().stored["A"] = fake_core().stored["B"] = "n|i:7;";
    }
    void TearDown() override { EXPECT_EQ(fake_core().sessions_alive, 0); }

    // The cookies that a response sets, without "Set-Cookie: ", one per line; those of the
    // sessions themselves are left out.
    static std::string tokens_of(const std::string& code, const std::string& cookies = "",
                                 const IniValues& ini = kNamed) {
        const Response response = web_request(code + " echo 'page';", ini, cookies);
        EXPECT_EQ(response.page, "page");
        std::string tokens;
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = response.headers.find('\n', begin)) != std::string::npos;
             begin = end + 1) {
            const std::string line = response.headers.substr(begin, end - begin);
            if (line.rfind("Set-Cookie: ", 0) == 0 && line.find("_V") != std::string::npos)
                tokens += line.substr(12) + "\n";
        }
        return tokens;
    }
};

TEST_F(Tokens, GoWhereTheIdCameFromAlsoWhenCookiesAreSwitchedOffMeanwhile) {
    EXPECT_EQ(tokens_of("session_start(); session_write_close(); " + kOwnCookies, "S=A"),
              "S_V=1.2.3; path=/\n");
    EXPECT_EQ(
        tokens_of("session_start(); session_write_close(); " + kOwnCookies + "session_start();",
                  "S=A"),
        "S_V=1.2.3; path=/\n");
}

TEST_F(Tokens, DoNotGoToWhoHasNoCookieOfTheSession) {
    EXPECT_EQ(tokens_of(kOwnCookies + "session_id('A'); session_start();"), "");
    EXPECT_EQ(tokens_of(kOwnCookies + "session_id('A'); session_start();", "S=B"), "");
}

TEST_F(Tokens, FollowACookieThatTheApplicationSendsItself) {
    EXPECT_EQ(
        tokens_of(kOwnCookies + "session_id('A'); session_start(); setcookie('S', 'A', "
                                "['path' => '/shop', 'samesite' => 'None', 'secure' => true]);"),
        "S_V=1.2.3; path=/shop; secure; SameSite=None\n");
    EXPECT_EQ(tokens_of("session_id('A'); session_start(); header_remove('Set-Cookie'); "
                        "header('Set-Cookie: S=A; Path=/; Secure; Partitioned', false);"),
              "S_V=1.2.3; Path=/; Secure; Partitioned\n");
}

TEST_F(Tokens, GetANewLifetimeTogetherWithTheirSession) {
    fake_core().token.clear();
    EXPECT_EQ(tokens_of("session_start();", "S=A; S_V=5.6.7"), "");
    EXPECT_EQ(tokens_of("session_start(); header('Set-Cookie: S=A; Max-Age=60; Path=/', false);",
                        "S=A; S_V=5.6.7"),
              "S_V=5.6.7; Max-Age=60; Path=/\n");
}

TEST_F(Tokens, OfTwoSessionsInOnePageBothLeave) {
    EXPECT_EQ(tokens_of("session_start(); session_write_close(); session_name('T'); "
                        "session_set_cookie_params(['path' => '/t']); session_id('B'); "
                        "session_start();",
                        "S=A"),
              "T_V=1.2.3; path=/t\nS_V=1.2.3; path=/\n");
}

TEST_F(Tokens, OfAnIdThatWasReplacedDoNotLeave) {
    EXPECT_EQ(tokens_of("session_start(); session_write_close(); session_id('B'); session_start();",
                        "S=A"),
              "S_V=1.2.3; path=/\n");
    EXPECT_EQ(tokens_of("session_start(); setcookie('S', 'B', 0, '/');", "S=A"), "");
}

TEST_F(Tokens, GoWithTheirSessionsCookieAndWithNoOther) {
    const std::string both = "S=A; S_V=5.6.7";
    const std::string removed =
        "S_V=deleted; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; path=/\n";
    EXPECT_EQ(tokens_of("session_start(); setcookie('S', '', 1, '/');", both), removed);
    EXPECT_EQ(tokens_of("setcookie('S', '', 1, '/');", both), removed);
    EXPECT_EQ(tokens_of("session_start(); setcookie('S', '', 1, '/');", "S=A"), "");
    EXPECT_EQ(tokens_of("session_start(); setcookie('S', '', 1, '/old');", both),
              "S_V=deleted; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; path=/old\n"
              "S_V=1.2.3; path=/\n");
}

TEST_F(Tokens, AreAllBroughtToTheCore) {
    tokens_of("session_start();", "S_V=1.2.3; S=A; S_V=4.5.6; S_V=not a token");
    EXPECT_EQ(fake_core().client_token, "1.2.3 4.5.6");
    EXPECT_TRUE(fake_core().is_token_expected);
    tokens_of("session_id('B'); session_start();", "S=A; S_V=1.2.3");
    EXPECT_FALSE(fake_core().is_token_expected);
}

TEST_F(Tokens, LeaveASessionAloneThatHasTheirName) {
    EXPECT_EQ(tokens_of("session_start();", "S=A; S_V=abcdefghij0123456789abcdef"),
              "S_V_=1.2.3; path=/\n");
    const std::string both = tokens_of(
        "session_start(); session_write_close(); session_name('S_V'); "
        "session_id('B'); session_start();",
        "S=A");
    EXPECT_EQ(both, "S_V=B; path=/\nS_V_V=1.2.3; path=/\nS_V_=1.2.3; path=/\n");
}

TEST_F(Tokens, DoNotTakeTheNameOfTheSessionItself) {
    const IniValues ini = {{"session.name", "S"}, {"sessmirror.token_cookie", "S"}};
    const std::string notice = "sessmirror.token_cookie = \"S\" is the name of a session";
    EXPECT_NE(web_request("session_start();", ini, "S=A").log.find(notice), std::string::npos);
    EXPECT_EQ(tokens_of("session_start();", "S=A", ini), "S_V=1.2.3; path=/\n");
    EXPECT_EQ(web_request("session_start();", ini, "S=A").log.find(notice), std::string::npos);
}

TEST_F(Tokens, OfAMereReadStayOutOfAPublicResponse) {
    const IniValues ini = {{"session.name", "S"}, {"session.cache_limiter", "public"}};
    EXPECT_EQ(tokens_of("session_start();", "S=A", ini), "S_V=1.2.3; path=/\n");
    fake_core().tells_a_change = false;
    EXPECT_EQ(tokens_of("session_start();", "S=A", ini), "");
    EXPECT_EQ(tokens_of("session_start();", "S=A"), "S_V=1.2.3; path=/\n");
}

TEST_F(Tokens, ThatMissedTheirHeadersGoToNobodyElse) {
    // A worker that serves one visitor after the other in one script, without a new start of PHP.
    const std::string late =
        "session_start(); echo 'page'; ob_flush(); flush(); $_SESSION['n'] = 8; "
        "session_write_close();";
    const auto headers = web_requests_of_one_script({{late, "PHPSESSID=A"},
                                                     {"echo 'page';", "PHPSESSID=B"},
                                                     {"session_id('B'); session_start(); "
                                                      "$_SESSION['n'] = 9; session_write_close();",
                                                      "PHPSESSID=B"},
                                                     {"echo 'page';", "PHPSESSID=C"}});
    ASSERT_EQ(headers.size(), 4u);
    EXPECT_EQ(headers[1].find("_V="), std::string::npos) << headers[1];
    EXPECT_NE(headers[2].find("PHPSESSID_V=1.2.3"), std::string::npos) << headers[2];
    EXPECT_EQ(headers[3].find("_V="), std::string::npos) << headers[3];
}

// Classes and functions around PHP's own handler.
TEST_F(Tokens, LeaveWhoeverStandsInFrontOfTheHandler) {
    const std::string wrappers[] = {
        "session_set_save_handler(new SessionHandler); ",
        "class Mine extends SessionHandler {} session_set_save_handler(new Mine, true); ",
        "class Proxy implements SessionHandlerInterface { private $h; "
        "  function __construct() { $this->h = new SessionHandler; }"
        "  function open($p, $n): bool { return $this->h->open($p, $n); }"
        "  function close(): bool { return $this->h->close(); }"
        "  function read($i): string|false { return $this->h->read($i); }"
        "  function write($i, $d): bool { return $this->h->write($i, $d); }"
        "  function destroy($i): bool { return $this->h->destroy($i); }"
        "  function gc($t): int|false { return $this->h->gc($t); } }"
        "session_set_save_handler(new Proxy); ",
        "class Twice extends SessionHandler { function open($p, $n): bool "
        "{ return parent::open($p, $n) && parent::open($p, $n); } }"
        "session_set_save_handler(new Twice); ",
        "$h = new SessionHandler; session_set_save_handler([$h, 'open'], [$h, 'close'], "
        "[$h, 'read'], [$h, 'write'], [$h, 'destroy'], [$h, 'gc']); "};
    for (const std::string& wrapper : wrappers) {
        EXPECT_EQ(tokens_of(wrapper + "session_start(); $_SESSION['n'] = 8;", "S=A"),
                  "S_V=1.2.3; path=/\n")
            << wrapper;
        EXPECT_EQ(fake_core().client_token, "");
        EXPECT_EQ(tokens_of(wrapper + "session_start(); $_SESSION['n'] = 9; session_write_close();",
                            "S=A; S_V=4.5.6"),
                  "S_V=1.2.3; path=/\n")
            << wrapper;
        EXPECT_EQ(fake_core().client_token, "4.5.6");
        EXPECT_EQ(fake_core().stored["A"], "n|i:9;");
    }
}

TEST_F(Tokens, OfOtherHandlersDoNotExist) {
    EXPECT_EQ(tokens_of("session_set_save_handler(fn() => true, fn() => true, fn() => '', "
                        "fn() => true, fn() => true, fn() => 0); session_start();",
                        "S=A"),
              "");
}

std::string reversed(const std::string& text) {
    return {text.rbegin(), text.rend()};
}

class Wrappers : public testing::Test {
  protected:
    void SetUp() override {
        fake_core().reset();
        fake_core().stored["A"] = "n|i:7;";
    }
    static std::string calls_of(const std::string& code) {
        fake_core().calls.clear();
        web_request("session_id('A'); " + code);
        return fake_core().take_calls();
    }
};

TEST_F(Wrappers, AreClosedBeforeTheHeadersLeave) {
    EXPECT_EQ(calls_of("session_set_save_handler(new SessionHandler, false); session_start(); "
                       "$_SESSION['n'] = 8; echo 'page';"),
              "open read:A write:A close headers after_response");
}

TEST_F(Wrappers, ThatPassEverythingOnAreStoredEarlyToo) {
    EXPECT_EQ(calls_of("session_set_save_handler(new SessionHandler, false); session_start(); "
                       "$_SESSION['n'] = 8; echo 'page'; ob_flush(); flush();"),
              "open read:A publish commit:A leave-token-open headers write:A close "
              "after_response");
}

TEST_F(Wrappers, ThatChangeWhatIsStoredAreTheOnlyOnesToStoreIt) {
    fake_core().stored["A"] = reversed("n|i:7;");
    EXPECT_EQ(calls_of("class Reverses extends SessionHandler {"
                       "  function read($i): string|false { return strrev(parent::read($i)); }"
                       "  function write($i, $d): bool { return parent::write($i, strrev($d)); } }"
                       "session_set_save_handler(new Reverses, false); session_start(); "
                       "$_SESSION['n']++; echo 'page'; ob_flush(); flush();"),
              "open read:A publish leave-token-open headers write:A close after_response");
    EXPECT_EQ(fake_core().stored["A"], reversed("n|i:8;"));
}

}  // namespace
}  // namespace sessmirror::embed

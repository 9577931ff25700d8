// SPDX-License-Identifier: BSD-3-Clause
//
// What happens to the stored session when something fails half-way: in the core, in the script, or
// in PHP itself.
#include <gtest/gtest.h>

#include <string>

#include "embed/embedded_php.h"
#include "embed/fake_core.h"

namespace sessmirror::embed {
namespace {

using testing::Test;

constexpr char kCount[] =
    "session_id('A'); echo session_start() ? 'started' : 'refused'; $_SESSION['n'] = 8;";

class Failure : public Test {
  protected:
    void SetUp() override {
        fake_core().reset();
        fake_core().stored["A"] = "n|i:7;";
    }
    void TearDown() override { EXPECT_EQ(fake_core().sessions_alive, 0); }

    static void expect_untouched() { EXPECT_EQ(fake_core().stored["A"], "n|i:7;"); }
    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }
};

TEST_F(Failure, OfOpenRefusesTheStart) {
    fake_core().open_fails = Error(Errc::BadConfig, "store list entry \"http://x\" is wrong");
    const Response response = request(kCount);
    EXPECT_TRUE(has(response.page,
                    "The session was not started: store list entry \"http://x\" is "
                    "wrong. What is stored stays as it is, and this request has no "
                    "session. Correct the configuration."))
        << response.page;
    EXPECT_TRUE(has(response.page, "refused"));
    expect_untouched();
}

TEST_F(Failure, OfMemoryInTheCoreRefusesTheStart) {
    fake_core().open_throws_bad_alloc = true;
    EXPECT_TRUE(has(request(kCount).page, "could not allocate memory"));
    fake_core().open_throws_bad_alloc = false;
    fake_core().open_throws_int = true;
    EXPECT_TRUE(has(request(kCount).page, "refused"));
    fake_core().open_throws_int = false;
    fake_core().read_throws_bad_alloc = true;
    EXPECT_TRUE(has(request(kCount).page, "could not allocate memory"));
    expect_untouched();
}

TEST_F(Failure, OfAReadRefusesTheStartAndWritesNothing) {
    fake_core().read_fails = Error(Errc::NoStore, "10.0.0.1:11211 refused");
    const Response response = request(kCount);
    EXPECT_TRUE(has(response.page, "10.0.0.1:11211 refused")) << response.page;
    EXPECT_TRUE(has(response.page, "refused"));
    EXPECT_EQ(fake_core().take_calls(), "open read:A close after_response");
    expect_untouched();
}

TEST_F(Failure, OfAReadThatAHandlerInPhpHidesStillWritesNothing) {
    fake_core().read_fails = Error(Errc::NoStore, "10.0.0.1:11211 refused");
    fake_core().is_back_after_a_read = true;
    request(
        "class HidesFailure extends SessionHandler {"
        "  public function read(string $id): string|false { @parent::read($id); return ''; } }"
        "session_set_save_handler(new HidesFailure); session_id('A'); session_start();"
        "$_SESSION['n'] = 8;");
    EXPECT_FALSE(has(fake_core().take_calls(), "write"));
    expect_untouched();
}

TEST_F(Failure, OfTheStrictModeCheckNeitherReplacesTheIdNorAsksAgain) {
    fake_core().exists_fails = Error(Errc::NoStore, "10.0.0.1:11211 refused");
    const Response response =
        request(std::string(kCount) + "echo session_id();", {{"session.use_strict_mode", "1"}});
    EXPECT_TRUE(has(response.page, "10.0.0.1:11211 refused")) << response.page;
    EXPECT_EQ(fake_core().take_calls(), "open exists:A close after_response");
    expect_untouched();
}

TEST_F(Failure, OfAWriteIsReportedWithItsConsequence) {
    fake_core().write_fails = Error(Errc::TooLarge, "2000000 bytes, at most 1048576 fit");
    const Response response = request(kCount);
    EXPECT_TRUE(has(response.page,
                    "The session could not be fully stored: 2000000 bytes, at "
                    "most 1048576 fit. The changes of this request are lost; what "
                    "was stored before stays."))
        << response.page;
    expect_untouched();
}

TEST_F(Failure, OfDestroyIsReported) {
    fake_core().destroy_fails = Error(Errc::NoStore, "10.0.0.1:11211 refused");
    const Response response = request("session_id('A'); session_start(); session_destroy();");
    EXPECT_TRUE(has(response.page, "was not destroyed everywhere")) << response.page;
}

TEST_F(Failure, WithoutADetailStillSaysWhatHappened) {
    fake_core().read_fails = Error();
    fake_core().read_fails->code = Errc::LockTimeout;
    EXPECT_TRUE(has(request(kCount).page, "locked by another request"));
}

TEST_F(Failure, OfPhpToTakeAPayloadNeverWipesTheSession) {
    const std::string huge = "n|s:10000000:\"" + std::string(10000000, 'x') + "\";";
    fake_core().stored["A"] = huge;
    const Response response = request(kCount, {{"memory_limit", "8M"}});
    EXPECT_TRUE(has(response.page, "Allowed memory size")) << response.page.substr(0, 300);
    EXPECT_TRUE(fake_core().stored["A"] == huge);
}

// What PHP cannot decode it destroys; a script may mean it, in whichever call.
TEST_F(Failure, OfPhpToDecodeIsTheCoresToJudge) {
    const std::string wrapper =
        "class W extends SessionHandler { function destroy($id): bool { return "
        "parent::destroy($id); } } session_set_save_handler(new W); ";
    for (const std::string& before : {std::string(), wrapper}) {
        fake_core().stored["A"] = "n|O:99:{{{";
        fake_core().destroy_fails = Error(Errc::Corrupt, "the other store has it");
        const Response response = request(before + kCount);
        EXPECT_TRUE(has(fake_core().take_calls(), "destroy-undecodable:A"));
        EXPECT_TRUE(has(response.page,
                        "The session was not destroyed: the other store has it. This request has "
                        "no session; the next one has that store's."))
            << response.page;
        fake_core().stored["A"] = "n|i:7;";
        const std::string start = before + "session_id('A'); session_start(); ";
        for (const std::string& code :
             {start + "session_destroy();", start + "session_decode('n|O:99:{{{');",
              start + "session_regenerate_id(true);",
              start + "register_shutdown_function('session_destroy');",
              before +
                  "final class Ends { function __wakeup() { session_destroy(); } } "
                  "session_id('A'); session_start(); session_decode('e|O:4:\"Ends\":0:{}');"}) {
            request(code);
            const std::string calls = fake_core().take_calls();
            EXPECT_TRUE(has(calls, "destroy:A")) << code << calls;
            EXPECT_FALSE(has(calls, "destroy-undecodable")) << code << calls;
        }
    }
}

TEST_F(Failure, OfPhpToDecodeWhatItResetsToIsTheCoresToJudge) {
    request(
        "class W extends SessionHandler { public $n = 0; function read($id): string|false { "
        "$text = parent::read($id); return $this->n++ ? 'n|O:99:{{{' : $text; } } "
        "session_set_save_handler(new W); session_id('A'); session_start(); session_reset();");
    EXPECT_TRUE(has(fake_core().take_calls(), "destroy-undecodable:A"));
}

TEST_F(Failure, InAScriptLetsAShutdownFunctionDestroyTheSession) {
    const Response response = request(
        "register_shutdown_function(function () { session_destroy(); });"
        "session_id('A'); session_start(); ini_set('memory_limit', '4M');"
        "$x = str_repeat('x', 5 << 20);");
    EXPECT_TRUE(has(response.page, "Allowed memory size")) << response.page;
    EXPECT_EQ(fake_core().stored.count("A"), 0u);
}

TEST_F(Failure, InAScriptStoresAndClosesTheSession) {
    EXPECT_TRUE(request(std::string(kCount) + "no_such_function();").is_bailout ||
                fake_core().stored["A"] == "n|i:8;");
    EXPECT_EQ(fake_core().stored["A"], "n|i:8;");
    request("session_id('A'); session_start(); $_SESSION['n'] = 9; exit;");
    EXPECT_EQ(fake_core().stored["A"], "n|i:9;");
    request("session_id('A'); session_start(); $_SESSION['n'] = 10; throw new Exception('x');");
    EXPECT_EQ(fake_core().stored["A"], "n|i:10;");
    const Response fatal = request(
        "session_id('A'); session_start(); $_SESSION['n'] = 11; ini_set('memory_limit', '4M');"
        "$x = str_repeat('x', 5 << 20);");
    EXPECT_TRUE(has(fatal.page, "Allowed memory size")) << fatal.page;
}

TEST_F(Failure, ByTimeoutClosesTheSession) {
    const Response response =
        request("session_id('A'); session_start(); set_time_limit(1); while (true);");
    EXPECT_TRUE(has(response.page, "Maximum execution time")) << response.page;
    EXPECT_TRUE(has(fake_core().take_calls(), "close"));
}

TEST_F(Failure, TurnedIntoAnExceptionByTheScriptIsCaughtThere) {
    fake_core().read_fails = Error(Errc::NoStore, "10.0.0.1:11211 refused");
    const Response response = request(
        "set_error_handler(function ($no, $text) { throw new ErrorException($text); });"
        "try { session_id('A'); session_start(); } catch (Throwable $e) { echo 'caught ',"
        "$e->getMessage(); }");
    EXPECT_EQ(response.page.rfind("caught ", 0), 0u) << response.page;
    expect_untouched();
}

TEST_F(Failure, OfAWriteTurnedIntoAnExceptionIsCaughtInTheScript) {
    fake_core().write_fails = Error(Errc::NoStore, "10.0.0.1:11211 refused");
    const Response response = request(
        "set_error_handler(function ($no, $text) { throw new ErrorException($text); });"
        "session_id('A'); session_start(); $_SESSION['n'] = 8;"
        "try { session_write_close(); } catch (Throwable $e) { echo 'caught'; }");
    EXPECT_EQ(response.page, "caught");
    expect_untouched();
}

TEST_F(Failure, HandlerThatExitsInsideAReadLeavesNothingOpen) {
    fake_core().read_fails = Error(Errc::NoStore, "10.0.0.1:11211 refused");
    request("set_error_handler(function () { exit; }); session_id('A'); session_start();");
    expect_untouched();
}

TEST_F(Failure, TextCannotForgeALineOfTheLog) {
    fake_core().read_fails = Error(Errc::Protocol, "10.0.0.1:11211 said \"\r\nforged\"");
    EXPECT_TRUE(has(request(kCount).page, "said \"??forged\""));
}

TEST_F(Failure, OfTheNextSessionIsIndependent) {
    fake_core().read_fails = Error(Errc::NoStore, "10.0.0.1:11211 refused");
    request(kCount);
    fake_core().read_fails.reset();
    EXPECT_EQ(request(kCount).page, "started");
    EXPECT_EQ(fake_core().stored["A"], "n|i:8;");
}

JournalEntry entry(Severity severity, const char* text) {
    JournalEntry made;
    made.severity = severity;
    std::snprintf(made.text, sizeof made.text, "%s", text);
    return made;
}

TEST_F(Failure, ThatTheRequestSurvivesGoesToTheLogAndNotToThePage) {
    fake_core().next_notices = {entry(Severity::Warning, "store a is down"),
                                entry(Severity::Info, "connected to b")};
    const Response response = request(kCount);
    EXPECT_EQ(response.page, "started");
    EXPECT_TRUE(has(response.log, "sessmirror: store a is down")) << response.log;
    EXPECT_FALSE(has(response.log, "connected to b"));

    fake_core().next_notices = {entry(Severity::Warning, "store a is down")};
    EXPECT_EQ(request(kCount, {{"log_errors", "0"}}).log, "");
}

TEST_F(Failure, FoundAfterTheResponseIsLoggedWithTheNextRequest) {
    request(kCount);
    fake_core().notices_after_response = {entry(Severity::Notice, "store a is back")};
    EXPECT_EQ(request("session_id('A'); session_start();").log, "");
    EXPECT_TRUE(has(request("").log, "sessmirror: store a is back"));
}

}  // namespace
}  // namespace sessmirror::embed

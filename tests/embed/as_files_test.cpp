// SPDX-License-Identifier: BSD-3-Clause
//
// A page has the same bytes, and its code runs as often, as with PHP's own handler `files`.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>

#include "embed/embedded_php.h"
#include "embed/fake_core.h"

namespace sessmirror::embed {
namespace {

const std::string kStart = "session_id('A'); session_start(); ";
const std::string kFlush = "ob_flush(); flush(); ";

class AsFiles : public testing::Test {
  protected:
    void SetUp() override {
        fake_core().reset();
        char place[] = "/tmp/sessmirror-as-files-XXXXXX";
        ASSERT_NE(mkdtemp(place), nullptr);
        directory_ = place;
    }
    void TearDown() override {
        std::filesystem::remove_all(directory_);
        EXPECT_EQ(fake_core().sessions_alive, 0);
    }

    // Both handlers serve the pages, one after the other.
    void expect_same(const std::vector<std::string>& pages, const IniValues& ini = {}) {
        IniValues with_files = {{"session.save_handler", "files"},
                                {"session.save_path", directory_}};
        with_files.insert(with_files.end(), ini.begin(), ini.end());
        for (const std::string& page : pages) {
            const Response files = web_request(page, with_files);
            const Response ours = web_request(page, ini);
            EXPECT_EQ(ours.page, files.page) << page;
            EXPECT_EQ(ours.log, files.log) << page;
            EXPECT_EQ(without_ids(ours.headers), without_ids(files.headers)) << page;
        }
    }

    // Ids are drawn at random.
    static std::string without_ids(const std::string& headers) {
        return std::regex_replace(headers, std::regex("=[0-9a-z]{32};"), "=ID;");
    }

    std::string directory_;
};

// What a serializer of the site may do, at the end of a page that is buffered, in the middle of one
// whose headers have left, and in a shutdown function.
TEST_F(AsFiles, SerializersOfTheSite) {
    const std::string actions[] = {
        "echo 'printed';",
        "throw new Exception('thrown');",
        "trigger_error('warned', E_USER_WARNING);",
        "trigger_error('ended', E_USER_ERROR);",
        "no_such_function();",
        "exit('gone');",
        "$_SESSION['more'] = 1;",
        "header('X-Late: 1');",
        "ob_start(); echo 'buffered';",
    };
    for (const std::string& action : actions) {
        const std::string hook =
            "{ error_log('runs'); static $n = 0; echo ++$n; " + action + " return []; }";
        for (const std::string& method :
             {"function __serialize(): array " + hook, "function __sleep() " + hook}) {
            const std::string page = "final class Loud { " + method + " } " + kStart +
                                     "$_SESSION['x'] = new Loud; echo 'page'; ";
            expect_same({page});
            expect_same({page + kFlush + "echo ' rest';"});
            expect_same({page + "register_shutdown_function(function () { echo 'bye'; " + kFlush +
                         "echo ' rest'; });"});
            expect_same({page + "session_write_close(); echo ' rest';"});
        }
    }
}

TEST_F(AsFiles, SerializersThatUseUpTimeOrMemory) {
    const auto page = [](const std::string& action) {
        return "ini_set('memory_limit', '16M'); final class Huge { function __serialize(): array "
               "{ " +
               action + " return []; } } " + kStart + "$_SESSION['x'] = new Huge; echo 'page'; ";
    };
    const std::string huge = page("str_repeat('x', 64 << 20);");
    expect_same({huge});
    expect_same({huge + kFlush + "echo ' rest';"});
    expect_same({huge + kFlush + "echo ' rest'; session_write_close(); echo 'end';"});
    // Once only: PHP serializes again at the end of the request, without a time limit.
    const std::string slow = page("static $n = 0; if ($n++ === 0) while (true);");
    expect_same({"set_time_limit(1); " + slow + kFlush +
                 "echo ' rest'; session_write_close(); echo 'end';"});
    // A session and a page that need nearly all there is.
    expect_same({"ini_set('memory_limit', '16M'); " + kStart +
                     "$_SESSION['x'] = str_repeat('x', 4 << 20); echo str_repeat('y', 3 << 20);",
                 "ini_set('memory_limit', '16M'); " + kStart + "echo strlen($_SESSION['x']);"});
}

TEST_F(AsFiles, WhatPhpComplainsAboutIsSaidOnce) {
    const std::string handler =
        "set_error_handler(function ($no, $text) { error_log(\"handler: $text\"); echo '!'; }); ";
    for (const std::string& before : {std::string(), handler}) {
        const std::string page = before + kStart + "$_SESSION[7] = 1; echo 'page'; ";
        expect_same({page, page + kFlush + "echo ' rest';"});
        const std::string closure =
            before + kStart + "$_SESSION['f'] = function () {}; echo 'page'; ";
        expect_same({closure, closure + kFlush + "echo ' rest';"});
    }
}

// What applications do to a session, page after page.
TEST_F(AsFiles, SequencesOfPages) {
    const std::string show = kStart + "var_dump($_SESSION, session_status()); ";
    const std::vector<std::vector<std::string>> sequences = {
        {kStart + "$_SESSION['n'] = 1;",
         kStart + "$_SESSION['n']++; session_abort(); "
                  "var_dump($_SESSION, session_status());",
         show},
        {kStart + "$_SESSION['n'] = 5; var_dump(session_reset(), $_SESSION); $_SESSION['m'] = 1;",
         show},
        {kStart + "echo 'x'; " + kFlush + "$_SESSION['n'] = 6; session_abort();", show},
        {kStart + "$_SESSION['n'] = 7; echo 'x'; " + kFlush +
             "session_reset(); var_dump($_SESSION);",
         show},
        {kStart + "session_write_close(); $_SESSION['n'] = 'lost'; session_start(); "
                  "var_dump($_SESSION); $_SESSION['n'] = 8;",
         show},
        {"session_id('A'); session_start(['read_and_close' => true]); $_SESSION['n'] = 'lost'; "
         "var_dump($_SESSION);",
         show},
        {kStart + "var_dump(session_destroy(), session_status(), $_SESSION);", show},
        {kStart + "$_SESSION = ['a' => 1, 'b' => 2]; unset($_SESSION['a']);",
         kStart + "session_unset();", show},
        {kStart + "$x = [1]; $_SESSION['r'] = &$x; $_SESSION['s'] = &$x; $x[] = 2;",
         kStart + "$_SESSION['r'][] = 3; var_dump($_SESSION);"},
        {kStart + "unset($_SESSION);", show, kStart + "$_SESSION = 'text';", show},
        {kStart + "var_dump(session_encode(), session_decode('n|i:9;'), $_SESSION);", show},
        {kStart + "session_decode('broken|');", show},
        {"register_shutdown_function(function () { $_SESSION['late'] = 1; echo 'late'; }); " +
             kStart,
         show},
        {"final class Dies { function __destruct() { $_SESSION['died'] = 1; echo 'died'; } } "
         "$d = new Dies; " +
             kStart,
         show},
        {"ob_start(function ($text) { $_SESSION['called'] = 1; return strtoupper($text); }); " +
             kStart + "echo 'text';",
         show},
        {"final class Wakes { public $x = 1; function __wakeup() { echo 'wakes'; } } " + kStart +
             "$_SESSION['w'] = new Wakes;",
         "final class Wakes { public $x = 1; function __wakeup() { throw new Exception('no'); } } "
         "try { " +
             kStart +
             "} catch (Exception $e) { echo $e->getMessage(); } "
             "var_dump(session_status());"},
        {"spl_autoload_register(function ($class) { echo \"loads $class \"; }); " + show},
        {kStart + "echo 'x'; exit('gone');", kStart + "throw new Exception('thrown');", show},
        {kStart + "$_SESSION['n'] = 10; no_such_function();", show},
        {"ini_set('session.lazy_write', '0'); " + show, show},
        {"ini_set('session.serialize_handler', 'php_serialize'); session_id('P'); session_start(); "
         "$_SESSION['a|b'] = [1, 2]; $_SESSION[3] = 4;",
         "ini_set('session.serialize_handler', 'php_serialize'); session_id('P'); session_start(); "
         "var_dump($_SESSION);"},
        {"session_id('B'); session_start(); var_dump(session_start(), session_id('C'), "
         "session_name('X'), ini_set('session.name', 'X'));"},
        {kStart + "var_dump(session_gc() !== false, session_cache_limiter(), session_module_name() "
                  "=== ini_get('session.save_handler'));"},
        {"class Mine extends SessionHandler { "
         "function read($id): string|false { echo 'reads '; return parent::read($id); } "
         "function write($id, $data): bool { echo \"writes $data \"; "
         "return parent::write($id, $data); } "
         "function close(): bool { echo 'closes '; return parent::close(); } } "
         "session_set_save_handler(new Mine, false); " +
             kStart +
             "$_SESSION = ['n' => 11]; "
             "echo 'page ';",
         "class Mine extends SessionHandler { "
         "function write($id, $data): bool { echo \"writes $data \"; "
         "return parent::write($id, $data); } } session_set_save_handler(new Mine, true); " +
             kStart + "$_SESSION['n']++; echo 'page '; " + kFlush +
             "$_SESSION['n']++; echo 'rest ';",
         show},
        {"session_set_save_handler(new SessionHandler); " + kStart +
             "session_regenerate_id(true); "
             "$_SESSION['n'] = 'moved'; echo strlen(session_id());",
         show},
    };
    for (const auto& pages : sequences) expect_same(pages);
}

}  // namespace
}  // namespace sessmirror::embed

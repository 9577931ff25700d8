// SPDX-License-Identifier: BSD-3-Clause
//
// A page has the same bytes, and its code runs as often, as with PHP's own handler `files`.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
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
            EXPECT_EQ(ours.headers, files.headers) << page;
        }
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

}  // namespace
}  // namespace sessmirror::embed

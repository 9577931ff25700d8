// SPDX-License-Identifier: BSD-3-Clause
//
// Memory or time runs out at every place where PHP runs code of the site around a session. The page
// is that of PHP's own handler `files`, and the page after it finds the same session.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "embed/embedded_php.h"
#include "embed/fake_core.h"

namespace sessmirror::embed {
namespace {

const std::string kStart = "session_id('A'); session_start(); ";
const std::string kChange = kStart + "$_SESSION['n'] = 2; echo 'page'; ";
const std::string kFlush = "ob_flush(); flush(); ";

// Something that uses up what there is, once in a page: `exhaust();`.
struct Lack {
    const char* name;
    std::string code;
};
void PrintTo(const Lack& lack, std::ostream* out) {
    *out << lack.name;
}
const Lack kLacks[] = {
    {"memory",
     "ini_set('memory_limit', '16M'); function exhaust() { static $n = 0; "
     "if ($n++ === 0) str_repeat('x', 64 << 20); } "},
    {"time",
     "set_time_limit(100); function exhaust() { static $n = 0; "
     "if ($n++ === 0) { time_is_up(); while (true); } } "},
};

class Exhaustion : public testing::TestWithParam<Lack> {
  protected:
    void SetUp() override {
        fake_core().reset();
        char place[] = "/tmp/sessmirror-exhaustion-XXXXXX";
        ASSERT_NE(mkdtemp(place), nullptr);
        directory_ = place;
    }
    void TearDown() override {
        std::filesystem::remove_all(directory_);
        EXPECT_EQ(fake_core().sessions_alive, 0);
    }

    // Where PHP's own handler keeps its lock for ever, since PHP calls no close() in a class of the
    // site that has ended in one of its methods, only this handler can be asked once more.
    enum class Files : bool { StayLocked, AreFree };

    // A page that runs out of something, after one that is well and before one that looks.
    void expect_as_files(const std::string& page, Files files_after = Files::AreFree) {
        fake_core().reset();
        std::filesystem::remove_all(directory_);
        std::filesystem::create_directory(directory_);
        const std::string classes = "final class Sleeper { public $n = 1; } ";
        const std::string show = classes + kStart + "var_dump($_SESSION);";
        for (const std::string& code :
             {classes + kStart + "$_SESSION = ['n' => 1, 's' => new Sleeper];",
              GetParam().code + page, show}) {
            const Response ours = web_request(code);
            EXPECT_EQ(fake_core().sessions_alive, 0) << code;
            if (code == show && files_after == Files::StayLocked) {
                EXPECT_EQ(ours.log, "") << page;
                break;
            }
            const Response files = web_request(code, with_files());
            EXPECT_EQ(without_path(ours.page), without_path(files.page)) << code;
            EXPECT_EQ(without_path(ours.log), without_path(files.log)) << code;
            EXPECT_EQ(ours.is_bailout, files.is_bailout) << code;
        }
    }
    [[nodiscard]] IniValues with_files() const {
        return {{"session.save_handler", "files"}, {"session.save_path", directory_}};
    }
    // Session A of `files`; empty when there is none.
    void put_file(const std::string& content) {
        std::ofstream(directory_ + "/sess_A", std::ios::trunc) << content;
    }
    [[nodiscard]] std::string file() const {
        std::ifstream stream(directory_ + "/sess_A");
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    static std::string without_path(const std::string& text) {
        return std::regex_replace(
            text, std::regex("session.save_path(: [^,]*| is correct \\([^)]*\\))"), "PATH");
    }

    // Everything that may follow: nothing, output that leaves early, an early close.
    void expect_as_files_however_it_ends(const std::string& before,
                                         Files files_after = Files::AreFree) {
        expect_as_files(before, files_after);
        expect_as_files(before + kFlush + "echo ' rest';", files_after);
        expect_as_files(before + "session_write_close(); echo ' rest';", files_after);
    }

    static std::string handler_with(const std::string& method) {
        return "class H extends SessionHandler implements SessionIdInterface, "
               "SessionUpdateTimestampHandlerInterface { "
               "function validateId($id): bool { return true; } "
               "function updateTimestamp($id, $data): bool { return parent::write($id, $data); } " +
               method + " } session_set_save_handler(new H); ";
    }

    std::string directory_;
};

INSTANTIATE_TEST_SUITE_P(Of, Exhaustion, testing::ValuesIn(kLacks),
                         [](const auto& kind) { return std::string(kind.param.name); });

// Before and after what the handler itself does. Not in create_sid(): PHP crashes, whatever the
// handler.
TEST_P(Exhaustion, InAHandlerOfTheSite) {
    struct Method {
        std::string head;
        std::string call;
    };
    const Method methods[] = {
        {"open($path, $name): bool", "parent::open($path, $name)"},
        {"read($id): string|false", "parent::read($id)"},
        {"write($id, $data): bool", "parent::write($id, $data)"},
        {"close(): bool", "parent::close()"},
    };
    for (const Method& method : methods) {
        const std::string begin = "function " + method.head + " { ";
        expect_as_files_however_it_ends(
            handler_with(begin + "exhaust(); return " + method.call + "; }") + kChange,
            Files::StayLocked);
        expect_as_files_however_it_ends(
            handler_with(begin + "$done = " + method.call + "; exhaust(); return $done; }") +
                kChange,
            Files::StayLocked);
    }
}

TEST_P(Exhaustion, InWhatAHandlerOfTheSiteIsAskedNowAndThen) {
    const std::string destroy =
        "function destroy($id): bool { exhaust(); return parent::destroy($id); }";
    expect_as_files(handler_with(destroy) + kChange + "session_destroy(); echo ' rest';",
                    Files::StayLocked);
    expect_as_files(handler_with(destroy) + kChange + "session_regenerate_id(true);",
                    Files::StayLocked);
    if (std::string(GetParam().name) != "memory") return;
    const std::string gc = "function gc($max): int|false { exhaust(); return 0; }";
    expect_as_files(handler_with(gc) + kChange + "session_gc(); echo ' rest';", Files::StayLocked);
    expect_as_files(
        "class H extends SessionHandler implements "
        "SessionUpdateTimestampHandlerInterface { "
        "function validateId($id): bool { exhaust(); return true; } "
        "function updateTimestamp($id, $data): bool { return true; } } "
        "session_set_save_handler(new H); ini_set('session.use_strict_mode', '1'); " +
            kChange,
        Files::StayLocked);
    expect_as_files(
        "class H extends SessionHandler implements "
        "SessionUpdateTimestampHandlerInterface { "
        "function validateId($id): bool { return true; } "
        "function updateTimestamp($id, $data): bool { exhaust(); return true; } } "
        "session_set_save_handler(new H); final class Sleeper { public $n = 1; } " +
            kStart + "echo 'page'; ",
        Files::StayLocked);
}

TEST_P(Exhaustion, InASerializerOfTheSite) {
    for (const std::string method : {"function __serialize(): array { exhaust(); return []; }",
                                     "function __sleep() { exhaust(); return []; }"})
        expect_as_files_however_it_ends("final class Heavy { " + method + " } " + kChange +
                                        "$_SESSION['h'] = new Heavy; ");
}

// Where time runs out `files` loses the session: PHP destroys what it could not decode.
TEST_P(Exhaustion, InAnUnserializerOfTheSiteLeavesTheSessionOrEndsItAsFilesDoes) {
    for (const std::string code :
         {"final class Sleeper { public $n = 1; function __wakeup() { exhaust(); } } ",
          "final class Sleeper { public $n = 1; "
          "function __unserialize(array $data): void { exhaust(); } } ",
          "spl_autoload_register(function ($class) { exhaust(); }); "}) {
        for (const std::string& end :
             {std::string(), kFlush, std::string("session_write_close();")}) {
            const std::string stored = "n|i:1;s|O:7:\"Sleeper\":1:{s:1:\"n\";i:1;}";
            const std::string page = GetParam().code + code + kChange + end;
            fake_core().stored["A"] = stored;
            const Response ours = web_request(page);
            EXPECT_EQ(fake_core().sessions_alive, 0) << code;
            put_file(stored);
            const Response files = web_request(page, with_files());
            EXPECT_EQ(ours.is_bailout, files.is_bailout) << code;
            // PHP takes an autoloader without memory for a session that cannot be decoded.
            const std::string left = fake_core().stored["A"];
            EXPECT_TRUE(left == stored || left == file()) << left << " " << code;
        }
    }
}

TEST_P(Exhaustion, AroundTheOutput) {
    expect_as_files_however_it_ends(
        "ob_start(function ($text) { exhaust(); return strtoupper($text); }); " + kChange);
    expect_as_files_however_it_ends("header_register_callback(function () { exhaust(); }); " +
                                    kChange);
    expect_as_files_however_it_ends(
        "header_register_callback(function () { $_SESSION['n'] = 3; exhaust(); }); " + kChange);
}

TEST_P(Exhaustion, InAShutdownFunctionAndInADestructor) {
    for (const std::string code :
         {"exhaust();", "$_SESSION['n'] = 3; exhaust();", "session_write_close(); exhaust();"}) {
        expect_as_files_however_it_ends("register_shutdown_function(function () { " + code +
                                        " }); " + kChange);
        expect_as_files_however_it_ends("final class Dies { function __destruct() { " + code +
                                        " } } $dies = new Dies; " + kChange);
    }
    // An object of the session dies with it.
    expect_as_files_however_it_ends("final class Dies { function __destruct() { exhaust(); } } " +
                                    kChange + "$_SESSION['d'] = new Dies; ");
}

TEST_P(Exhaustion, InTheScriptItself) {
    for (const std::string& code :
         {kChange + "exhaust();", kChange + kFlush + "exhaust();",
          kChange + "session_abort(); exhaust();", kChange + "session_reset(); exhaust();",
          kChange + "session_destroy(); exhaust();", "exhaust(); " + kChange})
        expect_as_files(code);
}

// The warnings are this handler's own.
TEST_P(Exhaustion, InAnErrorHandlerThatIsToldOfAFailure) {
    const std::string handler = "set_error_handler(function () { exhaust(); }); ";
    fake_core().stored["A"] = "n|i:7;";
    const Error failure(Errc::NoStore, "10.0.0.1:11211 refused");
    for (auto* const failing : {&fake_core().open_fails, &fake_core().read_fails}) {
        *failing = failure;
        (void)web_request(GetParam().code + handler + kChange);
        failing->reset();
        EXPECT_EQ(fake_core().stored["A"], "n|i:7;");
        EXPECT_EQ(fake_core().sessions_alive, 0);
    }
    for (const std::string& end : {std::string(), kFlush, std::string("session_write_close();")}) {
        fake_core().write_fails = failure;
        (void)web_request(GetParam().code + handler + kChange + end);
        fake_core().write_fails.reset();
        EXPECT_EQ(fake_core().stored["A"], "n|i:7;");
        EXPECT_EQ(fake_core().sessions_alive, 0);
    }
    EXPECT_EQ(web_request(kStart + "echo $_SESSION['n'];").page, "7");
}

}  // namespace
}  // namespace sessmirror::embed

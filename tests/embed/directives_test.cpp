// SPDX-License-Identifier: BSD-3-Clause
#include "directives.h"

#include <gtest/gtest.h>

#include <string>

#include "embed/embedded_php.h"
#include "embed/fake_core.h"

namespace sessmirror::embed {
namespace {

using shim::directives;

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const shim::Directive& directive(const std::string& name) {
    for (const shim::Directive& candidate : directives())
        if (candidate.name == "sessmirror." + name) return candidate;
    ADD_FAILURE() << "no directive " << name;
    return directives().front();
}

// What a text does to the settings: "" when it is accepted, otherwise the message.
std::string refusal(const std::string& name, const std::string& text,
                    shim::Settings* out = nullptr) {
    shim::Settings scratch;
    const Status applied = directive(name).apply(text, out == nullptr ? scratch : *out);
    return applied ? "" : applied.error().detail;
}

class Directives : public testing::Test {
  protected:
    void SetUp() override { fake_core().reset(); }
};

TEST_F(Directives, HaveDefaultTextsThatMeanTheDefaultsOfTheOptions) {
    shim::Settings settings;
    for (const shim::Directive& each : directives())
        EXPECT_TRUE(each.apply(each.default_value, settings)) << each.name;
    EXPECT_EQ(settings.options, service::Options());
    EXPECT_EQ(settings.stores, "");
    EXPECT_EQ(settings.log_level, shim::LogLevel::Notice);
}

TEST_F(Directives, LetNoTextBecomeALineOfThePageOrTheLog) {
    for (const shim::Directive& each : directives()) {
        const Response response =
            request("ini_set('" + std::string(each.name) +
                    "', \"bad\\r\\nforged\"); session_id('A'); session_start();");
        for (const std::string& text : {response.page, response.log})
            EXPECT_FALSE(has(text, "\nforged")) << each.name << ": " << text;
    }
}

TEST_F(Directives, QuoteWhatTheyRefuse) {
    EXPECT_EQ(refusal("lock_wait_ms", "1s"),
              "sessmirror.lock_wait_ms = \"1s\": must be a number of milliseconds from 0 (do not "
              "wait) to 600000");
    for (const char* name : {"lock_lease_s", "connect_timeout_ms", "io_timeout_ms", "deadline_ms",
                             "max_session_bytes"})
        for (const char* text : {"0", "", "-1", "1.5", " 1", "1 ", "99999999999999999999", "0x10"})
            EXPECT_TRUE(has(refusal(name, text), "\"" + std::string(text) + "\"")) << name << text;
    EXPECT_EQ(refusal("poll_us", "4001"),
              "sessmirror.poll_us = \"4001\": must be a number of microseconds from 0 (sleep at "
              "once) to 4000");
    for (const char* name :
         {"redundancy", "ack", "on_conflict", "segment_with", "log_level", "compression"})
        EXPECT_TRUE(has(refusal(name, "quux"), "quux")) << name;
    EXPECT_TRUE(has(refusal("locking", "quux"), "quux"));
}

TEST_F(Directives, QuoteLongTextsInPart) {
    const std::string message = refusal("deadline_ms", std::string(1000, '9'));
    EXPECT_LT(message.size(), 200u);
    EXPECT_TRUE(has(message, "9...\": must be")) << message;
}

TEST_F(Directives, ReadTheTimeOfPollingInMicroseconds) {
    shim::Settings settings;
    EXPECT_EQ(refusal("poll_us", "50", &settings), "");
    EXPECT_EQ(settings.options.polling, std::chrono::microseconds(50));
    EXPECT_EQ(refusal("poll_us", "0", &settings), "");
    EXPECT_EQ(settings.options.polling, Duration::zero());
}

TEST_F(Directives, ReadSizesLikePhp) {
    shim::Settings settings;
    for (const auto& [text, bytes] : {std::pair<const char*, std::uint64_t>("2048", 2048),
                                      {"8K", 8192},
                                      {"8k", 8192},
                                      {"3M", 3u << 20},
                                      {"1024M", 1u << 30}}) {
        EXPECT_EQ(refusal("max_session_bytes", text, &settings), "");
        EXPECT_EQ(settings.options.max_session_bytes, bytes);
    }
    for (const char* text : {"1025M", "K", "M", "1G", "1MB", "18446744073709551615M"})
        EXPECT_NE(refusal("max_session_bytes", text), "") << text;
}

TEST_F(Directives, TryEverySessionWithAThresholdOfZero) {
    shim::Settings settings;
    EXPECT_EQ(refusal("compress_threshold_bytes", "0", &settings), "");
    EXPECT_EQ(settings.options.compress_threshold_bytes, 0u);
    EXPECT_EQ(refusal("compress_threshold_bytes", "16K", &settings), "");
    EXPECT_EQ(settings.options.compress_threshold_bytes, 16384u);
    EXPECT_EQ(refusal("compress_threshold_bytes", "-1"),
              "sessmirror.compress_threshold_bytes = \"-1\": must be a size in bytes from 0 (every "
              "session) to 1024M");
}

TEST_F(Directives, AcceptZeroWaitForALock) {
    shim::Settings settings;
    EXPECT_EQ(refusal("lock_wait_ms", "0", &settings), "");
    EXPECT_EQ(settings.options.lock_wait, Duration::zero());
}

TEST_F(Directives, ReadTheWordsThatPhpIniTurnsIntoEmptyOrOne) {
    shim::Settings settings;
    EXPECT_EQ(refusal("locking", "", &settings), "");
    EXPECT_EQ(settings.options.locking, service::Locking::Off);
    EXPECT_EQ(refusal("locking", "1", &settings), "");
    EXPECT_EQ(settings.options.locking, service::Locking::On);
    EXPECT_EQ(refusal("local", "", &settings), "");
    EXPECT_EQ(settings.options.local, "");  // find_local_store() knows it for none
    EXPECT_EQ(refusal("log_level", "", &settings), "");
    EXPECT_EQ(settings.log_level, shim::LogLevel::Off);
}

TEST_F(Directives, SetByAScriptAreRefusedAtOnce) {
    const Response response = request(
        "var_dump(ini_set('sessmirror.deadline_ms', 'soon'), ini_get('sessmirror.deadline_ms'));");
    EXPECT_TRUE(has(response.page, "sessmirror.deadline_ms = \"soon\"")) << response.page;
    EXPECT_TRUE(has(response.page, "bool(false)\nstring(4) \"1000\"\n")) << response.page;
}

TEST_F(Directives, SetByTheServerAreNotReplacedInSilence) {
    const Response response = request("session_id('A'); var_dump(session_start());",
                                      {{"sessmirror.deadline_ms", "soon"}});
    EXPECT_TRUE(has(response.page, "sessmirror.deadline_ms = \"soon\"")) << response.page;
    EXPECT_TRUE(has(response.page, "bool(false)"));
    EXPECT_EQ(request("session_id('A'); var_dump(session_start());").page, "bool(true)\n");
}

TEST_F(Directives, ThatBelongToTheSiteAreNotAScripts) {
    for (const char* name : {"secret", "key_prefix", "local", "max_session_bytes", "log_level"}) {
        const std::string code =
            std::string("var_dump(ini_set('sessmirror.") + name + "', '4096'));";
        EXPECT_EQ(request(code).page, "bool(false)\n") << name;
    }
}

TEST_F(Directives, ReachTheCoreInTheNextSession) {
    request("session_id('A'); session_start();", {{"sessmirror.secret", "four"}});
    EXPECT_EQ(fake_core().secret_bytes, 4u);
    request("session_id('A'); session_start();");
    EXPECT_EQ(fake_core().secret_bytes, 0u);
}

TEST_F(Directives, ShowASecretOnlyAsSet) {
    const Response set = request("phpinfo(INFO_MODULES);", {{"sessmirror.secret", "hush-hush"}});
    EXPECT_TRUE(has(set.page, "sessmirror.secret => set => not set") ||
                has(set.page, "sessmirror.secret</td><td class=\"v\">set</td>"))
        << set.page.substr(set.page.find("sessmirror.secret"), 100);
    EXPECT_FALSE(has(set.page, "hush-hush"));
}

TEST_F(Directives, ShowStoresButNoPassword) {
    const auto shown = [this](const char* stores) {
        return request("phpinfo(INFO_MODULES);", {{"sessmirror.stores", stores}}).page;
    };
    EXPECT_TRUE(has(shown("10.9.8.7:11211"), "10.9.8.7:11211"));
    const std::string page = shown("redis://:hush-hush@10.9.8.7");
    EXPECT_TRUE(has(page, "set, not shown because of a password"));
    EXPECT_FALSE(has(page, "hush-hush"));
}

TEST_F(Directives, AreAllShownByPhpinfo) {
    const std::string page = request("phpinfo(INFO_MODULES);").page;
    for (const shim::Directive& each : directives()) EXPECT_TRUE(has(page, each.name)) << each.name;
}

// From 8.5 on PHP keeps pointers to the definitions, and reads them for these functions.
TEST_F(Directives, CanBeListedAndRestoredLongAfterTheyWereRegistered) {
    const std::string code = R"(
        $all = ini_get_all();
        foreach (ini_get_all('sessmirror') as $name => $entry) {
            ini_set($name, (string) $entry['global_value']);
            ini_restore($name);
            echo $name, ini_get($name) === $all[$name]['local_value'] ? ' as before' : ' differs', "\n";
        })";
    for (int i = 0; i < 2; ++i) {
        const std::string page = request(code).page;
        for (const shim::Directive& each : directives())
            EXPECT_TRUE(has(page, std::string(each.name) + " as before\n")) << page;
    }
}

TEST_F(Directives, LeaveStatusUsableBeforeAndAfterASession) {
    const char* code =
        "$s = sessmirror_status(); echo $s['version'], strlen($s['host']),"
        "is_array($s['counters']), count($s['stores']) > 0 ? $s['local'] : '';";
    const std::string before = request(code).page;
    EXPECT_EQ(before.rfind("0.1.0161", 0), 0u) << before;
    request("session_id('A'); session_start();");
    EXPECT_EQ(request(code).page, "0.1.0161127.0.0.1:11211");
}

}  // namespace
}  // namespace sessmirror::embed

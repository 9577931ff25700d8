// SPDX-License-Identifier: BSD-3-Clause
#include "embed/embedded_php.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include "embed/fake_core.h"
#include "php_sessmirror.h"

extern "C" {
#include <php_embed.h>
#include <php_main.h>
}

namespace sessmirror::embed {
namespace {

std::string page;
std::string log_lines;
std::string header_lines;
std::string handled_lines;
std::string cookies;
std::string script;

std::size_t keep_output(const char* text, std::size_t length) {
    page.append(text, length);
    return length;
}

void keep_log_line(const char* line, int) {
    log_lines.append(line).append("\n");
}

void keep_header(void* element, void*) {
    const auto* header = static_cast<const sapi_header_struct*>(element);
    header_lines.append(header->header, header->header_len).append("\n");
}

int handle_header(sapi_header_struct* header, sapi_header_op_enum, sapi_headers_struct*) {
    if (header != nullptr) handled_lines.append(header->header, header->header_len).append("\n");
    return SAPI_HEADER_ADD;
}

int keep_headers(sapi_headers_struct* headers) {
    fake_core().calls.emplace_back("headers");
    zend_llist_apply_with_argument(&headers->headers, keep_header, nullptr);
    return SAPI_HEADER_SENT_SUCCESSFULLY;
}

char* read_cookies() {
    return cookies.empty() ? nullptr : cookies.data();
}

// Read by the engine as if it were a php.ini.
constexpr char kConfiguration[] =
    "display_errors=1\n"
    "html_errors=0\n"
    "error_reporting=32767\n"
    "log_errors=1\n"
    "register_argc_argv=0\n"
    "session.save_handler=sessmirror\n"
    "session.save_path=fake:1\n"
    "session.use_cookies=0\n"
    "session.use_only_cookies=0\n"
    "session.cache_limiter=\n"
    "session.gc_probability=0\n";

// What the clock does when a limit of time has passed. The limit is armed as long as it is far off.
ZEND_FUNCTION(time_is_up) {
    ZEND_PARSE_PARAMETERS_NONE();
    raise(SIGPROF);
}
ZEND_BEGIN_ARG_INFO_EX(arginfo_time_is_up, 0, 0, 0)
ZEND_END_ARG_INFO()
const zend_function_entry test_functions[] = {ZEND_FE(time_is_up, arginfo_time_is_up) ZEND_FE_END};

int start_engine(sapi_module_struct* sapi) {
#if PHP_VERSION_ID < 80300
    free(sapi->ini_entries);  // the embed SAPI's own; it also frees what stands here at its end
#endif
    sapi->ini_entries = strdup(kConfiguration);
    sapi->additional_functions = test_functions;
#if PHP_VERSION_ID >= 80200
    return php_module_startup(sapi, &sessmirror_module_entry);
#else
    return php_module_startup(sapi, &sessmirror_module_entry, 1);
#endif
}

class Engine : public testing::Environment {
  public:
    void SetUp() override {
        php_embed_module.php_ini_ignore = 1;
        php_embed_module.startup = start_engine;
        php_embed_module.ub_write = keep_output;
        php_embed_module.log_message = keep_log_line;
        php_embed_module.header_handler = handle_header;
        php_embed_module.send_headers = keep_headers;
        php_embed_module.read_cookies = read_cookies;
        ASSERT_EQ(php_embed_init(0, nullptr), SUCCESS);
        php_request_shutdown(nullptr);  // each request() starts its own
    }
    void TearDown() override {
        php_request_startup();  // which the shutdown of the engine expects to end
        php_embed_shutdown();
        EXPECT_EQ(fake_core().services_alive, 0);
    }
};

const testing::Environment* const engine = testing::AddGlobalTestEnvironment(new Engine);

void apply(const IniValues& ini) {
    for (const auto& [name, value] : ini) {
        zend_string* const key = zend_string_init(name.data(), name.size(), 0);
        // A script may change what is set at the first stage no more.
        const bool is_of_sessions = name.rfind("session.", 0) == 0;
        zend_alter_ini_entry_chars(key, value.data(), value.size(),
                                   is_of_sessions ? PHP_INI_USER : PHP_INI_SYSTEM,
                                   is_of_sessions ? PHP_INI_STAGE_RUNTIME : PHP_INI_STAGE_ACTIVATE);
        zend_string_release(key);
    }
}

// The frame that a fatal error longjmps to: nothing in it has a destructor.
bool run(const char* code) {
    bool is_bailout = false;
    zend_first_try {
        zend_eval_string_ex(code, nullptr, "script", true);
    }
    zend_catch {
        is_bailout = true;
    }
    zend_end_try();
    return is_bailout;
}

Response serve(const std::string& code, const IniValues& ini, bool has_headers) {
    page.clear();
    log_lines.clear();
    header_lines.clear();
    handled_lines.clear();
    Response response;
    SG(server_context) = has_headers ? &page : nullptr;  // without one no cookies are read
    SG(request_info).request_method = has_headers ? "GET" : nullptr;
    if (php_request_startup() != SUCCESS) {
        ADD_FAILURE() << "the request did not start";
        return response;
    }
    SG(headers_sent) = 0;
    SG(request_info).no_headers = !has_headers;
    std::string path = script;
    if (path.empty()) path = testing::UnitTest::GetInstance()->current_test_info()->name();
    SG(request_info).path_translated = path.data();
    apply(ini);
    response.is_bailout = run(code.c_str());
    php_request_shutdown(nullptr);
    SG(request_info).path_translated = nullptr;
    response.page = page;
    response.log = log_lines;
    response.headers = header_lines;
    response.handled_headers = handled_lines;
    return response;
}

}  // namespace

Response request(const std::string& code, const IniValues& ini) {
    cookies.clear();
    return serve(code, ini, false);
}

Response web_request(const std::string& code, const IniValues& ini, const std::string& cookie) {
    cookies = cookie;
    IniValues all = {{"session.use_cookies", "1"}};
    all.insert(all.end(), ini.begin(), ini.end());
    // As output_buffering would, which is read before a request's own settings apply.
    return serve("ob_start(); " + code, all, true);
}

std::vector<std::string> web_requests_of_one_script(
    const std::vector<std::pair<std::string, std::string>>& code_and_cookie) {
    std::vector<std::string> headers;
    cookies = "none=1";
    SG(server_context) = &page;
    EXPECT_EQ(php_request_startup(), SUCCESS);
    apply({{"session.use_cookies", "1"}});
    for (const auto& [code, cookie] : code_and_cookie) {
        sapi_deactivate();
        cookies = cookie;
        header_lines.clear();
        sapi_activate();
        SG(request_info).no_headers = false;
        php_output_activate();
        const std::string buffered =
            "$_COOKIE = []; parse_str('" + cookie + "', $_COOKIE); ob_start(); " + code;
        EXPECT_FALSE(run(buffered.c_str()));
        php_output_end_all();
        sapi_send_headers();
        php_output_deactivate();
        headers.push_back(header_lines);
    }
    php_request_shutdown(nullptr);
    return headers;
}

void serve_script(const std::string& path) {
    script = path;
}

std::size_t sent_bytes() {
    return page.size();
}

}  // namespace sessmirror::embed

// SPDX-License-Identifier: BSD-3-Clause
// Usage: threads PHP_INI THREADS REQUESTS
// One process of a thread-safe PHP whose threads serve requests at the same time, as servers do
// that have no processes for that. Each thread is a visitor with a session of its own; all of them
// also add to one session that they share. Ends with a line for each thing that was not right.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include <php_embed.h>
#include <php_main.h>
}

#ifndef ZTS
#error "this needs a thread-safe PHP"
#endif

ZEND_TSRMLS_CACHE_DEFINE()

namespace {

std::atomic<int> wrong{0};
std::mutex log_mutex;

void complain(const std::string& what) {
    const std::lock_guard<std::mutex> lock(log_mutex);
    std::printf("wrong: %s\n", what.c_str());
    ++wrong;
}

// The response of the request that this thread serves.
struct Response {
    std::string page;
    std::string headers;
};
thread_local Response response;
thread_local std::string cookies;

size_t keep_output(const char* text, size_t length) {
    response.page.append(text, length);
    return length;
}

void keep_header(void* element, void*) {
    const auto* header = static_cast<const sapi_header_struct*>(element);
    response.headers.append(header->header, header->header_len).append("\n");
}

int keep_headers(sapi_headers_struct* headers) {
    zend_llist_apply_with_argument(&headers->headers, keep_header, nullptr);
    return SAPI_HEADER_SENT_SUCCESSFULLY;
}

char* read_cookies() {
    return cookies.data();
}

void log_line(const char* line, int) {
    if (std::string(line).find("is filling") == std::string::npos)
        std::fprintf(stderr, "%s\n", line);
}

// Nothing here has a destructor: a fatal error longjmps out.
void run(const char* code) {
    zend_first_try {
        zend_eval_string_ex(code, nullptr, "script", true);
    }
    zend_end_try();
}

// What is between Set-Cookie: <name>= and the next semicolon; empty if there is none.
std::string cookie(const std::string& name) {
    const std::string begin = "Set-Cookie: " + name + "=";
    const std::size_t at = response.headers.find(begin);
    if (at == std::string::npos) return "";
    const std::size_t from = at + begin.size();
    return response.headers.substr(from, response.headers.find_first_of(";\n", from) - from);
}

void serve(const std::string& code, const std::string& sent) {
    response = {};
    cookies = sent;
    SG(server_context) = &response;
    SG(request_info).request_method = "GET";
    if (php_request_startup() != SUCCESS) return complain("a request did not start");
    SG(headers_sent) = 0;
    SG(request_info).no_headers = 0;
    run(code.c_str());
    php_request_shutdown(nullptr);
}

void expect(const std::string& what, const std::string& is, const std::string& wanted) {
    if (is != wanted) complain(what + " is \"" + is + "\" and should be \"" + wanted + "\"");
}

// A page may have no cookie of another thread's session, and has to have those of its own.
void visit(int number, int requests) {
    const std::string name = "S" + std::to_string(number);
    const std::string id = "visitor" + std::to_string(number);
    std::string token;
    for (int n = 1; n <= requests; ++n) {
        serve("ob_start(); session_name('" + name +
                  "'); session_start();"
                  "echo $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1; session_write_close();",
              name + "=" + id + (token.empty() ? "" : "; " + name + "_V=" + token));
        expect("the page of " + id, response.page, std::to_string(n));
        const std::string next = cookie(name + "_V");
        if (next.empty() || next == token) complain("no new token for " + id);
        token = next;
        for (std::size_t at = 0;
             (at = response.headers.find("Set-Cookie: S", at)) != std::string::npos; ++at)
            if (response.headers.compare(at + 12, name.size(), name) != 0 ||
                std::string("=_").find(response.headers[at + 12 + name.size()]) ==
                    std::string::npos)
                complain(id + " was sent a cookie of another: " + response.headers);
        serve(
            "ini_set('session.use_cookies', '0'); session_id('shared'); session_start();"
            "$_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;",
            "");
    }
}

void work(int number, int requests) {
    ts_resource(0);
    ZEND_TSRMLS_CACHE_UPDATE();
    visit(number, requests);
    ts_free_thread();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const int threads = std::atoi(argv[2]);
    const int requests = std::atoi(argv[3]);
    php_embed_module.php_ini_path_override = argv[1];
    php_embed_module.ub_write = keep_output;
    php_embed_module.send_headers = keep_headers;
    php_embed_module.read_cookies = read_cookies;
    php_embed_module.log_message = log_line;
    if (php_embed_init(0, nullptr) != SUCCESS) return 2;
    ZEND_TSRMLS_CACHE_UPDATE();
    php_request_shutdown(nullptr);

    std::vector<std::thread> workers;
    for (int i = 1; i <= threads; ++i) workers.emplace_back(work, i, requests);
    for (std::thread& worker : workers) worker.join();

    serve(
        "ini_set('session.use_cookies', '0'); session_id('shared'); session_start(); echo "
        "$_SESSION['n'];",
        "");
    expect("what all have added up", response.page, std::to_string(threads * requests));
    php_request_startup();  // which the shutdown of the engine expects to end
    php_embed_shutdown();
    std::printf("%d threads, %d requests each: %d wrong\n", threads, 2 * requests, wrong.load());
    return wrong == 0 ? 0 : 1;
}

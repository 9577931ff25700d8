// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/client.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include <arpa/inet.h>
#include <errmsg.h>
#include <fcntl.h>
#include <mysql.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/allocation.h"
#include "net/keep_alive.h"
#include "store/mysql/errors.h"
#include "wire/printable.h"

namespace sessmirror::store {
namespace {

// Of each connection; memory is taken for what is used of it. The library's own default is too
// small for what authentication and name services may do on it.
constexpr std::size_t kStack = 256 * 1024;
// Those that do not hand the password over.
constexpr char kAuthentication[] =
    "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password,parsec";

std::string text_of(const net::IpAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(address.size == 4 ? AF_INET : AF_INET6, address.bytes.data(), text.data(),
                text.size());
    std::string out(text.data());
    if (address.scope_id != 0) out += '%' + std::to_string(address.scope_id);
    return out;
}

// The library tells it in its text: "Can't connect to server on 'db1' (111)".
int errno_in(std::string_view text) noexcept {
    const std::size_t at = text.rfind('(');
    int code = 0;
    if (at != std::string_view::npos)
        std::from_chars(text.data() + at + 1, text.data() + text.size(), code);
    return code;
}

}  // namespace

MysqlClient::MysqlClient(net::EventLoop& loop, net::Resolver& resolver, const MysqlTarget& target,
                         MysqlSink& sink)
    : loop_(loop),
      resolver_(resolver),
      target_(target),
      sink_(sink),
      watch_(loop, *this),
      timer_(loop.make_guard_timer(*this)) {}

MysqlClient::~MysqlClient() {
    close();
}

// ---- opening

void MysqlClient::open(Duration timeout, std::size_t largest_packet) {
    timeout_ = timeout;
    largest_packet_ = largest_packet;
    if (target_.endpoint.is_unix) {
        candidates_.assign(1, {});
        candidate_ = 0;
        return connect_next();
    }
    step_ = Step::Resolving;
    timer_->start(std::max(timeout, net::Resolver::kPatience));
    if (const auto* const known = resolver_.known(target_.endpoint.host))
        on_resolved(*known);
    else
        resolver_.resolve(target_.endpoint.host, *this);
}

void MysqlClient::on_resolved(const Result<net::IpAddresses>& addresses) noexcept {
    if (step_ != Step::Resolving) return;
    if (!addresses) return fail_later(addresses.error());
    const net::IpAddress last = candidates_.empty() ? net::IpAddress{} : candidates_.front();
    if (!try_to_allocate([&] { candidates_ = *addresses; }))
        return fail_later(Error(Errc::OutOfMemory, "no memory for a connection to %.100s",
                                target_.endpoint.name.c_str()));
    const auto known = std::ranges::find(candidates_, last);
    if (known != candidates_.end()) std::rotate(candidates_.begin(), known, known + 1);
    candidate_ = 0;
    connect_next();
}

// The addresses of a name are tried one after the other, each for its share of the time.
void MysqlClient::connect_next() noexcept {
    step_ = Step::Connect;
    const auto count = static_cast<Duration::rep>(std::max<std::size_t>(candidates_.size(), 1));
    timer_->start(timeout_ / count);
    if (loop_.base() == nullptr || !make_handle())
        return fail_later(Error(Errc::OutOfMemory, "no memory for a connection to %.100s",
                                target_.endpoint.name.c_str()));
    begin(start_connecting());
}

bool MysqlClient::make_handle() noexcept {
    // By itself the library would do it at first use, in two threads at a time.
    static const bool is_ready = mysql_library_init(0, nullptr, nullptr) == 0;
    handle_ = is_ready ? mysql_init(nullptr) : nullptr;
    if (handle_ == nullptr) return false;
    const unsigned off = 0;
    const unsigned protocol = target_.endpoint.is_unix ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
    // A server may ask for any file of its client's.
    mysql_optionsv(handle_, MYSQL_OPT_LOCAL_INFILE, &off);
    mysql_optionsv(handle_, MYSQL_OPT_PROTOCOL, &protocol);
    mysql_optionsv(handle_, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest_packet_);
    mysql_optionsv(handle_, MYSQL_SET_CHARSET_NAME, "binary");
    mysql_optionsv(handle_, MARIADB_OPT_RESTRICTED_AUTH, kAuthentication);
    return mysql_optionsv(handle_, MYSQL_OPT_NONBLOCK, &kStack) == 0;
}

int MysqlClient::start_connecting() noexcept {
    const net::Endpoint& endpoint = target_.endpoint;
    std::string host;
    if (!endpoint.is_unix && candidate_ < candidates_.size())
        host = text_of(candidates_[candidate_]);
    return mysql_real_connect_start(
        &connected_, handle_, endpoint.is_unix ? nullptr : host.c_str(), target_.user.c_str(),
        target_.password.c_str(), target_.database.c_str(), endpoint.port,
        endpoint.is_unix ? endpoint.host.c_str() : nullptr, CLIENT_MULTI_STATEMENTS);
}

int MysqlClient::finish_connect() noexcept {
    if (connected_ != nullptr) {
        timer_->stop();
        if (!target_.endpoint.is_unix) {
            std::swap(candidates_.front(), candidates_[candidate_]);
            net::keep_alive(mysql_get_socket(handle_));
        }
        step_ = Step::Idle;
        wait_for(MYSQL_WAIT_READ);
        if (step_ == Step::Idle) sink_.on_connected();
        return kAtRest;
    }
    const Error why = connect_error();
    const bool is_away = mysql_errno(handle_) == CR_CONN_HOST_ERROR;
    if (is_away && ++candidate_ < candidates_.size()) {
        drop_handle(false);
        connect_next();
    } else {
        if (is_away) resolver_.distrust(target_.endpoint.host);
        fail(why);
    }
    return kAtRest;
}

void MysqlClient::on_timer() noexcept {
    const char* const name = target_.endpoint.name.c_str();
    if (step_ == Step::Resolving)
        return fail(Error(Errc::BadName, "%.100s: no name server answered", name));
    if (step_ != Step::Connect) return;
    if (++candidate_ < candidates_.size()) {
        loop_.unpost(*this);
        drop_handle(false);
        return connect_next();
    }
    resolver_.distrust(target_.endpoint.host);
    const auto waited = std::chrono::ceil<milliseconds>(timeout_).count();
    fail(Error(Errc::Timeout, "%.100s did not let anybody in within %d ms", name,
               static_cast<int>(waited)));
}

Error MysqlClient::connect_error() const noexcept {
    const unsigned code = mysql_errno(handle_);
    const char* const name = target_.endpoint.name.c_str();
    const int system = errno_in(mysql_error(handle_));
    switch (code) {
        case CR_CONNECTION_ERROR:
        case CR_CONN_HOST_ERROR:
            if (system == ECONNREFUSED)
                return Error(Errc::Refused, "%.100s refused the connection", name)
                    .with_errno(system);
            return Error(Errc::Unreachable, "%.100s cannot be reached (%s)", name,
                         std::strerror(system))
                .with_errno(system);
        case CR_AUTH_PLUGIN_CANNOT_LOAD:
        case CR_AUTH_PLUGIN_ERR:
        case CR_PLUGIN_NOT_ALLOWED: {
            std::string text;
            wire::keep_printable(mysql_error(handle_), text);
            return Error(Errc::Refused, "%.100s wants an authentication that cannot be had: %.100s",
                         name, text.c_str())
                .with_errno(EACCES);
        }
        default:
            return is_servers_own(code) ? turned_away(name, code, mysql_error(handle_)) : lost();
    }
}

// ---- queries

void MysqlClient::query(std::string text, std::size_t max_rows) {
    query_ = std::move(text);
    max_rows_ = max_rows;
    answers_.clear();
    step_ = Step::Query;
    begin(mysql_real_query_start(&outcome_, handle_, query_.data(), query_.size()));
}

// Callbacks come from the loop only, so that a call which has ended at once is looked at there.
void MysqlClient::begin(int waits_for) noexcept {
    if (waits_for != 0) return wait_for(waits_for);
    is_told_ = true;
    watch_.stop();
    if (!try_to_allocate([&] { loop_.post(*this); })) is_told_ = false;  // the deadline ends it
}

void MysqlClient::on_ready() noexcept {
    if (step_ == Step::Failing) return fail(Error(failure_));
    if (!std::exchange(is_told_, false)) return;
    int waits_for = 0;
    while (waits_for == 0) waits_for = finish_step();
    if (waits_for > 0) wait_for(waits_for);
}

void MysqlClient::on_fd_ready(net::FdEvents ready) noexcept {
    if (step_ == Step::Idle)
        return fail(
            Error(Errc::Closed, "%.100s closed the connection", target_.endpoint.name.c_str()));
    int bytes = 0;
    const bool counts = ready.read && step_ != Step::Connect;
    if (counts && ::ioctl(mysql_get_socket(handle_), FIONREAD, &bytes) == 0 && bytes > 0)
        sink_.on_progress(static_cast<std::size_t>(bytes));
    go_on((ready.read ? MYSQL_WAIT_READ : 0) | (ready.write ? MYSQL_WAIT_WRITE : 0));
}

void MysqlClient::go_on(int happened) noexcept {
    int waits_for = continue_step(happened);
    while (waits_for == 0) waits_for = finish_step();
    if (waits_for > 0) wait_for(waits_for);
}

int MysqlClient::continue_step(int happened) noexcept {
    switch (step_) {
        case Step::Connect:
            return mysql_real_connect_cont(&connected_, handle_, happened);
        case Step::Query:
            return mysql_real_query_cont(&outcome_, handle_, happened);
        case Step::FetchRow:
            return mysql_fetch_row_cont(&row_, result_, happened);
        case Step::NextResult:
            return mysql_next_result_cont(&outcome_, handle_, happened);
        default:
            return kAtRest;
    }
}

// ---- the end

void MysqlClient::wait_for(int events) noexcept {
    const net::FdEvents wanted{(events & MYSQL_WAIT_READ) != 0, (events & MYSQL_WAIT_WRITE) != 0};
    bool is_watched = false;
    if (try_to_allocate([&] { is_watched = watch_.watch(mysql_get_socket(handle_), wanted); }) &&
        is_watched)
        return;
    fail_later(Error(Errc::OutOfMemory, "no memory for a connection to %.100s",
                     target_.endpoint.name.c_str()));
}

// The library's calls would wait for a server that hangs, or send something on a connection that a
// forked process shares with its parent. So the socket is taken away from under them, and whatever
// they do fails at once; the call that is under way is led to its end, which frees what it has.
void MysqlClient::drop_handle(bool says_goodbye) noexcept {
    watch_.stop();
    if (handle_ == nullptr) return;
    const int fd = mysql_get_socket(handle_);
    if (!says_goodbye && fd >= 0) {
        const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        if (nowhere < 0 || ::dup3(nowhere, fd, O_CLOEXEC) < 0) ::close(fd);
        if (nowhere >= 0) ::close(nowhere);
    }
    if (!says_goodbye && !is_told_) {
        constexpr int kMost = 100;
        for (int i = 0; i < kMost && continue_step(MYSQL_WAIT_READ | MYSQL_WAIT_WRITE) > 0; ++i) {
        }
    }
    is_told_ = false;
    if (result_ != nullptr) mysql_free_result(std::exchange(result_, nullptr));
    mysql_close(std::exchange(handle_, nullptr));
}

void MysqlClient::close() noexcept {
    loop_.base();  // a forked child leaves its parent's connection first
    timer_->stop();
    resolver_.cancel(*this);
    loop_.unpost(*this);
    drop_handle(step_ == Step::Idle);
    step_ = Step::Closed;
}

void MysqlClient::on_fd_forked() noexcept {
    if (step_ == Step::Closed) return;
    drop_handle(false);
    fail_later(Error(Errc::Closed, "the connection to %.100s belongs to the parent process",
                     target_.endpoint.name.c_str()));
}

void MysqlClient::fail_later(const Error& reason) noexcept {
    loop_.unpost(*this);
    failure_ = reason;
    drop_handle(false);
    timer_->stop();
    step_ = Step::Failing;
    (void)try_to_allocate([&] { loop_.post(*this); });
}

void MysqlClient::fail(const Error& reason) noexcept {
    const Error why = reason;
    timer_->stop();
    resolver_.cancel(*this);
    loop_.unpost(*this);
    drop_handle(false);
    step_ = Step::Closed;
    sink_.on_closed(why);
}

const char* mysql_client_version() noexcept {
    return mysql_get_client_info();
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL

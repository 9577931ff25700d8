// SPDX-License-Identifier: BSD-3-Clause
#include "support/real_mariadb.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include <mysql.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace sessmirror::test {

RealMariadb::RealMariadb(MariadbSettings settings)
    : RealServer("mariadbd", settings.on_unix_socket), settings_(std::move(settings)) {
    // Where servers are, and not every user looks.
    const char* const path = std::getenv("PATH");
    ::setenv("PATH", (std::string(path != nullptr ? path : "/usr/bin") + ":/usr/sbin").c_str(), 1);
    ::mkdir((directory_.path() + "/data").c_str(), 0700);
    if (settings_.has_users) install();
    start();
    run("CREATE DATABASE app");
}

void RealMariadb::install() const {
    const std::string command =
        "mariadb-install-db --no-defaults --skip-test-db --user=" +
        std::string(::geteuid() == 0 ? "root" : "$(id -un)") +
        " --auth-root-authentication-method=normal --datadir=" + directory_.path() +
        "/data > /dev/null 2>&1";
    if (std::system(command.c_str()) != 0) std::abort();
}

std::vector<std::string> RealMariadb::arguments() const {
    const std::string& home = directory_.path();
    std::vector<std::string> words{"--no-defaults", "--datadir=" + home + "/data",
                                   "--pid-file=" + home + "/pid", "--log-error=" + home + "/log"};
    words.insert(words.end(),
                 {"--skip-log-bin", "--skip-name-resolve", "--performance-schema=0",
                  "--innodb-buffer-pool-size=16M", "--innodb-log-buffer-size=2M",
                  "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-dump-at-shutdown=0",
                  "--innodb-buffer-pool-load-at-startup=0", "--key-buffer-size=1M",
                  "--aria-pagecache-buffer-size=1M", "--max-connections=50"});
    if (!settings_.has_users)
        words.insert(words.end(), {"--skip-grant-tables", "--innodb-log-file-size=16M"});
    if (::geteuid() == 0) words.emplace_back("--user=root");
    if (spec_.transport == store::Transport::Unix)
        words.insert(words.end(), {"--socket=" + spec_.host, "--skip-networking"});
    else
        words.insert(words.end(), {"--socket=" + home + "/socket", "--bind-address=" + spec_.host,
                                   "--port=" + std::to_string(spec_.port)});
    words.insert(words.end(), settings_.options.begin(), settings_.options.end());
    return words;
}

// It greets who connects, with version 10 of its protocol.
bool RealMariadb::answers() const {
    const int fd = connect();
    if (fd < 0) return false;
    std::array<char, 5> greeting{};
    pollfd wanted{fd, POLLIN, 0};
    const bool is_told = ::poll(&wanted, 1, 5000) == 1 &&
                         ::recv(fd, greeting.data(), greeting.size(), MSG_WAITALL) == 5;
    ::close(fd);
    return is_told && greeting[4] == 10;
}

store::MysqlTarget RealMariadb::target(std::string table) const {
    store::MysqlTarget out;
    out.endpoint = {spec_.transport == store::Transport::Unix, spec_.host, spec_.port, "mariadb"};
    out.user = "root";
    out.database = "app";
    out.table = std::move(table);
    out.creates_table = true;
    return out;
}

namespace {

// As root; told apart from one that failed by its error.
MYSQL* log_in(const store::StoreSpec& spec, const char* database) {
    const bool is_unix = spec.transport == store::Transport::Unix;
    MYSQL* const handle = mysql_init(nullptr);
    mysql_real_connect(handle, is_unix ? nullptr : spec.host.c_str(), "root", "", database,
                       spec.port, is_unix ? spec.host.c_str() : nullptr, CLIENT_MULTI_STATEMENTS);
    return handle;
}

}  // namespace

std::string RealMariadb::run(std::string_view statements) const {
    MYSQL* const handle = log_in(spec_, nullptr);
    std::string out;
    if (mysql_errno(handle) == 0) {
        mysql_select_db(handle, "app");
        mysql_real_query(handle, statements.data(), statements.size());
    }
    for (int more = 0; more == 0 && mysql_errno(handle) == 0; more = mysql_next_result(handle)) {
        MYSQL_RES* const result = mysql_store_result(handle);
        if (result == nullptr) continue;
        if (const MYSQL_ROW row = mysql_fetch_row(result); row != nullptr && row[0] != nullptr)
            out.assign(row[0], mysql_fetch_lengths(result)[0]);
        mysql_free_result(result);
    }
    if (mysql_errno(handle) != 0) out = mysql_error(handle);
    mysql_close(handle);
    return out;
}

BlockedRow::BlockedRow(const RealMariadb& server, const std::string& table,
                       const store::SessionKey& key)
    : handle_(log_in(server.spec(), "app")) {
    const std::string name(key.text());
    for (const std::string& statement :
         {std::string("BEGIN"), "SELECT * FROM " + table + " WHERE k='" + name + "' FOR UPDATE"}) {
        if (mysql_query(handle_, statement.c_str()) != 0) std::abort();
        mysql_free_result(mysql_store_result(handle_));
    }
}

void BlockedRow::end() {
    if (handle_ != nullptr) mysql_close(std::exchange(handle_, nullptr));
}

}  // namespace sessmirror::test

#endif  // SESSMIRROR_WITH_MYSQL

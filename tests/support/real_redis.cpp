// SPDX-License-Identifier: BSD-3-Clause
#include "support/real_redis.h"
#include "store/redis/engine.h"

#include <utility>

namespace sessmirror::test {

std::string redis_request(const std::vector<std::string>& words) {
    std::string out = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words)
        out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    return out;
}

RealRedis::RealRedis(RedisSettings settings)
    : RealServer("redis-server", settings.on_unix_socket), settings_(std::move(settings)) {
    spec_.engine = &store::kRedisEngine;
    spec_.password = settings_.password;
    start();
}

std::vector<std::string> RealRedis::arguments() const {
    std::vector<std::string> words{"--save", "", "--appendonly", "no", "--dir", "/tmp"};
    words.insert(words.end(), {"--loglevel", "warning", "--logfile", "/dev/null"});
    words.insert(words.end(), {"--databases", std::to_string(settings_.databases)});
    words.insert(words.end(), {"--port", std::to_string(spec_.port)});  // 0: none
    if (spec_.transport == store::Transport::Unix)
        words.insert(words.end(), {"--unixsocket", spec_.host, "--unixsocketperm", "777"});
    else
        words.insert(words.end(), {"--bind", spec_.host});
    if (!settings_.password.empty())
        words.insert(words.end(), {"--requirepass", settings_.password});
    words.insert(words.end(), settings_.options.begin(), settings_.options.end());
    return words;
}

bool RealRedis::answers() const {
    return command({"PING"}) == "+PONG\r\n";
}

std::string RealRedis::command(const std::vector<std::string>& words,
                               std::uint32_t database) const {
    const std::string_view done = "+OK\r\n";
    std::vector<std::vector<std::string>> preface;
    if (!settings_.password.empty()) preface.push_back({"AUTH", settings_.password});
    if (database != 0) preface.push_back({"SELECT", std::to_string(database)});
    std::string requests;
    for (const auto& request : preface) requests += redis_request(request);
    // What comes in front of this is the whole answer, whatever its kind.
    const std::string end = "$17\r\nend of the answer\r\n";
    requests += redis_request(words) + redis_request({"ECHO", "end of the answer"});
    std::string answer = ask(requests, end);
    for (std::size_t i = 0; i < preface.size(); ++i) {
        if (!answer.starts_with(done)) return answer;
        answer.erase(0, done.size());
    }
    if (answer.ends_with(end)) answer.resize(answer.size() - end.size());
    return answer;
}

std::string RealRedis::value(const std::vector<std::string>& words) const {
    std::string answer = command(words);
    if (answer.starts_with("$-")) return {};
    const std::size_t begin = answer.starts_with('$') ? answer.find("\r\n") + 2 : 1;
    return answer.size() < begin + 2 ? std::string()
                                     : answer.substr(begin, answer.size() - begin - 2);
}

}  // namespace sessmirror::test

// SPDX-License-Identifier: BSD-3-Clause
// The least time that a session cycle can take: the commands that the handler sends to two stores,
// in the same order and the same packets, from a blocking loop without PHP, without an event loop
// and without a decision. It takes the orders that worker.php takes.
//
// "blind" is the least that two acknowledged copies can cost, whatever the protocol: a changed
// session is sent to both stores at once and both answers are awaited; nothing is read or compared.
//
//     floor IDS-FILE LABEL BYTES LOCAL-ADDRESS REMOTE-ADDRESS PORT HOST(0|1) on|off|blind
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t kEnvelope = 40;

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "floor: %s\n", why.c_str());
    std::exit(1);
}

struct Reply {
    std::string line;
    std::string value;
    [[nodiscard]] bool is(std::string_view code) const { return line.compare(0, 2, code) == 0; }
    [[nodiscard]] std::string cas() const {
        const auto at = line.find(" c");
        if (at == std::string::npos) fail("no CAS in: " + line);
        return line.substr(at + 2, line.find(' ', at + 2) - at - 2);
    }
};

// A blocking connection. Replies that nobody waited for are read before the next packet's.
class Link {
  public:
    Link(const char* address, const char* port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
        if (inet_pton(AF_INET, address, &to.sin_addr) != 1) fail("not an address");
        if (connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) fail("no store");
        const int on = 1;
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

    void send(const std::string& before, std::string_view value = {},
              const std::string& after = {}) {
        held_ += before;
        std::array<iovec, 3> parts{{{held_.data(), held_.size()},
                                    {const_cast<char*>(value.data()), value.size()},
                                    {const_cast<char*>(after.data()), after.size()}}};
        const auto size = static_cast<ssize_t>(held_.size() + value.size() + after.size());
        if (writev(socket_, parts.data(), value.empty() && after.empty() ? 1 : 3) != size)
            fail("a packet was not sent whole");
        held_.clear();
        owed_ += held_commands_;
        held_commands_ = 0;
    }

    // Goes in front of the next packet; nobody looks at its answer.
    void send_later(const std::string& command) {
        held_ += command;
        ++held_commands_;
    }

    // The next command's answer will be looked at by nobody.
    void owe() { ++owed_; }

    const Reply& reply() {
        for (; owed_ > 0; --owed_) read_one();
        read_one();
        return reply_;
    }

  private:
    void read_one() {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n", at_)) == std::string::npos) more();
        reply_.line.assign(buffer_, at_, end - at_);
        at_ = end + 2;
        reply_.value.clear();
        if (!reply_.is("VA")) return;
        const auto size = static_cast<std::size_t>(std::atol(reply_.line.c_str() + 3));
        while (buffer_.size() - at_ < size + 2) more();
        reply_.value.assign(buffer_, at_, size);
        at_ += size + 2;
    }

    void more() {
        if (at_ == buffer_.size()) buffer_.clear(), at_ = 0;
        const auto got = recv(socket_, chunk_.data(), chunk_.size(), 0);
        if (got <= 0) fail("the store hung up");
        buffer_.append(chunk_.data(), static_cast<std::size_t>(got));
    }

    int socket_;
    std::string buffer_;
    std::size_t at_ = 0;
    Reply reply_;
    int owed_ = 0;
    std::string held_;
    int held_commands_ = 0;
    std::array<char, 131072> chunk_;
};

class Floor {
  public:
    explicit Floor(char** argv)
        : label_(argv[2]),
          bytes_(static_cast<std::size_t>(std::atol(argv[3]))),
          local_(argv[4], argv[6]),
          remote_(argv[5], argv[6]),
          host_(std::atoi(argv[7])),
          locks_(std::string_view(argv[8]) == "on"),
          is_blind_(std::string_view(argv[8]) == "blind"),
          fill_(bytes_, 'x') {
        std::ifstream file(argv[1]);
        for (std::string id; std::getline(file, id);) ids_.push_back(id);
        std::uint32_t state = 1;
        for (char& letter : fill_) letter = "0123456789abcdef"[(state = state * 69069 + 1) >> 28];
    }

    void fill() {
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            const std::string_view value = session(i, 0);
            for (Link* store : {&local_, &remote_}) {
                store->send("ms " + key(i) + ' ' + std::to_string(value.size()) + " T1440\r\n",
                            value, "\r\n");
                if (!store->reply().is("HD")) fail("fill: " + store->reply().line);
            }
        }
    }

    // One pass over all sessions, each of which was left with the counter `n`. Gives how many were
    // not as they should have been.
    long pass(bool changed, long n) {
        long wrong = 0;
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            const std::string key = this->key(i);
            if (is_blind_ && changed) {
                write_blindly(i, key, n + 1);
                continue;
            }
            expected_ = counter(i, n);
            const Read read = locks_ ? locked_read(i, key) : local_read(key);
            if (!read.is_right) ++wrong;
            if (changed)
                locks_ ? write_and_unlock(i, key, read, n + 1) : write(i, key, read, n + 1);
            else if (locks_)
                unlock(i, key, read);
        }
        return wrong;
    }

    [[nodiscard]] std::size_t sessions() const { return ids_.size(); }

  private:
    struct Read {
        bool is_right = false;
        std::string local_cas, home_cas, lock_cas;
        std::string hint;  // the other store's CAS; empty when it is not known
    };

    [[nodiscard]] std::string key(std::size_t i) const {
        return (locks_ ? "f1:" : "f0:") + ids_[i];
    }
    [[nodiscard]] bool home_is_local(std::size_t i) const {
        return static_cast<int>(i % 2) == host_;
    }
    Link& home(std::size_t i) { return home_is_local(i) ? local_ : remote_; }

    [[nodiscard]] std::string counter(std::size_t i, long n) const {
        std::array<char, 80> text;
        std::snprintf(text.data(), text.size(), "who|s:%zu:\"%s-%05zu\";n|i:%ld;",
                      label_.size() + 6, label_.c_str(), i, n);
        return text.data();
    }
    // Valid until the next call: one buffer serves all, so that no cycle pays for fresh memory.
    std::string_view session(std::size_t i, long n) {
        value_.assign(kEnvelope, '\0');
        value_.append(counter(i, n)).append("fill|s:").append(std::to_string(bytes_));
        value_.append(":\"").append(fill_).append("\";");
        return value_;
    }

    [[nodiscard]] bool is_right(const Reply& reply) const {
        return reply.value.find(expected_) != std::string::npos;
    }

    static std::string get(const std::string& key, bool value) {
        return "mg " + key + (value ? " v" : "") + " c f t O1\r\n";
    }
    static std::string get_hint(const std::string& key) { return "mg " + key + ".c v O6\r\n"; }
    // Beside a copy: the CAS that another store's has, in as many bytes as the handler takes.
    static std::string set_hint(const std::string& key, std::string cas, std::size_t size = 24) {
        cas.resize(size, ' ');
        return "ms " + key + ".c " + std::to_string(size) + " T1440 O7\r\n" + cas + "\r\n";
    }
    static std::string hint_of(const Reply& reply) {
        return reply.value.substr(0, reply.value.find(' '));
    }
    // Writes and gives the new CAS. memcached changes a CAS by itself when it moves an item to
    // another slab page, so a refusal is believed only when it comes a second time. `after` are
    // commands of the same packet, of which `followers` are answered.
    static std::string put(Link& store, const std::string& key, std::string_view value,
                           const std::string& cas, const std::string& after = {},
                           int followers = 0) {
        post(store, key, value, cas, after);
        return posted(store, key, value, followers);
    }
    static void post(Link& store, const std::string& key, std::string_view value,
                     const std::string& cas, const std::string& after = {}) {
        store.send("ms " + key + ' ' + std::to_string(value.size()) + " T1440 F1234567890 C" + cas +
                       " c O2\r\n",
                   value, "\r\n" + after);
    }
    static std::string posted(Link& store, const std::string& key, std::string_view value,
                              int followers = 0) {
        const Reply& reply = store.reply();
        const bool is_stored = reply.is("HD");
        std::string stored = is_stored ? reply.cas() : std::string();
        for (; followers > 0; --followers) done(store);
        if (is_stored) return stored;
        post(store, key, value, ask(store, key));
        const Reply& again = store.reply();
        if (!again.is("HD")) fail("a write was refused");
        return again.cas();
    }
    static void done(Link& store) {
        if (!store.reply().is("HD")) fail("a command was refused");
    }
    // What nobody has told yet, as when sessions have just been made, has to be asked for.
    static std::string ask(Link& store, const std::string& key) {
        store.send(get(key, false));
        return store.reply().cas();
    }

    // --- without a lock: the own store is read, the home decides, the mirror follows -----------

    Read local_read(const std::string& key) {
        local_.send(get_hint(key) + get(key, true));
        Read read;
        read.hint = hint_of(local_.reply());
        const Reply& reply = local_.reply();
        read.is_right = is_right(reply);
        read.local_cas = reply.cas();
        return read;
    }

    void write(std::size_t i, const std::string& key, const Read& read, long n) {
        const std::string_view value = session(i, n);
        const bool here = home_is_local(i);
        const std::string remote_cas = read.hint.empty() ? ask(remote_, key) : read.hint;
        Link& mirror = here ? remote_ : local_;
        const std::string at_home = put(home(i), key, value, here ? read.local_cas : remote_cas);
        const std::string at_mirror =
            put(mirror, key, value, here ? remote_cas : read.local_cas, set_hint(key, at_home), 1);
        home(i).send_later(set_hint(key, at_mirror, 40));
    }

    void write_blindly(std::size_t i, const std::string& key, long n) {
        const std::string_view value = session(i, n);
        for (Link* store : {&remote_, &local_})
            store->send("ms " + key + ' ' + std::to_string(value.size()) + " T1440\r\n", value,
                        "\r\n");
        done(remote_);
        done(local_);
    }

    // --- with the lock: one round with the read, one with the write; the own mirror before the
    // home

    Read locked_read(std::size_t i, const std::string& key) {
        static constexpr std::string_view kOwner = "host:00012345:0123456789abcdef";
        const bool here = home_is_local(i);
        home(i).send("ms " + key + ".l " + std::to_string(kOwner.size()) + " ME T30 c O3\r\n" +
                     std::string(kOwner) + "\r\n" + (here ? get_hint(key) : std::string()) +
                     get(key, here));
        if (!here) local_.send(get(key, true));
        Read read;
        const Reply& granted = home(i).reply();
        if (!granted.is("HD")) fail("a lock was not granted");
        read.lock_cas = granted.cas();
        if (here) read.hint = hint_of(home(i).reply());
        const Reply& there = home(i).reply();
        read.home_cas = there.cas();
        read.is_right = here && is_right(there);
        if (here) return read;
        const Reply& copy = local_.reply();
        read.is_right = is_right(copy);
        read.local_cas = copy.cas();
        return read;
    }

    [[nodiscard]] static std::string erase_lock(const std::string& key, const Read& read) {
        return "md " + key + ".l C" + read.lock_cas + " O5\r\n";
    }

    void unlock(std::size_t i, const std::string& key, const Read& read) {
        home(i).send(erase_lock(key, read));
        home(i).owe();
    }

    void write_and_unlock(std::size_t i, const std::string& key, const Read& read, long n) {
        const std::string_view value = session(i, n);
        if (home_is_local(i)) {
            post(remote_, key, value, read.hint.empty() ? ask(remote_, key) : read.hint);
            post(local_, key, value, read.home_cas, erase_lock(key, read));
            static_cast<void>(posted(local_, key, value, 1));
            local_.send_later(set_hint(key, posted(remote_, key, value), 40));
            return;
        }
        const std::string at_mirror = put(local_, key, value, read.local_cas);
        static_cast<void>(put(remote_, key, value, read.home_cas,
                              set_hint(key, at_mirror) + erase_lock(key, read), 2));
    }

    std::string label_;
    std::size_t bytes_;
    Link local_;
    Link remote_;
    int host_;
    bool locks_;
    bool is_blind_;
    std::string fill_;
    std::string value_;
    std::string expected_;  // what the session that is being read has to contain
    std::vector<std::string> ids_;
};

long long cpu_ns() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return 1'000'000'000LL * used.tv_sec + used.tv_nsec;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 9) fail("see the head of floor.cpp for the arguments");
    Floor floor(argv);
    std::array<char, 256> line;
    while (std::fgets(line.data(), line.size(), stdin) != nullptr) {
        std::array<char, 200> word{};
        int passes = 0;
        long n = 0;
        long wrong = 0;
        const long long cpu = cpu_ns();
        const auto begin = std::chrono::steady_clock::now();
        if (std::sscanf(line.data(), "cycles %199s %d %ld", word.data(), &passes, &n) == 3) {
            const bool changed = std::string_view(word.data()) == "changed";
            for (int pass = 0; pass < passes; ++pass)
                wrong += floor.pass(changed, changed ? n + pass : n);
        } else if (std::sscanf(line.data(), "mark %199s", word.data()) == 1) {
            static_cast<void>(access(word.data(), F_OK));  // seen by whoever traces us
        } else {
            floor.fill();
        }
        const std::chrono::nanoseconds spent = std::chrono::steady_clock::now() - begin;
        std::printf("{\"ns\": %lld, \"cpu_ns\": %lld, \"cycles\": %zu, \"wrong\": %ld}\n",
                    static_cast<long long>(spent.count()), cpu_ns() - cpu,
                    static_cast<std::size_t>(passes) * floor.sessions(), wrong);
        std::fflush(stdout);
    }
}

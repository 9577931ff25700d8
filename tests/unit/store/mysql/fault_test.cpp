// SPDX-License-Identifier: BSD-3-Clause
// The store against servers that are slow, broken or hostile: each costs a connection, and an error
// that says so, and nothing else. A relay spoils the answers of a real MariaDB.
#ifdef SESSMIRROR_WITH_MYSQL

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>

#include "store/mysql/server_time.h"
#include "store/mysql/table.h"
#include "support/fake_server.h"
#include "support/mysql_relay.h"
#include "support/mysql_test.h"

namespace sessmirror::store {
namespace {

using std::chrono::seconds;
using test::FakePeer;
using test::FakeServer;
using test::key_of;
using test::MysqlRelay;
using test::MysqlStoreClient;
using test::owner;
using test::payload_of;
using test::Session;

constexpr RemoteDefaults kHasty{.connect_timeout = milliseconds(300),
                                .io_timeout = milliseconds(300)};

// ---- servers that are none

Error error_at(const std::function<void(FakePeer&)>& misdeed) {
    FakeServer server([&](FakePeer& peer, int) { misdeed(peer); });
    MysqlTarget target;
    target.endpoint = {false, "127.0.0.1", server.port(), "mariadb"};
    target.user = "web";
    target.password = "hush-hush";
    target.database = "app";
    MysqlStoreClient client(target, kHasty);
    const TimePoint start = client.loop().now();
    const auto reply = client.fetch(key_of("a"));
    EXPECT_FALSE(reply);
    EXPECT_LT(client.loop().now() - start, seconds(5));
    EXPECT_FALSE(client.fetch(key_of("b"))) << "and again";
    return reply ? Error() : reply.error();
}

// A packet as it is sent.
std::string packet(const std::string& body, char number = 0) {
    std::string out;
    for (const unsigned shift : {0u, 8u, 16u})
        out += static_cast<char>(body.size() >> shift & 255u);
    return out + number + body;
}

const std::string kGreeting =
    packet(std::string("\n5.5.5-10.11.0-MariaDB\0\1\0\0\0abcdefgh\0\xfe\xf7\x21\2\0\xff\x81\x15"
                       "\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password\0",
                       23 + 4 + 9 + 2 + 1 + 2 + 2 + 1 + 10 + 13 + 22));

TEST(MysqlFaults, WhatDoesNotGreetAsAServerIsNamedAndLeft) {
    for (const std::string& words :
         {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string("+OK\r\n"),
          std::string(64, '\0'), std::string("\xff\xff\xff\0", 4), packet(""), packet("\n"),
          packet("\nno end"), packet(std::string("\x09") + "3.23\0"), packet("\xff"),
          packet("\xfe"), packet(std::string(1 << 16, '\n')), kGreeting.substr(0, 30)}) {
        const Error error = error_at([&](FakePeer& peer) {
            peer.send(words);
            peer.stall();
        });
        EXPECT_TRUE(error.code == Errc::Protocol || error.code == Errc::Timeout ||
                    error.code == Errc::Closed || error.code == Errc::Refused)
            << words << ": " << error.detail;
    }
}

TEST(MysqlFaults, AServerThatOnlyEndsOrOnlyListensIsLeftInTime) {
    EXPECT_EQ(error_at([](FakePeer&) {}).code, Errc::Closed);
    EXPECT_EQ(error_at([](FakePeer& peer) { peer.stall(); }).code, Errc::Timeout);
    EXPECT_EQ(error_at([](FakePeer& peer) {
                  peer.send(kGreeting);
                  peer.stall();
              }).code,
              Errc::Timeout);
    const test::BlackHole hole;
    MysqlTarget target;
    target.endpoint = {false, "127.0.0.1", hole.port(), "mariadb"};
    MysqlStoreClient client(target, kHasty);
    EXPECT_EQ(client.probe().error().code, Errc::Timeout);
}

// It may ask for any way to log in, and some hand the password over.
TEST(MysqlFaults, AServerThatWantsThePasswordAsItIsDoesNotGetIt) {
    std::atomic<bool> was_told = false;
    const Error error = error_at([&](FakePeer& peer) {
        peer.send(kGreeting);
        const std::string head = peer.read_bytes(4);
        if (head.size() != 4) return;
        peer.read_bytes(static_cast<unsigned char>(head[0]));
        peer.send(packet(std::string("\xfe") + "mysql_clear_password" + '\0', 2));
        if (peer.read_bytes(13).find("hush") != std::string::npos) was_told = true;
    });
    EXPECT_FALSE(was_told);
    EXPECT_EQ(error.code, Errc::Refused) << error.detail;
}

// As a hostile one does to read what PHP may read.
TEST(MysqlFaults, AServerThatAsksForAFileDoesNotGetIt) {
    std::atomic<bool> was_told = false;
    error_at([&](FakePeer& peer) {
        peer.send(kGreeting);
        for (int i = 0; i < 2; ++i) {
            const std::string head = peer.read_bytes(4);
            if (head.size() != 4) return;
            peer.read_bytes(static_cast<unsigned char>(head[0]) |
                            static_cast<unsigned char>(head[1]) << 8u);
            const std::string ok("\0\0\0\2\0\0\0", 7);
            peer.send(i == 0 ? packet(ok, 2) : packet("\xfb/etc/passwd", 1));
        }
        if (peer.read_bytes(64).find("root:") != std::string::npos) was_told = true;
    });
    EXPECT_FALSE(was_told);
}

// ---- spoiled answers among good ones

class MysqlSpoiled : public test::MysqlTest {
  protected:
    // How many requests of a usual life fail.
    static int failures(MysqlStoreClient& client) {
        int failed = 0;
        const auto note = [&](const auto& reply) { failed += reply ? 0 : 1; };
        const Session session("a", "x", {1, 1});
        const Session next("a", "y", {2, 2});
        note(client.lock(session.key, "host:1"));
        PutRequest request = session.put(client);
        request.hint = as_bytes("known");
        request.unlock = HeldLock{owner("host:1"), 0};
        note(client.put(request));
        note(client.fetch(session.key, Want::Value, true));
        note(client.put(next.put(client, client.store().predicted_cas({1, 1}))));
        note(client.touch(session.key, 60));
        note(client.release(session.key, {owner("host:2"), 0}));
        note(client.probe());
        return failed;
    }
    // Spoils what the server says to one packet after the other, of which there are so many.
    void spoil_each(const std::function<bool(std::string&)>& misdeed,
                    const std::function<void(int failed)>& expect) {
        constexpr int kPackets = 10;  // the table is made, and named, by the first
        for (int at = 0; at < kPackets; ++at) {
            SCOPED_TRACE(at);
            std::atomic<int> packets = 0;
            std::atomic<bool> is_over = false;
            MysqlRelay relay(server(), [&](std::string& bytes, int asked) {
                if (asked < packets || is_over) return true;
                packets = asked;
                if (asked != at) return true;
                is_over = true;
                return misdeed(bytes);
            });
            MysqlStoreClient client(
                relay.target(target().table),
                {.connect_timeout = seconds(2), .io_timeout = milliseconds(300)});
            expect(failures(client));
            const Session session("after " + std::to_string(at), "good");
            (void)client.probe();
            const auto stored = client.put(session.put(client));
            ASSERT_TRUE(stored) << stored.error().detail;
            EXPECT_EQ(payload_of(*client.fetch(session.key)), "good");
        }
    }
};

TEST_F(MysqlSpoiled, AnEndInAnyPositionIsAtMostOneError) {
    spoil_each([](std::string&) { return false; }, [](int failed) { EXPECT_LE(failed, 1); });
}

TEST_F(MysqlSpoiled, SilenceInAnyPositionIsAtMostOneError) {
    spoil_each(
        [](std::string& bytes) {
            bytes.clear();
            return true;
        },
        [](int failed) { EXPECT_LE(failed, 1); });
}

TEST_F(MysqlSpoiled, GarbageInAnyPositionCostsLittleAndHarmsNothing) {
    for (const char filler : {'\0', '\xff', '\xfe', '\1', 'x'}) {
        SCOPED_TRACE(static_cast<int>(filler));
        spoil_each(
            [filler](std::string& bytes) {
                bytes.assign(bytes.size(), filler);
                return true;
            },
            [](int failed) { EXPECT_LE(failed, 2); });
    }
}

// Within packets whose lengths are right.
TEST_F(MysqlSpoiled, OtherBytesInAnAnswerHarmNothing) {
    for (const std::size_t step : {5u, 7u, 11u})
        spoil_each(
            [step](std::string& bytes) {
                for (std::size_t i = step; i < bytes.size(); i += step) bytes[i] ^= '\x55';
                return true;
            },
            [](int failed) { EXPECT_LE(failed, 3); });
}

TEST_F(MysqlSpoiled, AnswersInSmallPiecesAreUnderstood) {
    MysqlRelay relay(server(), [](std::string&, int) { return true; });
    MysqlStoreClient client(relay.target(target().table));
    EXPECT_EQ(failures(client), 0);
}

TEST_F(MysqlSpoiled, AWriteThatMeetsItselfOnAnotherConnectionIsStored) {
    std::atomic<bool> is_armed = false;
    MysqlRelay relay(server(), [&](std::string&, int) { return !is_armed.exchange(false); });
    MysqlStoreClient client(relay.target(target().table));
    ASSERT_TRUE(client.probe());
    const Session session("a", "x", {7, 7});
    HeldLock held = client.lock(session.key, "host:1")->holder;
    PutRequest request = session.put(client);
    request.unlock = held;
    is_armed = true;
    const auto stored = client.put(request);
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    EXPECT_FALSE(stored->lock_lost);
    is_armed = true;
    const auto claimed = client.lock(session.key, "host:2");
    ASSERT_TRUE(claimed) << claimed.error().detail;
    EXPECT_EQ(claimed->lock, LockState::Granted);
    EXPECT_EQ(relay.connections(), 3);
}

TEST_F(MysqlSpoiled, ADeadlockIsReadAgain) {
    const std::string deadlock = packet(std::string("\xff\xbd\x04#40001Deadlock found"), 1);
    std::atomic<int> times = 0;
    MysqlRelay relay(server(), [&](std::string& bytes, int) {
        if (times > 0 && times-- > 0) bytes = deadlock;
        return true;
    });
    MysqlStoreClient client(relay.target(target().table));
    ASSERT_TRUE(client.probe());
    const Session session("a", "x");
    times = 2;
    const auto stored = client.put(session.put(client));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    // Without end: whoever reads again decides.
    const Session next("a", "y", {2, 2});
    times = 4;
    const auto conflict = client.put(next.put(client, stored->cas));
    ASSERT_TRUE(conflict) << conflict.error().detail;
    EXPECT_EQ(conflict->outcome, PutOutcome::Conflict);
    EXPECT_EQ(relay.connections(), 1);
}

// ---- rows and answers of strangers

TEST(MysqlAnswers, ARowOfOtherKindsIsNoRow) {
    const auto text = [](std::string_view bytes) {
        const ByteView view = as_bytes(bytes);
        return SqlField(Bytes(view.begin(), view.end()));
    };
    const SqlRow good{text("1764583200.123"),
                      text("1764583200"),
                      text("7"),
                      text("1764583300"),
                      text("host:1"),
                      text("1764583210"),
                      text("1"),
                      text("hint"),
                      text("v")};
    SqlRow copy = good;
    const auto row = read_row(copy);
    ASSERT_TRUE(row);
    EXPECT_TRUE(row->is_alive && row->is_locked);
    EXPECT_EQ(row->ttl_left_s, 100);
    EXPECT_EQ(row->holder, owner("host:1"));
    for (const std::size_t at : {1u, 2u, 3u, 5u, 6u})
        for (const char* const bad : {"", "x", "-1", "1.5", "1e3", " 1", "99999999999999999999"}) {
            copy = good;
            copy[at] = text(bad);
            EXPECT_FALSE(read_row(copy)) << at << bad;
            copy[at].reset();
            EXPECT_FALSE(read_row(copy)) << at << " NULL";
        }
    for (const std::size_t at : {0u, 4u, 7u}) {
        copy = good;
        copy[at].reset();
        EXPECT_FALSE(read_row(copy)) << at;
    }
    copy = good;
    copy[0] = text(std::string(1000, '1'));
    EXPECT_FALSE(read_row(copy));
    copy = good;
    copy.pop_back();
    EXPECT_FALSE(read_row(copy));
    copy.clear();
    EXPECT_FALSE(read_row(copy));
    copy = good;
    copy[4] = text("an owner | with blanks");
    EXPECT_EQ(read_row(copy)->holder, LockOwner()) << "held, and nobody knows by whom";
    copy = good;
    copy[2] = text("0");
    copy[3] = text("18446744073709551615");
    EXPECT_EQ(read_row(copy)->cas, 1u);
}

TEST(MysqlAnswers, APutIsBelievedOnlyWhatItCanSay) {
    SqlAnswer answer;
    EXPECT_EQ(read_put(answer, true)->outcome, PutOutcome::Stored);
    EXPECT_EQ(read_put(answer, false)->outcome, PutOutcome::Missing);
    for (const std::uint64_t strange : {2u, 4u, 16u, 32u, 33u, 1u << 31}) {
        answer.insert_id = strange;
        EXPECT_FALSE(read_put(answer, false)) << strange;
    }
    answer.insert_id = 1;
    answer.has_rows = true;
    EXPECT_FALSE(read_put(answer, false));
}

TEST(MysqlAnswers, TimeIsKeptAsTheServerTellsIt) {
    ServerTime time;
    const TimePoint start{seconds(1000)};
    for (const char* const strange : {"", "x", "-5", "99999999999999999999", "0"}) {
        time.note(strange, start);
        EXPECT_FALSE(time.is_known()) << strange;
    }
    time.note("1764583200.125", start);
    EXPECT_EQ(time.at(start + milliseconds(2900)), "1764583203.025");
    time.note("1764583201", start);
    EXPECT_EQ(time.at(start + milliseconds(7)), "1764583201.007");
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL

// SPDX-License-Identifier: BSD-3-Clause
// The store against servers that are slow, broken or hostile: each costs a connection, a counter
// and an error that says so, and nothing else.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "store/memcached/split_value.h"
#include "support/fake_server.h"
#include "support/store_client.h"

namespace sessmirror::store {
namespace {

using test::FakePeer;
using test::FakeServer;
using test::greet;
using test::key_of;
using test::opaque_of;
using test::owner;
using test::Session;
using test::StoreClient;

StoreSpec at(std::uint16_t port) {
    StoreSpec spec;
    spec.host = "127.0.0.1";
    spec.port = port;
    return spec;
}

// A server that greets well and then does `misdeed` with the first command.
using Misdeed = std::function<void(FakePeer&, const std::string& command)>;
FakeServer::Script first_command(Misdeed misdeed) {
    return [misdeed = std::move(misdeed)](FakePeer& peer, int) {
        const std::string command = greet(peer);
        if (!command.empty()) misdeed(peer, command);
    };
}

// What a fetch meets at such a server.
struct Outcome {
    Error error;
    int protocol_errors;
    int connected;
};
Outcome fetch_at(FakeServer::Script script) {
    FakeServer server(std::move(script));
    StoreClient client(at(server.port()));
    const auto reply = client.fetch(key_of("a"));
    return {reply ? Error(Errc::Internal, "the fetch succeeded") : reply.error(),
            client.events.protocol_errors, client.events.connected};
}
Outcome fetch_from(const Misdeed& misdeed) {
    return fetch_at(first_command(misdeed));
}
// From one whose answer to the first words is `line`.
Outcome fetch_greeted_with(const std::string& line) {
    return fetch_at([line](FakePeer& peer, int) {
        peer.read_command();
        peer.send(line);
        peer.stall();
    });
}

void expect_protocol_error(const Misdeed& misdeed) {
    const Outcome outcome = fetch_from(misdeed);
    EXPECT_EQ(outcome.error.code, Errc::Protocol) << outcome.error.detail;
    EXPECT_EQ(outcome.protocol_errors, 1);
}

TEST(MemcachedFaults, GarbageEndsTheConnection) {
    expect_protocol_error([](FakePeer& peer, const std::string&) {
        peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
        peer.stall();
    });
}

TEST(MemcachedFaults, AnErrorLineEndsTheConnection) {
    expect_protocol_error([](FakePeer& peer, const std::string&) {
        peer.send("ERROR\r\n");
        peer.stall();
    });
    expect_protocol_error([](FakePeer& peer, const std::string&) {
        peer.send("ERROR with a reason\r\n");
        peer.stall();
    });
}

TEST(MemcachedFaults, ALineThatDoesNotEndIsNotCollectedForEver) {
    expect_protocol_error(
        [](FakePeer& peer, const std::string&) { peer.flood(std::string(100, 'V')); });
}

TEST(MemcachedFaults, AnAnswerToAnotherQuestionIsNeverHandedOut) {
    expect_protocol_error([](FakePeer& peer, const std::string&) {
        peer.send("VA 5 c1 f1 t60 O999\r\nother\r\n");
        peer.stall();
    });
}

TEST(MemcachedFaults, AnAnswerWithoutOpaqueIsNotBelieved) {
    expect_protocol_error([](FakePeer& peer, const std::string&) {
        peer.send("VA 5 c1 f1 t60\r\nother\r\n");
        peer.stall();
    });
}

TEST(MemcachedFaults, AnAnswerOfTheWrongKindEndsTheConnection) {
    expect_protocol_error([](FakePeer& peer, const std::string& command) {
        peer.send("NS" + opaque_of(command) + "\r\n");
        peer.stall();
    });
}

TEST(MemcachedFaults, AValueThatIsLongerThanAnnouncedEndsTheConnection) {
    expect_protocol_error([](FakePeer& peer, const std::string& command) {
        peer.send("VA 3 c1 f1 t60" + opaque_of(command) + "\r\nlonger\r\n");
        peer.stall();
    });
}

TEST(MemcachedFaults, AnAnnouncedSizeBeyondTheLimitEndsTheConnection) {
    expect_protocol_error([](FakePeer& peer, const std::string& command) {
        peer.send("VA 99999999999 c1 f1 t60" + opaque_of(command) + "\r\n");
        peer.flood("x");
    });
}

// Announces 4096 chunks of 1000 bytes, and then each of them as large as any value may be.
TEST(MemcachedFaults, AChunkThatIsLargerThanAnnouncedEndsTheConnectionBeforeMemoryIsTaken) {
    const Manifest manifest{{1, 1}, 1000, 4096, 4'096'000};
    record::Envelope envelope;
    envelope.version = manifest.attempt;
    const auto header = record::encode(envelope, key_of("a").text(), {});
    const auto announced = encode_manifest(manifest);
    expect_protocol_error([&](FakePeer& peer, const std::string& command) {
        std::string item(as_text(header.view()));
        item += as_text(announced);
        peer.send("VA " + std::to_string(item.size()) + " c1 f2147483649 t60" + opaque_of(command) +
                  "\r\n" + item + "\r\n");
        for (std::string line = peer.read_command(); !line.empty(); line = peer.read_command()) {
            peer.send("VA 100000" + opaque_of(line) + "\r\n" + std::string(100'000, 'x') + "\r\n");
        }
    });
}

TEST(MemcachedFaults, AValueWhereNoneCanBeEndsTheConnectionBeforeMemoryIsTaken) {
    FakeServer server(first_command([](FakePeer& peer, const std::string& command) {
        peer.send("VA 100000 c1" + opaque_of(command) + "\r\n" + std::string(100'000, 'x') +
                  "\r\n");
        peer.stall();
    }));
    StoreClient client(at(server.port()), {.io_timeout = std::chrono::seconds(5)});
    EXPECT_EQ(client.release(key_of("a"), {owner("me"), 0}).error().code, Errc::Protocol);
    EXPECT_EQ(client.fetch(key_of("a"), Want::Version).error().code, Errc::Protocol);
    EXPECT_EQ(client.events.protocol_errors, 2);
}

TEST(MemcachedFaults, AHintThatIsNoneIsNotKept) {
    FakeServer server(first_command([](FakePeer& peer, const std::string& command) {
        peer.send("VA 1000" + opaque_of(command) + "\r\n" + std::string(1000, 'h') + "\r\n");
        peer.send("EN" + opaque_of(peer.read_command()) + "\r\n");
        peer.stall();
    }));
    StoreClient client(at(server.port()));
    const auto reply = client.fetch(key_of("a"), Want::Value, true);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_TRUE(reply->hint.empty());
}

TEST(MemcachedFaults, BytesBehindTheAnswerEndTheConnection) {
    FakeServer server(first_command([](FakePeer& peer, const std::string& command) {
        peer.send("EN" + opaque_of(command) + "\r\nVA 5 c1 f1 t60 O2\r\nother\r\n");
        peer.stall();
    }));
    StoreClient client(at(server.port()));
    const auto reply = client.fetch(key_of("a"));
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_FALSE(reply->found);
    client.loop().run_ready();
    EXPECT_EQ(client.events.protocol_errors, 1);
}

TEST(MemcachedFaults, AServerThatIsNoMemcachedIsRefused) {
    EXPECT_EQ(fetch_greeted_with("-ERR unknown command\r\n").error.code, Errc::Protocol);
}

TEST(MemcachedFaults, AStoreAtItsLimitOfConnectionsSaysSo) {
    const Outcome outcome = fetch_greeted_with("ERROR Too many open connections\r\n");
    EXPECT_EQ(outcome.error.code, Errc::Refused);
    EXPECT_NE(std::string(outcome.error.detail).find("Too many open connections"),
              std::string::npos);
    EXPECT_EQ(outcome.protocol_errors, 0);
}

TEST(MemcachedFaults, AStoreWithoutCompareAndSetIsRefused) {
    const Outcome outcome = fetch_from([](FakePeer& peer, const std::string& command) {
        peer.send("VA 1 c0 f1 t60" + opaque_of(command) + "\r\nx\r\n");
        peer.stall();
    });
    EXPECT_EQ(outcome.error.code, Errc::StoreError);
    EXPECT_NE(std::string(outcome.error.detail).find("-C"), std::string::npos);
}

TEST(MemcachedFaults, TheStoresOwnErrorIsReportedAndTheConnectionKept) {
    FakeServer server([](FakePeer& peer, int) {
        std::string command = greet(peer);
        peer.send("SERVER_ERROR out of memory\x01 storing object\r\n");
        command = peer.read_command();
        peer.send("EN" + opaque_of(command) + "\r\n");
        peer.stall();
    });
    StoreClient client(at(server.port()));
    const auto failed = client.fetch(key_of("a"));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::StoreError);
    EXPECT_NE(std::string(failed.error().detail).find("out of memory? storing"), std::string::npos);
    EXPECT_TRUE(client.fetch(key_of("a")));
    EXPECT_EQ(server.connections(), 1);
}

TEST(MemcachedFaults, AHalfAnswerFollowedByTheEndIsNoAnswer) {
    const Outcome outcome = fetch_from([](FakePeer& peer, const std::string& command) {
        peer.send("VA 100 c1 f1 t60" + opaque_of(command) + "\r\nhalf");
    });
    EXPECT_EQ(outcome.error.code, Errc::Closed);
}

TEST(MemcachedFaults, SilenceEndsWithATimeoutAndTheNextRequestReconnects) {
    FakeServer server([](FakePeer& peer, int connection) {
        const std::string command = greet(peer);
        if (connection == 1) peer.send("EN" + opaque_of(command) + "\r\n");
        peer.stall();
    });
    StoreClient client(at(server.port()), {.io_timeout = milliseconds(40)});
    const TimePoint before = client.loop().now();
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::Timeout);
    EXPECT_GE(client.loop().now() - before, milliseconds(40));
    EXPECT_TRUE(client.fetch(key_of("a")));
    EXPECT_EQ(server.connections(), 2);
}

TEST(MemcachedFaults, ARequestsOwnDeadlineIsKeptWhenItIsShorter) {
    FakeServer server(first_command([](FakePeer& peer, const std::string&) { peer.stall(); }));
    StoreClient client(at(server.port()), {.io_timeout = std::chrono::seconds(30)});
    client.patience = milliseconds(30);
    const TimePoint before = client.loop().now();
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::OutOfTime);
    EXPECT_LT(client.loop().now() - before, std::chrono::seconds(10));
}

TEST(MemcachedFaults, EndlessDataEndsWithTheRequestsDeadline) {
    FakeServer server(first_command([](FakePeer& peer, const std::string& command) {
        peer.send("VA 16000000 c1 f1 t60" + opaque_of(command) + "\r\n");
        for (bool alive = true; alive;) {
            alive = peer.send("x");
        }
    }));
    StoreClient client(at(server.port()), {.io_timeout = milliseconds(50)});
    client.patience = milliseconds(300);
    const TimePoint before = client.loop().now();
    EXPECT_FALSE(client.fetch(key_of("a")));
    EXPECT_LT(client.loop().now() - before, std::chrono::seconds(10));
}

TEST(MemcachedFaults, ALateAnswerNeverReachesTheNextRequest) {
    FakeServer server([](FakePeer& peer, int connection) {
        const std::string command = greet(peer);
        if (connection == 0) {
            peer.read_command();  // ends when the client gives up
            peer.send("VA 5 c1 f1 t60" + opaque_of(command) + "\r\nother\r\n");
        } else {
            peer.send("EN" + opaque_of(command) + "\r\n");
            peer.stall();
        }
    });
    StoreClient client(at(server.port()), {.io_timeout = milliseconds(30)});
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::Timeout);
    const auto reply = client.fetch(key_of("b"));
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_FALSE(reply->found);
}

TEST(MemcachedFaults, ATimedOutClaimIsWithdrawnOnItsConnection) {
    std::string command;
    std::string data;
    {
        FakeServer server(first_command([&](FakePeer& peer, const std::string&) {
            peer.skip_commands(1);  // of the claim: the session's get
            command = peer.read_command();
            data = peer.last_data();
        }));
        StoreClient client(at(server.port()), {.io_timeout = milliseconds(30)});
        EXPECT_EQ(client.lock(key_of("a"), "host:1").error().code, Errc::Timeout);
    }
    EXPECT_TRUE(command.starts_with("ms " + std::string(key_of("a").text()) + ".l.w 7 MA"))
        << command;
    EXPECT_EQ(data, "|host:1");
}

// A server, or what is before it, that ends each connection with the claim's answer.
TEST(MemcachedFaults, AClaimWhoseAnswerWasLostWithItsConnectionIsWithdrawnOnTheNext) {
    std::string command;
    std::string data;
    {
        FakeServer server([&](FakePeer& peer, int connection) {
            const std::string first = greet(peer);
            if (connection != 1) return;
            command = first;
            data = peer.last_data();
        });
        StoreClient client(at(server.port()));
        EXPECT_EQ(client.lock(key_of("a"), "host:1").error().code, Errc::Closed);
        EXPECT_FALSE(client.probe());  // behind it
    }
    EXPECT_TRUE(command.starts_with("ms " + std::string(key_of("a").text()) + ".l.w 7 MA"))
        << command;
    EXPECT_EQ(data, "|host:1");
}

TEST(MemcachedFaults, ARefusedClaimNeedsNoWithdrawal) {
    std::string extra = "unset";
    {
        FakeServer server(first_command([&](FakePeer& peer, const std::string& command) {
            peer.send("NS" + opaque_of(command) + "\r\n");
            peer.skip_commands(1);
            extra = peer.read_command();
        }));
        StoreClient client(at(server.port()), {.io_timeout = milliseconds(30)});
        EXPECT_EQ(client.lock(key_of("a"), "host:1").error().code, Errc::Timeout);
    }
    EXPECT_EQ(extra, "");
}

TEST(MemcachedFaults, AClaimThatExpectsAHolderAsksForItInItsPacket) {
    FakeServer server(first_command([&](FakePeer& peer, const std::string& command) {
        std::string answer = "NS" + opaque_of(command) + "\r\nVA 6 c5";
        answer += opaque_of(peer.read_command()) + "\r\nhost:1\r\n";
        for (int i = 0; i < 2; ++i) answer += "EN" + opaque_of(peer.read_command()) + "\r\n";
        peer.send(answer);
    }));
    StoreClient client(at(server.port()));
    const store::LockClaim claim{owner("host:2"), 30, true};
    client.store().fetch({key_of("a"), store::Want::Version, claim, client.deadline()},
                         &client.sink);
    client.loop().run_until(client.sink.done, client.deadline());
    ASSERT_TRUE(client.sink.fetched && *client.sink.fetched);
    EXPECT_EQ((*client.sink.fetched)->lock, LockState::Held);
    EXPECT_EQ((*client.sink.fetched)->holder.owner, owner("host:1"));
}

// A connection that works once and is closed under the next request, as by a restart.
FakeServer::Script closes_after_one(std::function<void(FakePeer&, const std::string&)> reborn) {
    return [reborn = std::move(reborn)](FakePeer& peer, int connection) {
        const std::string command = greet(peer);
        if (connection > 0) {
            reborn(peer, command);
            peer.stall();
            return;
        }
        peer.send("EN" + opaque_of(command) + "\r\n");
        peer.read_command();  // and hangs up
    };
}

TEST(MemcachedFaults, ARepeatedPutThatMeetsItselfIsStored) {
    const Session session("a", "x", {7, 7});
    FakeServer server(closes_after_one([&](FakePeer& peer, const std::string& command) {
        peer.send("NS" + opaque_of(command) + "\r\n");
        const std::string verify = peer.read_command();
        const std::string stored = std::string(as_text(session.header.view())) + session.payload;
        peer.send("VA " + std::to_string(stored.size()) + " c42" + opaque_of(verify) + "\r\n" +
                  stored + "\r\n");
    }));
    StoreClient client(at(server.port()));
    ASSERT_TRUE(client.fetch(session.key));
    const auto stored = client.put(session.put(client));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    EXPECT_EQ(stored->cas, 42u);
}

TEST(MemcachedFaults, ARepeatedPutThatMeetsAnotherVersionIsAConflict) {
    const Session session("a", "x", {7, 7});
    const Session other("a", "y", {8, 8});
    FakeServer server(closes_after_one([&](FakePeer& peer, const std::string& command) {
        peer.send("NS" + opaque_of(command) + "\r\n");
        const std::string verify = peer.read_command();
        const std::string stored = std::string(as_text(other.header.view())) + "y";
        peer.send("VA " + std::to_string(stored.size()) + " c42" + opaque_of(verify) + "\r\n" +
                  stored + "\r\n");
    }));
    StoreClient client(at(server.port()));
    ASSERT_TRUE(client.fetch(session.key));
    EXPECT_EQ(client.put(session.put(client))->outcome, PutOutcome::Conflict);
}

TEST(MemcachedFaults, ARepeatedPutSendsAPayloadThatItsOwnerKeptForIt) {
    const Session session("a", std::string(5000, 'x'), {7, 7});
    std::string sent;
    FakeServer server(closes_after_one([&](FakePeer& peer, const std::string& command) {
        sent = peer.last_data();
        peer.send("HD c9" + opaque_of(command) + "\r\n");
    }));
    StoreClient client(at(server.port()));
    ASSERT_TRUE(client.fetch(session.key));
    std::string borrowed = session.payload;
    auto payload = std::make_shared<store::SharedPayload>(as_bytes(borrowed));
    auto request = session.put(client);
    request.payload = payload->view();
    request.shared = payload;
    client.store().put(request, &client.sink);
    payload->keep();
    borrowed.assign(borrowed.size(), '?');
    client.sink.done = false;
    ASSERT_TRUE(client.loop().run_until(client.sink.done, client.deadline()));
    ASSERT_TRUE(client.sink.put && *client.sink.put);
    EXPECT_EQ((*client.sink.put)->outcome, PutOutcome::Stored);
    EXPECT_TRUE(sent.ends_with(session.payload.substr(0, 100)) && sent.find('?') == sent.npos);
}

TEST(MemcachedFaults, APutByHintIsNotMadeOnAnotherConnection) {
    const Session session("a", "x", {7, 7});
    bool asked_again = false;
    FakeServer server(closes_after_one(
        [&](FakePeer&, const std::string& command) { asked_again = !command.empty(); }));
    StoreClient client(at(server.port()));
    ASSERT_TRUE(client.fetch(session.key));
    auto request = session.put(client, 42);
    request.expected_by_hint = true;
    const auto refused = client.put(request);
    ASSERT_TRUE(refused) << refused.error().detail;
    EXPECT_EQ(refused->outcome, PutOutcome::Conflict);
    EXPECT_FALSE(asked_again);
}

TEST(MemcachedFaults, ARepeatedClaimThatMeetsItselfIsGranted) {
    FakeServer server(closes_after_one([](FakePeer& peer, const std::string& command) {
        const std::string get = peer.read_command();
        peer.send("NS" + opaque_of(command) + "\r\nEN" + opaque_of(get) + "\r\n");
        const std::string claim = peer.read_command();
        const std::string read = peer.read_command();
        const std::string withdrawn = peer.read_command();
        const std::string get_again = peer.read_command();
        peer.send("NS" + opaque_of(claim) + "\r\nVA 6 c5" + opaque_of(read) + "\r\nhost:1\r\nEN" +
                  opaque_of(withdrawn) + "\r\nEN" + opaque_of(get_again) + "\r\n");
    }));
    StoreClient client(at(server.port()));
    ASSERT_TRUE(client.fetch(key_of("a")));
    const auto reply = client.lock(key_of("a"), "host:1");
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->lock, LockState::Granted);
    EXPECT_EQ(reply->holder.cas, 5u);
}

TEST(MemcachedFaults, AConnectionThatIsClosedTwiceIsAnError) {
    FakeServer server([](FakePeer& peer, int connection) {
        const std::string command = greet(peer);
        if (connection == 0) peer.send("EN" + opaque_of(command) + "\r\n");
        if (connection == 0) peer.read_command();
    });
    StoreClient client(at(server.port()));
    ASSERT_TRUE(client.fetch(key_of("a")));
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::Closed);
    EXPECT_EQ(server.connections(), 2);
}

TEST(MemcachedFaults, AForgottenSinkIsNeverCalled) {
    FakeServer server(first_command([](FakePeer& peer, const std::string& command) {
        peer.send("EN" + opaque_of(command) + "\r\n");
        const std::string second = peer.read_command();
        peer.send("EN" + opaque_of(second) + "\r\n");
        peer.stall();
    }));
    StoreClient client(at(server.port()));
    test::CollectingSink forgotten;
    client.store().fetch({key_of("a"), Want::Value, std::nullopt, client.deadline()}, &forgotten);
    client.store().forget(&forgotten);
    ASSERT_TRUE(client.fetch(key_of("b")));
    EXPECT_EQ(forgotten.answers, 0);
}

TEST(MemcachedFaults, SinksAreNeverCalledFromInsideARequest) {
    StoreClient client(at(test::free_port()));
    test::CollectingSink sink;
    client.store().probe(client.deadline(), &sink);
    const std::string huge((16u << 20) + 1, 'x');
    const Session session("a", huge);
    client.store().put(session.put(client), &sink);
    EXPECT_EQ(sink.answers, 0);
    sink.done = false;
    client.loop().run_until(sink.done, client.deadline());
    sink.done = sink.answers == 2;
    client.loop().run_until(sink.done, client.deadline());
    EXPECT_EQ(sink.answers, 2);
}

TEST(MemcachedFaults, ANewServerIsToldTheCasOfAVersion) {
    std::string command;
    FakeServer server([&](FakePeer& peer, int) {
        peer.read_command();
        peer.send("VERSION 1.6.38\r\n");
        const std::string get = peer.read_command();
        peer.send("EN" + opaque_of(get) + "\r\n");
        command = peer.read_command();
        peer.send("HD c30064771079" + opaque_of(command) + "\r\n");
        peer.stall();
    });
    StoreClient client(at(server.port()));
    EXPECT_EQ(client.store().predicted_cas({7, 7}), 0u) << "unknown before the first answer";
    ASSERT_TRUE(client.fetch(key_of("a")));
    EXPECT_EQ(client.store().predicted_cas({7, 7}), 30064771079u);
    ASSERT_TRUE(client.put(Session("a", "x", {7, 7}).put(client)));
    EXPECT_NE(command.find(" E30064771079 "), std::string::npos) << command;
}

}  // namespace
}  // namespace sessmirror::store

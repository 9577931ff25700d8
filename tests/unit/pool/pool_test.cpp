// SPDX-License-Identifier: BSD-3-Clause
#include "pool/pool.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <utility>

#include "pool/outage_notices.h"
#include "pool/store_list.h"
#include "support/fake_store.h"
#include "support/manual_clock.h"

namespace sessmirror::pool {
namespace {

using std::chrono::seconds;

// Records what it is told and, when asked, makes another request from inside the reply.
class Recorder final : public store::StoreSink {
  public:
    void on_fetch(int index, Result<store::FetchReply> reply) noexcept override {
        store = index;
        value_size = reply ? static_cast<int>(reply->value.size()) : -1;
        ++fetches;
        if (again != nullptr) again->probe({}, this);
    }
    void on_put(int, Result<store::PutReply> reply) noexcept override {
        puts += reply.has_value() ? 1 : 100;
    }
    void on_touch(int, Result<store::TouchReply>) noexcept override { ++touches; }
    void on_release(int, Result<store::ReleaseReply>) noexcept override { ++releases; }
    void on_probe(int, Status) noexcept override { ++probes; }

    store::Store* again = nullptr;
    int store = -1, value_size = -2, fetches = 0, puts = 0, touches = 0, releases = 0, probes = 0;
};

class PoolTest : public testing::Test {
  protected:
    void make(std::string_view list) {
        std::vector<Pool::Member> members;
        fakes.clear();
        const auto specs = parse_store_list(list);
        ASSERT_TRUE(specs.has_value());
        for (const auto& spec : *specs) {
            auto fake = std::make_unique<test::FakeStore>(static_cast<int>(members.size()));
            fakes.push_back(fake.get());
            members.push_back({spec, std::move(fake)});
        }
        pool = std::make_unique<Pool>(std::move(members), 0, *page, clock, random, journal, terms);
    }
    void fail(int index, const Error& error) {
        pool->store(index).probe({}, nullptr);
        fakes[static_cast<std::size_t>(index)]->answer_probe(error);
    }
    void fail(int index, Errc code) { fail(index, Error(code, "it failed")); }
    void answer(int index) {
        pool->store(index).probe({}, nullptr);
        fakes[static_cast<std::size_t>(index)]->answer_probe(kOk);
    }
    std::string journal_line() {
        JournalEntry entry;
        return journal.take(entry) ? entry.text : "";
    }

    HostPagePtr page = make_host_page(1);
    test::ManualClock clock;
    test::SeededRandom random;
    Journal journal;
    PoolTerms terms;
    std::vector<test::FakeStore*> fakes;
    std::unique_ptr<Pool> pool;
    Recorder sink;
};

TEST_F(PoolTest, KnowsItsMembersByIndexAndByName) {
    make("a,b:2,/c");
    EXPECT_EQ(pool->size(), 3);
    EXPECT_EQ(pool->name(1), "b:2");
    EXPECT_EQ(pool->spec(2).host, "/c");
    EXPECT_EQ(pool->index_of(pool->name_hash(2)), 2);
    EXPECT_EQ(pool->index_of(1), -1);
    EXPECT_EQ(pool->local(), 0);
    EXPECT_EQ(pool->rank(store::derive_key("", "", "x"), 3).size, 3);
    EXPECT_EQ(pool->store(0).max_payload(), 4711u);
    EXPECT_EQ(pool->store(0).predicted_cas({1, 9}), 9u);
}

TEST_F(PoolTest, EachKindOfReplyReachesItsOwnSink) {
    make("a,b");
    Recorder other;
    auto& store = pool->store(1);
    store.fetch({}, &sink);
    store.put({}, &other);
    store.touch({}, 1, {}, &sink);
    store.release({}, {}, {}, &other);
    store.probe({}, &sink);
    store::FetchReply reply;
    reply.value.resize(3);
    fakes[1]->answer_fetch(reply);
    fakes[1]->answer_put(store::PutReply{});
    fakes[1]->answer_touch(store::TouchReply{});
    fakes[1]->answer_release(store::ReleaseReply{});
    fakes[1]->answer_probe(kOk);
    EXPECT_EQ(sink.store, 1);
    EXPECT_EQ(sink.value_size, 3);
    EXPECT_EQ(sink.fetches + sink.touches + sink.probes, 3);
    EXPECT_EQ(other.puts + other.releases, 2);
    EXPECT_EQ(sink.puts + sink.releases + other.fetches + other.touches + other.probes, 0);
    EXPECT_EQ(pool->health(1).slot().requests.load(), 5u);
    EXPECT_EQ(pool->health(0).slot().requests.load(), 0u);
}

TEST_F(PoolTest, AForgottenSinkIsNotCalledButItsReplyCounts) {
    make("a");
    pool->store(0).fetch({}, &sink);
    pool->forget(&sink);
    fakes[0]->answer_fetch(Error(Errc::Timeout, "no answer"));
    EXPECT_EQ(sink.fetches, 0);
    EXPECT_FALSE(pool->is_up(0));
    EXPECT_EQ(page->value(Counter::Timeouts), 1u);
}

TEST_F(PoolTest, ForgettingOneRequestersSinkLeavesTheOthers) {
    make("a");
    Recorder other;
    pool->store(0).probe({}, &other);
    pool->store(0).probe({}, &sink);
    pool->store(0).forget(&other);
    fakes[0]->answer_probe(kOk);
    fakes[0]->answer_probe(kOk);
    EXPECT_EQ(other.probes, 0);
    EXPECT_EQ(sink.probes, 1);
}

TEST_F(PoolTest, AReplyMayMakeTheNextRequest) {
    make("a");
    sink.again = &pool->store(0);
    pool->store(0).fetch({}, &sink);
    fakes[0]->answer_fetch(store::FetchReply{});
    ASSERT_EQ(fakes[0]->pending.size(), 1u);
    fakes[0]->answer_probe(kOk);
    EXPECT_EQ(sink.probes, 1);
}

TEST_F(PoolTest, CanBeDestroyedWithRequestsPending) {
    make("a");
    // The inner store must have been told to forget each node before the nodes are gone.
    class LateStore final : public store::Store {
      public:
        explicit LateStore(int& left) : left_(left) {}
        ~LateStore() override { left_ = open_; }
        void fetch(const store::FetchRequest&, store::StoreSink*) override { ++open_; }
        void put(const store::PutRequest&, store::StoreSink*) override { ++open_; }
        void touch(const store::SessionKey&, std::uint32_t, TimePoint, store::StoreSink*) override {
        }
        void release(const store::SessionKey&, const store::HeldLock&, TimePoint,
                     store::StoreSink*) override {}
        void leave_hint(const store::SessionKey&, ByteView, std::uint32_t) override {}
        void flush() override {}
        void probe(TimePoint, store::StoreSink*) override {}
        void forget(const store::StoreSink*) noexcept override { --open_; }
        store::Cas predicted_cas(record::Version) const noexcept override { return 0; }
        std::uint64_t max_payload() const noexcept override { return 0; }

      private:
        int& left_;
        int open_ = 0;
    };
    int left = -1;
    std::vector<Pool::Member> members;
    members.push_back({parse_store_list("a")->front(), std::make_unique<LateStore>(left)});
    pool = std::make_unique<Pool>(std::move(members), 0, *page, clock, random, journal);
    pool->store(0).fetch({}, &sink);
    pool->store(0).put({}, nullptr);
    pool.reset();
    EXPECT_EQ(left, 0);
    EXPECT_EQ(sink.fetches, 0);
}

TEST_F(PoolTest, MeasuresHowLongAnswersTake) {
    make("a");
    pool->store(0).fetch({}, &sink);
    clock.advance(milliseconds(3));
    fakes[0]->answer_fetch(store::FetchReply{});
    EXPECT_EQ(pool->health(0).latency(), milliseconds(3));
}

TEST_F(PoolTest, DoesNotMeasureAnswersThatNobodyWaitedFor) {
    make("a");
    pool->store(0).fetch({}, &sink);
    pool->forget(&sink);
    clock.advance(seconds(3));  // it may have come long ago
    fakes[0]->answer_fetch(store::FetchReply{});
    EXPECT_EQ(pool->health(0).latency(), Duration::zero());
}

TEST_F(PoolTest, CountsFailuresByTheirKind) {
    make("a");
    for (const Errc code : {Errc::Timeout, Errc::Refused, Errc::Unreachable, Errc::BadName,
                            Errc::Protocol, Errc::Closed, Errc::StoreError})
        fail(0, code);
    EXPECT_EQ(page->value(Counter::Timeouts), 1u);
    EXPECT_EQ(page->value(Counter::ConnectFailures), 3u);
    EXPECT_EQ(pool->health(0).slot().errors.load(), 7u);
}

TEST_F(PoolTest, AnErrorReportedByTheStoreProvesThatItLives) {
    make("a");
    fail(0, Errc::StoreError);
    EXPECT_TRUE(pool->is_up(0));
    fail(0, Errc::Timeout);
    EXPECT_FALSE(pool->is_up(0));
    fail(0, Errc::StoreError);
    EXPECT_TRUE(pool->is_up(0));
    fail(0, Errc::TooLarge);
    EXPECT_TRUE(pool->is_up(0));
}

TEST_F(PoolTest, ProbesOneDueStoreAtATime) {
    make("a,b");
    EXPECT_FALSE(pool->probe_one_due({}));
    fail(0, Errc::Refused);
    fail(1, Errc::Refused);
    clock.advance(Health::kFirstBackoff);
    EXPECT_TRUE(pool->probe_one_due({}));
    EXPECT_TRUE(pool->probe_one_due({}));
    EXPECT_FALSE(pool->probe_one_due({}));
    ASSERT_EQ(fakes[0]->pending.size() + fakes[1]->pending.size(), 2u);
    fakes[1]->answer_probe(kOk);
    EXPECT_FALSE(pool->is_up(0));
    EXPECT_TRUE(pool->is_up(1));
}

TEST_F(PoolTest, TellsTheLogOnceWhenAStoreGoesDownAndOnceWhenItIsBack) {
    make("10.0.0.1");
    fail(0, Errc::Timeout);
    fail(0, Errc::Timeout);
    EXPECT_EQ(journal_line(),
              "store 10.0.0.1:11211 is down: it failed; it is the only one, so no session starts; "
              "it is probed again within 2 s");
    clock.advance(milliseconds(2500));
    answer(0);
    answer(0);
    EXPECT_EQ(journal_line(), "store 10.0.0.1:11211 is back after 2.5 s");
    EXPECT_EQ(journal_line(), "");
}

TEST_F(PoolTest, SaysThatOtherReplicasServeWhereThereAreSome) {
    make("a,b");
    fail(0, Errc::Timeout);
    EXPECT_NE(journal_line().find("sessions are served by the other replicas"), std::string::npos);
}

TEST_F(PoolTest, CountsServersAndNotTheirNames) {
    terms.twins = {kNoTwin, 0, kNoTwin, kNoTwin};
    make("a,b,c,d");
    pool->health(2).holdings().server = pool->health(3).holdings().server = 7;  // as a look found
    EXPECT_EQ(pool->twin_of(0), kNoTwin);
    EXPECT_EQ(pool->twin_of(1), 0);
    EXPECT_EQ(pool->twin_of(2), kNoTwin);
    EXPECT_EQ(pool->twin_of(3), 2);
    EXPECT_EQ(pool->count_servers(0), 0);
    EXPECT_EQ(pool->count_servers(0b0010), 1) << "where its twin has no copy it is a server";
    EXPECT_EQ(pool->count_servers(0b0011), 1);
    EXPECT_EQ(pool->count_servers(0b0110), 2);
    EXPECT_EQ(pool->count_servers(0b1111), 2);
}

TEST_F(PoolTest, TellsOnceThatTwoStoresAreOneServer) {
    terms.twins = {kNoTwin, 0};
    for (const char* const line :
         {"a:11211 and b:11211 are one server under two names, and keep one copy", ""}) {
        make("a,b");
        pool->report_twins();
        EXPECT_EQ(journal_line(), line);
    }
}

TEST_F(PoolTest, TellsOnceInAWhileThatAStoreRefusesSessions) {
    make("a,b");
    const auto refuse = [&] {
        pool->store(1).put({}, &sink);
        fakes[1]->answer_put(Error(Errc::StoreError, "it is full"));
    };
    for (int i = 0; i < 5; ++i) refuse();
    EXPECT_EQ(journal_line(),
              "a session has too few copies: store b:11211 refused it: it is full. "
              "Check the memory and the log of the store.");
    EXPECT_EQ(journal_line(), "");
    clock.advance(OutageNotices::kInterval);
    refuse();
    EXPECT_NE(journal_line().find("refused it"), std::string::npos);
}

TEST_F(PoolTest, AFlappingStoreDoesNotFloodTheLogAndItsLastLineIsTrue) {
    make("a");
    for (int i = 0; i < 10; ++i) {
        fail(0, Errc::Timeout);
        clock.advance(seconds(1));
        answer(0);
    }
    EXPECT_NE(journal_line().find("is down"), std::string::npos);
    EXPECT_NE(journal_line().find("is back"), std::string::npos);
    EXPECT_EQ(journal_line(), "");
    EXPECT_EQ(page->value(Counter::NoticesDropped), 9u);
    fail(0, Errc::Timeout);  // stays down: told when the interval is over
    EXPECT_EQ(journal_line(), "");
    clock.advance(OutageNotices::kInterval);
    fail(0, Errc::Timeout);
    EXPECT_NE(journal_line().find("is down"), std::string::npos);
}

TEST_F(PoolTest, HealthSurvivesANewPoolOfTheSameStores) {
    make("a,b");
    fail(1, Errc::Refused);
    make("b,c");
    EXPECT_FALSE(pool->is_up(0));
    EXPECT_TRUE(pool->is_up(1));
}

// The other worker's pool is made while the first one's is there.
TEST_F(PoolTest, WhatOneProcessLacksIsNotTheHostsTruth) {
    const auto with = [](Errc code, int number) { return Error(code, "x").with_errno(number); };
    for (const Error& error :
         {with(Errc::Refused, EACCES), with(Errc::Unreachable, EPERM),
          with(Errc::Unreachable, EMFILE), with(Errc::OutOfMemory, 0), with(Errc::BadName, 0)}) {
        make("a,b");
        fail(0, error);
        EXPECT_FALSE(pool->is_up(0));
        EXPECT_FALSE(pool->health(0).claim_probe());
        const auto own = std::exchange(pool, nullptr);
        make("a,b");
        EXPECT_TRUE(pool->is_up(0)) << describe(error.code) << error.sys_errno;
        EXPECT_EQ(pool->health(0).comparison_due(), 0u);
        EXPECT_FALSE(pool->health(0).is_in_doubt(clock.unix_seconds()));
        clock.advance(Health::kFirstBackoff);
        EXPECT_TRUE(own->health(0).claim_probe());
    }
}

TEST_F(PoolTest, AProcessThatIsLetInAgainUsesTheStoreAgain) {
    make("a");
    const Error denial = Error(Errc::Refused, "it failed").with_errno(EACCES);
    fail(0, denial);
    const std::string line = journal_line();
    EXPECT_NE(line.find("process"), std::string::npos) << line;
    EXPECT_NE(line.find("it failed"), std::string::npos) << line;
    fail(0, denial);
    EXPECT_EQ(journal_line(), "") << "once is enough for a while";
    answer(0);
    EXPECT_TRUE(pool->is_up(0));
    fail(0, Errc::Refused);
    make("a");
    EXPECT_FALSE(pool->is_up(0));
}

TEST_F(PoolTest, OneScriptsImpatienceIsNotTheHostsTruth) {
    make("a");
    const auto patient = std::exchange(pool, nullptr);
    terms.io_timeout = milliseconds(1);
    make("a");
    fail(0, Errc::Timeout);
    EXPECT_FALSE(pool->is_up(0));
    EXPECT_TRUE(patient->is_up(0));
    fail(0, Errc::Refused);
}

TEST_F(PoolTest, AHostWhoseWorkersAreAllAsImpatientSharesWhatTheyFind) {
    terms.io_timeout = milliseconds(20);
    make("a");
    const auto other = std::exchange(pool, nullptr);
    make("a");
    fail(0, Errc::Timeout);
    EXPECT_FALSE(other->is_up(0));
}

TEST_F(PoolTest, WhoIsMorePatientThanAllBeforeAsksAgainAtOnce) {
    terms.io_timeout = milliseconds(1);
    make("a");
    fail(0, Errc::Timeout);
    terms.io_timeout = milliseconds(200);
    make("a");
    EXPECT_TRUE(pool->health(0).claim_probe());
}

TEST_F(PoolTest, PrefixesShareWhetherAStoreIsUpAndNothingElse) {
    const auto key = store::derive_key("x:", "", "1");
    make("a");
    pool->health(0).set_filling(true);
    pool->note_missed(0, key);
    const auto first = std::exchange(pool, nullptr);
    terms.key_prefix = "other:";
    make("a");
    EXPECT_FALSE(pool->is_filling(0));
    EXPECT_EQ(pool->health(0).comparison_due(), 0u);
    EXPECT_TRUE(pool->list_missed(0).keys.empty());
    fail(0, Errc::Refused);
    EXPECT_FALSE(first->is_up(0));
    first->health(0).comparison_done(first->health(0).comparison_due());
    answer(0);
    EXPECT_NE(first->health(0).comparison_due(), 0u) << "the store was away for both";
    EXPECT_NE(pool->health(0).comparison_due(), 0u);
    pool->settle_missed(0, pool->list_missed(0).span);
    pool->health(0).comparison_done(pool->health(0).comparison_due());
    EXPECT_NE(first->health(0).comparison_due(), 0u) << "each prefix compares its own sessions";
    EXPECT_EQ(first->list_missed(0).keys.size(), 1u);
}

TEST_F(PoolTest, EveryPrefixLooksAfterAStoreThatReturnedToOne) {
    make("a");
    (void)pool->health(0).claim_refill(milliseconds(3000), milliseconds(5000));
    pool->health(0).next_refill_in(milliseconds(60'000));
    const auto first = std::exchange(pool, nullptr);
    terms.key_prefix = "other:";
    make("a");
    pool->health(0).note_return();
    EXPECT_TRUE(first->health(0).claim_refill(milliseconds(3000), milliseconds(5000)));
    EXPECT_FALSE(first->health(0).claim_refill(milliseconds(3000), milliseconds(5000)));
}

// Others read from that store, and nobody saw it go.
TEST_F(PoolTest, WhatAProcessCouldNotWriteItselfIsInDoubtForItsPrefix) {
    make("a");
    fail(0, Error(Errc::Refused, "it failed").with_errno(EACCES));
    pool->note_missed(0, store::derive_key("", "", "1"));
    make("a");
    EXPECT_TRUE(pool->health(0).is_in_doubt(clock.unix_seconds()));
    EXPECT_NE(pool->health(0).comparison_due(), 0u);
    terms.key_prefix = "other:";
    make("a");
    EXPECT_FALSE(pool->health(0).is_in_doubt(clock.unix_seconds()));
}

TEST_F(PoolTest, KeepsHealthForItselfWhenThePageIsFull) {
    for (std::uint64_t i = 2; i < 2 + HostPage::kStoreSlots; ++i) page->slot_for(i, clock.now());
    make("a");
    fail(0, Errc::Refused);
    EXPECT_FALSE(pool->is_up(0));
    EXPECT_NE(journal_line(), "");
}

TEST_F(PoolTest, SharesHealthOnceThePageHasRoomAgain) {
    for (std::uint64_t i = 2; i < 2 + HostPage::kStoreSlots; ++i) page->slot_for(i, clock.now());
    make("a");
    pool->keep_slots();
    EXPECT_EQ(pool->health(0).slot().name_hash.load(), 0u);
    clock.advance(HostPage::kIdle);
    pool->keep_slots();
    EXPECT_EQ(pool->health(0).slot().name_hash.load(), pool->name_hash(0));
    fail(0, Errc::Refused);
    make("a");
    EXPECT_FALSE(pool->is_up(0));
}

TEST_F(PoolTest, FindsAnotherSlotWhenItsOwnHasBecomeAnotherStores) {
    make("a");
    pool->health(0).slot().name_hash.store(99);
    pool->keep_slots();
    EXPECT_EQ(pool->health(0).slot().name_hash.load(), pool->name_hash(0));
}

}  // namespace
}  // namespace sessmirror::pool

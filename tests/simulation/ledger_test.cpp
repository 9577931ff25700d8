// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/ledger.h"

#include <gtest/gtest.h>

#include "simulation/found.h"

namespace sessmirror::simulation {
namespace {

using std::chrono::seconds;

// Histories by hand, each with one thing wrong. A call at `t` is answered at t + 0.1 s.
class Account {
  public:
    Account() {
        history.copies = 2;
        history.finals.push_back({});
    }

    Call& read(int t, int client, std::vector<OpId> ops) {
        Call& call = add(t, client, CallKind::Read);
        call.found = !ops.empty();
        call.ops = std::move(ops);
        return call;
    }
    // By a page that had read `from`.
    Call& write(int t, int client, OpId op, std::vector<OpId> from) {
        Call& call = add(t, client, CallKind::Write);
        call.op = op;
        call.found = !from.empty();
        call.ops = std::move(from);
        return call;
    }
    Call& destroy(int t, int client, std::vector<OpId> from) {
        Call& call = add(t, client, CallKind::Destroy);
        call.found = true;
        call.ops = std::move(from);
        return call;
    }
    void ends_with(std::vector<OpId> ops) { history.finals[0].ops = std::move(ops); }

    Found findings() {
        Report report;
        balance(history, report);
        return found_in(report);
    }

    History history;

  private:
    Call& add(int t, int client, CallKind kind) {
        Call& call = history.calls.emplace_back();
        call.client = client;
        call.sent = call.invoked = seconds(t);
        call.returned = call.received = seconds(t) + milliseconds(100);
        call.kind = kind;
        call.status = CallStatus::Ok;
        return call;
    }
};

// Client 1 makes 11, client 2 goes on with 12.
Account sound() {
    Account account;
    account.write(1, 1, 11, {});
    account.write(2, 2, 12, {11});
    account.read(3, 1, {11, 12});
    account.ends_with({11, 12});
    return account;
}

TEST(Ledger, FindsNothingWhereAllIsThere) {
    EXPECT_EQ(sound().findings(), Found{});
}

TEST(Ledger, SeesAChangeThatIsGoneAndWasCountedByNobody) {
    Account account = sound();
    account.write(4, 2, 13, {11, 12});
    EXPECT_EQ(account.findings(), (Found{{Finding::UncountedLoss, 1}}));
}

TEST(Ledger, CoversOneLossByOneCollisionAndNotTwo) {
    Account account = sound();
    account.write(4, 2, 13, {11, 12});
    account.write(5, 1, 14, {11, 12}).flags.collisions = 1;
    account.ends_with({11, 12, 14});
    EXPECT_EQ(account.findings(), Found{});
    account.write(6, 2, 15, {11, 12, 13});
    EXPECT_EQ(account.findings(), (Found{{Finding::MiscountedLoss, 1}}));
}

TEST(Ledger, TakesNoDegradedWriteFailoverOrConflictForAReportOfALoss) {
    Account account = sound();
    account.write(4, 2, 13, {11, 12}).flags = {true, true, true, true, true, false, 0};
    EXPECT_EQ(account.findings(), (Found{{Finding::UncountedLoss, 1}}));
}

TEST(Ledger, TakesWhatWasCountedAsideForAnySessionButOnce) {
    Account account = sound();
    account.write(4, 2, 13, {11, 12});
    account.write(5, 1, 21, {}).session = 1;
    account.history.finals.push_back({1, {}, false, {}});
    account.history.collisions_aside = 1;
    EXPECT_EQ(account.findings(), (Found{{Finding::UncountedLoss, 1}}));
    account.history.collisions_aside = 2;
    EXPECT_EQ(account.findings(), Found{});
}

TEST(Ledger, CoversALossByTellingWhoseItWasAndNobodyElse) {
    for (const int told : {1, 2}) {
        Account account = sound();
        account.write(4, 2, 13, {11, 12});
        account.read(5, told, {11, 12}).flags.stale = true;
        EXPECT_EQ(account.findings(), told == 2 ? Found{} : (Found{{Finding::UncountedLoss, 1}}));
    }
}

TEST(Ledger, DoesNotTakeWhatWasToldBeforeOrNeverArrivedForTelling) {
    Account early = sound();
    early.read(4, 2, {11}).flags.stale = true;
    early.write(5, 2, 13, {11, 12});
    EXPECT_EQ(early.findings(), (Found{{Finding::UncountedLoss, 1}}));
    Account cut_off = sound();
    cut_off.write(4, 2, 13, {11, 12});
    Call& told = cut_off.read(5, 2, {11, 12});
    told.flags.stale = true;
    told.received = Duration::max();
    EXPECT_EQ(cut_off.findings(), (Found{{Finding::UncountedLoss, 1}}));
}

TEST(Ledger, ExcusesALossByAsManyLostCopies) {
    Account account = sound();
    account.write(4, 2, 13, {11, 12});
    account.history.losses = {{0, seconds(5)}};
    EXPECT_EQ(account.findings(), (Found{{Finding::UncountedLoss, 1}}));
    account.history.losses.push_back({0, seconds(6), true});
    EXPECT_EQ(account.findings(), Found{});
}

TEST(Ledger, ExpectsNothingOfAChangeThatWasNotAcknowledged) {
    for (const CallStatus status : {CallStatus::Fail, CallStatus::Info}) {
        Account account = sound();
        account.write(4, 2, 13, {11, 12}).status = status;
        EXPECT_EQ(account.findings(), Found{});
    }
}

TEST(Ledger, EndsALifeWithItsDestroyWhoeverStillWritesToIt) {
    Account account = sound();
    account.destroy(4, 1, {11, 12});
    account.write(5, 2, 13, {11, 12});  // on the other side of a cut
    account.ends_with({});
    EXPECT_EQ(account.findings(), Found{});
}

TEST(Ledger, KeepsAccountOfWhatWasWrittenAfterALogOut) {
    Account account = sound();
    account.destroy(4, 1, {11, 12});
    account.write(5, 1, 13, {});
    account.write(6, 1, 14, {13});
    account.ends_with({13, 14});
    EXPECT_EQ(account.findings(), Found{});
    account.ends_with({13});
    EXPECT_EQ(account.findings(), (Found{{Finding::UncountedLoss, 1}}));
}

TEST(Ledger, SeesAReadWithoutItsVisitorsOwnChange) {
    Account account = sound();
    account.read(4, 2, {11});
    EXPECT_EQ(account.findings(), (Found{{Finding::OwnUnseen, 1}}));
}

TEST(Ledger, SeesAMissWhereItsVisitorHadASession) {
    Account account = sound();
    account.read(4, 2, {});
    EXPECT_EQ(account.findings(), (Found{{Finding::OwnUnseen, 1}}));
}

TEST(Ledger, SeesAReadWithoutWhatItsVisitorHadSeen) {
    Account account = sound();
    account.read(4, 1, {11});
    EXPECT_EQ(account.findings(), (Found{{Finding::SeenUnseen, 1}}));
}

TEST(Ledger, DoesNotForgiveAReadBecauseAnotherRequestMetAConflict) {
    Account account = sound();
    account.history.calls[1].flags.conflict = true;
    account.read(4, 2, {11});
    EXPECT_EQ(account.findings(), (Found{{Finding::OwnUnseen, 1}}));
}

TEST(Ledger, ForgivesWhatTheSameVisitorWasToldToBeMissing) {
    Account account = sound();
    account.read(4, 2, {11}).flags.stale = true;
    account.read(5, 2, {11});
    EXPECT_EQ(account.findings(), Found{});
    account.read(6, 1, {11});
    EXPECT_EQ(account.findings(), (Found{{Finding::SeenUnseen, 1}}));
}

TEST(Ledger, ExpectsOnlyWhatHadArrivedWhenTheRequestWasSent) {
    Account account = sound();
    account.history.calls[2].received = Duration::max();  // the page that had read 12
    account.read(4, 1, {11});
    EXPECT_EQ(account.findings(), Found{});
    account.read(5, 2, {11}).sent = seconds(2);
    EXPECT_EQ(account.findings(), Found{});
}

TEST(Ledger, SeesAChangeWithoutTheSameVisitorsEarlierOne) {
    Account account;
    account.write(1, 1, 11, {});
    account.write(2, 1, 12, {11});
    account.read(3, 2, {12});
    account.ends_with({11, 12});
    EXPECT_EQ(account.findings(), (Found{{Finding::WriteOrder, 1}}));
}

TEST(Ledger, SeesAChangeWithoutWhatItsMakerHadSeen) {
    Account account = sound();
    account.read(4, 3, {12});
    EXPECT_EQ(account.findings(), (Found{{Finding::CauseUnseen, 1}}));
}

TEST(Ledger, SeesAStrangerMissAChangeWhenEverythingHasSettled) {
    Account account = sound();
    Call& look = account.read(4, 3, {11});
    look.by_stranger = true;
    EXPECT_EQ(account.findings(), Found{});
    account.history.calls.back().after_heal = true;
    EXPECT_EQ(account.findings(), (Found{{Finding::Diverged, 1}}));
}

}  // namespace
}  // namespace sessmirror::simulation

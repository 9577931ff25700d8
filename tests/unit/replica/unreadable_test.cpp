// SPDX-License-Identifier: BSD-3-Clause
// Unlike compression_test.cpp also for a build without libzstd.
#include <gtest/gtest.h>

#include <string>

#include "support/hex.h"
#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

TEST(CompressedSession, IsReadOrLeftAlone) {
    ReplicaLab lab{2};
    ReplicaLab::Host& host = lab.host();

    // The vector of docs/format.md.
    const Bytes value = from_hex(
        "a55e0100650000010badcafe6500000000c0ffee65000001123400010000001d29cfd670c7ba8ba3"
        "28b52ffd204da5000070636172747c733a36343a2278223b0100944012");
    const record::Record session = *record::decode("", value);
    store::PutRequest put;
    put.key = lab.key;
    put.header = record::encode(session.envelope, lab.key.text(), session.payload);
    put.version = session.envelope.version;
    put.fingerprint = record::fingerprint(put.version);
    put.ttl_s = 100;
    const Bytes payload(session.payload.begin(), session.payload.end());
    for (int store = 0; store < 2; ++store) ASSERT_TRUE(lab.node(store).put(put, payload));
    for (const replica::Locking locking : {replica::Locking::Optimistic, replica::Locking::On}) {
        host.policy.locking = locking;
        replica::SessionView view;
        lab.open(host, view);
        const Status outcome = lab.read(host, view);
        EXPECT_EQ(outcome.has_value(), record::Compressor::is_available());
        if (outcome) {
            EXPECT_EQ(as_text(view.content()), "cart|s:64:\"" + std::string(64, 'x') + "\";");
            continue;
        }
        EXPECT_EQ(outcome.error().code, Errc::Unreadable);
        EXPECT_NE(std::string_view(outcome.error().detail).find("libzstd-dev"),
                  std::string_view::npos);
        EXPECT_FALSE(view.lock.held());
        lab.settle();
        for (int store = 0; store < 2; ++store)
            EXPECT_EQ(lab.node(store).find(lab.key.text())->value, value);
    }
}

}  // namespace
}  // namespace sessmirror::test

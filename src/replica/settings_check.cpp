// SPDX-License-Identifier: BSD-3-Clause
#include "replica/settings_check.h"

#include <cinttypes>
#include <cstdio>

namespace sessmirror::replica {
namespace {

// The value of one field of a NoteText; empty when it is not there.
std::string_view field(std::string_view text, std::string_view name) noexcept {
    const auto at = text.find(name);
    if (at == std::string_view::npos) return {};
    const auto value = text.substr(at + name.size());
    return value.substr(0, value.find(' '));
}

}  // namespace

NoteText describe_settings(const pool::Pool& pool, int redundancy,
                           std::string_view secret) noexcept {
    const auto secret_hash = store::derive_key("", secret, "settings");
    const auto hashed = secret_hash.hashed();
    NoteText out;
    std::snprintf(out.bytes.data(), out.bytes.size(),
                  "stores=%016" PRIx64 " redundancy=%d secret=%.*s", pool.list_fingerprint(),
                  redundancy, static_cast<int>(hashed.size()), hashed.data());
    return out;
}

void SettingsCheck::run() noexcept {
    for (int store = 0; store < env_.pool.size(); ++store) pending_ += env_.pool.is_up(store);
    if (pending_ == 0) return finish(kOk);
    for (int store = 0; store < env_.pool.size(); ++store)
        if (env_.pool.is_up(store))
            env_.pool.store(store).fetch({key_, store::Want::Value, std::nullopt, deadline()},
                                         this);
}

void SettingsCheck::on_fetch(int store, Result<store::FetchReply> reply) noexcept {
    if (reply) judge(store, *reply);
    if (--pending_ == 0) finish(kOk);
}

void SettingsCheck::judge(int store, const store::FetchReply& reply) noexcept {
    const auto theirs = read_note(key_, reply);
    if (!theirs) return leave_note(store, reply.cas);
    if (*theirs != mine_.view()) return report(store, *theirs);
    if (reply.ttl_left_s < kNoteLifetime / 2)
        env_.pool.store(store).touch(key_, kNoteLifetime, deadline(), nullptr);
}

void SettingsCheck::leave_note(int store, store::Cas expected) noexcept {
    const auto put = put_note(env_, key_, mine_, kNoteLifetime, expected, deadline());
    env_.pool.store(store).put(put, nullptr);
}

void SettingsCheck::report(int store, std::string_view theirs) noexcept {
    env_.pool.count(pool::Counter::SettingsMismatches);
    if (reported_) return;
    reported_ = true;
    const auto differs = [&](std::string_view name) {
        return field(theirs, name) != field(mine_.view(), name);
    };
    env_.pool.journal().add(
        Severity::Warning,
        "another web server that uses store %s has other settings:%s%s%s; sessions may not be "
        "found on every host. Give all web servers the same php.ini",
        env_.pool.name(store).c_str(), differs("stores=") ? " its list of stores" : "",
        differs("redundancy=") ? " its redundancy" : "", differs("secret=") ? " its secret" : "");
}

}  // namespace sessmirror::replica

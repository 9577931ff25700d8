// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/note.h"

namespace sessmirror::replica {

// What has to be the same on every web server for sessions to be found, as text that can be
// compared without telling a secret: "stores=<hash> redundancy=<n> secret=<hash>".
NoteText describe_settings(const pool::Pool& pool, int redundancy,
                           std::string_view secret) noexcept;

// Compares this host's settings with those that other web servers left in the stores, and leaves
// its own where there are none. A difference is written to the journal, with what differs. The
// note expires by itself when no web server with these settings renews it any more, so that a
// change of the settings is reported only while old and new ones are in use side by side.
//
// Asks only stores that are up, all in parallel. Always succeeds: it is about the others.
class SettingsCheck final : public Operation {
  public:
    static constexpr std::uint32_t kNoteLifetime = 600;  // seconds

    // `key` names the note; it must depend on nothing that is being compared.
    SettingsCheck(const Environment& env, const store::SessionKey& key,
                  const NoteText& mine) noexcept
        : Operation(env), key_(key), mine_(mine) {}

  private:
    void run() noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    void judge(int store, const store::FetchReply& reply) noexcept;
    void leave_note(int store, store::Cas expected) noexcept;
    void report(int store, std::string_view theirs) noexcept;

    store::SessionKey key_;
    NoteText mine_;
    int pending_ = 0;
    bool reported_ = false;
};

}  // namespace sessmirror::replica

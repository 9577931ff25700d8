// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/journal.h"
#include "record/session_entries.h"

namespace sessmirror::embed {

// Stands in for the core behind the shim: the classes of service/session_service.h over a map.
// Tests decide what fails and see what was called. One thread.
struct FakeCore {
    std::map<std::string, std::string> stored;  // id to payload

    std::optional<Error> open_fails;
    std::optional<Error> read_fails;
    bool is_back_after_a_read = false;  // read_fails holds for one read only
    std::optional<Error> exists_fails;
    std::optional<Error> write_fails;
    std::optional<Error> destroy_fails;
    std::string token;                // what sessions want the client to know
    std::string client_token;         // what the client sent
    std::vector<std::string> drafts;  // tokens that were drafted
    bool is_token_expected = false;   // it could have sent one
    bool tells_a_change = true;       // `token` is of a change
    bool open_throws_bad_alloc = false;
    bool open_throws_int = false;
    bool read_throws_bad_alloc = false;
    std::vector<JournalEntry> next_notices;            // reported by the next call of the core
    std::vector<JournalEntry> notices_after_response;  // reported by the next after_response()

    std::vector<std::string> calls;  // "open", "read ID", "write ID", ... in order
    record::Serialization written_form = record::Serialization::Opaque;  // of the last write
    std::string opened_stores;     // the list that the last open was given
    std::size_t secret_bytes = 0;  // the length of the secret that the last open was given
    int between_sessions = 0;      // calls of it
    int sessions_alive = 0;
    int services_alive = 0;
    std::size_t output_at_after_response = 0;  // bytes that the client had by then

    // As new, for the next test. The engine, and with it the worker's service, lives on.
    void reset();
    // The calls, joined by blanks; forgets them.
    std::string take_calls();
};

FakeCore& fake_core();

}  // namespace sessmirror::embed

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace sessmirror::shim {

// How long the sessions of one request live. A client that has shown no session yet may be a bot,
// which never returns a cookie: the session that it is given lives for
// sessmirror.first_lifetime_s only. The client's next request brings the id back, and extends the
// session to its full lifetime. Nothing is known of clients but their cookies.
//
// A new id for a client that has shown a session, as session_regenerate_id() draws one, is no first
// visit. Reset for each request. Nothing here calls PHP.
class FirstVisit {
  public:
    void reset() noexcept {
        id_.clear();
        has_shown_a_session_ = false;
    }

    // This request has drawn the id.
    void drew(std::string_view id) {
        if (!has_shown_a_session_) id_ = id;
    }
    // A session with the id was found in the stores.
    void found(std::string_view id) noexcept {
        if (id != id_) has_shown_a_session_ = true;
    }

    // All in seconds; a `first` of 0 makes no difference between sessions.
    [[nodiscard]] std::int64_t lifetime(std::string_view id, std::int64_t configured,
                                        std::uint32_t first) const noexcept {
        const bool is_first = first > 0 && !id_.empty() && id == id_;
        return is_first ? std::min<std::int64_t>(configured, first) : configured;
    }

  private:
    std::string id_;  // given to a client that has shown none
    bool has_shown_a_session_ = false;
};

}  // namespace sessmirror::shim

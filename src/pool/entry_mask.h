// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace sessmirror::pool {

// How messages show the entries of one list without any password, neither one that is understood
// nor one in an entry that is refused, nor a part that a separator inside of a password cut off:
//   - once the list has an '@', of every entry its scheme alone;
//   - behind an entry with the parameter auth, only entries with a scheme; behind any store of an
//     engine that holds passwords, no socket without a scheme whose path has an '@',
//     redis://me:1,/2@host;
//   - of such an engine's scheme nothing that may be "user:password" of an entry whose '@' is
//     missing;
//   - of parameters only the values of those that are known, and nothing behind "auth".
// What is hidden reads "***".
class EntryMask {
  public:
    explicit EntryMask(std::string_view list) noexcept
        : has_userinfo_(list.find('@') != std::string_view::npos) {}

    // Call it for each entry of an engine that holds passwords, before the next one.
    void pass(std::string_view entry);
    // Whether the entry may be the rest of a password before it.
    [[nodiscard]] bool may_be_a_rest(std::string_view entry) const noexcept;
    // Whether reasons may name unknown schemes and parameters.
    [[nodiscard]] bool may_quote() const noexcept { return !has_userinfo_; }
    [[nodiscard]] std::string show(std::string_view entry) const;

  private:
    bool has_userinfo_;
    bool is_behind_login_ = false;
    bool is_behind_password_ = false;
};

}  // namespace sessmirror::pool

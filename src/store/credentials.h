// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// Bytes of a user's name or of a password, decoded.
inline constexpr std::size_t kMaxCredential = 512;

// Whether a user may stand alone before the '@'. It may not where some clients take it for the
// user, others for the password.
enum class PasswordIs : bool { Needed, Optional };

// Takes what stands before the '@' off the address of an entry: "user:password", or ":password" for
// the default user, or "user". Returns the rest. Errc::BadConfig with a reason that shows nothing
// of the text.
Result<std::string_view> take_userinfo(std::string_view address, StoreSpec& spec,
                                       PasswordIs password = PasswordIs::Needed);

// Gathers the parameters by which the handler redis takes a password, as PHP decodes them ('+' is
// a blank):
//     auth=secret | auth[]=secret | auth[]=user&auth[]=secret | auth[0]=..&auth[1]=..
//     auth[pass]=secret | auth[user]=user&auth[pass]=secret
// No reason shows anything of a value.
class AuthParameters {
  public:
    // `name` is decoded.
    static bool is_parameter(std::string_view name) noexcept;

    // REQUIRES: is_parameter(name)
    Status add(std::string_view name, std::string_view value);
    // Sets user and password; an empty auth= is none. REQUIRES: called once, at the end
    Status apply(StoreSpec& spec);
    [[nodiscard]] bool is_given() const noexcept { return first_ || second_; }

  private:
    std::optional<std::string> first_;  // the user, or the password if it stands alone
    std::optional<std::string> second_;
    bool is_text_ = false;        // auth=, beside which nothing may stand
    bool is_first_user_ = false;  // auth[user]
};

}  // namespace sessmirror::store

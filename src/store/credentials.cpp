// SPDX-License-Identifier: BSD-3-Clause
#include "store/credentials.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sessmirror::store {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"auth",    "auth[]",     "auth[0]",
                                                    "auth[1]", "auth[user]", "auth[pass]"};

Result<std::string> decode(std::string_view text) {
    auto decoded = percent_decoded(text);
    if (!decoded)
        return Error(Errc::BadConfig,
                     "a '%%' in a user's name or a password must be written as %%25");
    if (decoded->size() > kMaxCredential)
        return Error(Errc::BadConfig, "a user's name or a password has more than %zu bytes",
                     kMaxCredential);
    if (decoded->find('\0') != std::string::npos)
        return Error(Errc::BadConfig, "a user's name or a password contains a zero byte");
    return std::move(*decoded);
}

// PHP reads parameters so.
std::string with_blanks(std::string_view text) {
    std::string out(text);
    std::replace(out.begin(), out.end(), '+', ' ');
    return out;
}

Status set_userinfo(std::string_view text, StoreSpec& spec, PasswordIs needed) {
    if (text.find('@') != std::string_view::npos)
        return Error(Errc::BadConfig, "an '@' in a user's name or a password is written as %%40");
    const std::size_t colon = text.find(':');
    const bool has_password = colon != std::string_view::npos;
    if (!has_password && needed == PasswordIs::Needed)
        return Error(Errc::BadConfig,
                     "before the '@' stands user:password@, or :password@ for the default user");
    auto user = decode(text.substr(0, colon));
    if (!user) return user.error();
    spec.user = std::move(*user);
    if (!has_password) return kOk;
    auto password = decode(text.substr(colon + 1));
    if (!password) return password.error();
    if (password->empty()) return Error(Errc::BadConfig, "the password before the '@' is empty");
    spec.password = std::move(*password);
    return kOk;
}

}  // namespace

Result<std::string_view> take_userinfo(std::string_view address, StoreSpec& spec,
                                       PasswordIs password) {
    const std::size_t slash = std::min(address.find('/'), address.size());
    const std::size_t at = address.substr(0, slash).rfind('@');
    if (at == std::string_view::npos) return address;
    // The first one may stand in the password: redis://me:secret@/more@host.
    if (address.find('@', slash) != std::string_view::npos)
        return Error(Errc::BadConfig, "only one '@' may stand in an entry");
    const Status read = set_userinfo(address.substr(0, at), spec, password);
    if (!read) return read.error();
    return address.substr(at + 1);
}

bool AuthParameters::is_parameter(std::string_view name) noexcept {
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

Status AuthParameters::add(std::string_view name, std::string_view value) {
    auto decoded = decode(with_blanks(value));
    if (!decoded) return decoded.error();
    const bool is_second =
        name == "auth[1]" || name == "auth[pass]" || (name == "auth[]" && first_);
    auto& place = is_second ? second_ : first_;
    if (place || is_text_ || (name == "auth" && second_))
        return Error(Errc::BadConfig, "the user or the password is given twice");
    place = std::move(*decoded);
    is_text_ = name == "auth";
    is_first_user_ = is_first_user_ || name == "auth[user]";
    return kOk;
}

Status AuthParameters::apply(StoreSpec& spec) {
    if (!is_given()) return kOk;
    if (!spec.password.empty())
        return Error(Errc::BadConfig, "the password is given twice, before the '@' and as auth");
    if (!second_ && !is_first_user_) std::swap(first_, second_);
    if (second_.value_or("").empty() && !is_text_)
        return Error(Errc::BadConfig, "the password is missing (auth[pass], or the last auth[])");
    spec.user = std::move(first_).value_or("");
    spec.password = std::move(second_).value_or("");
    return kOk;
}

}  // namespace sessmirror::store

// SPDX-License-Identifier: BSD-3-Clause
#include "store/parameter.h"

#include <algorithm>

#include "base/text.h"

namespace sessmirror::store {
namespace {

Error refusal_of(const Parameter& parameter) noexcept {
    Error error(Errc::BadConfig);
    if (parameter.called != nullptr)
        error.append("%s", parameter.called);
    else
        error.append("the parameter %s", Quoted(parameter.name).c_str());
    error.append(" must be %s", parameter.must_be);
    if (parameter.type == Parameter::Type::Number)
        error.append(" from %u to %u", parameter.least, parameter.most);
    return error;
}

Result<std::string> read_number(const Parameter& parameter, std::string_view text) {
    const auto number = parse_number(text, parameter.least, parameter.most);
    if (!number) return refusal_of(parameter);
    return std::to_string(*number);
}

Result<std::string> read_text(const Parameter& parameter, std::string_view text) {
    std::string encoded(text);
    std::ranges::replace(encoded, '+', ' ');
    auto value = percent_decoded(encoded);
    const bool is_accepted = value && value->size() >= parameter.least &&
                             value->size() <= parameter.most &&
                             (parameter.accepts == nullptr || parameter.accepts(*value));
    if (!is_accepted) return refusal_of(parameter);
    return std::move(*value);
}

Result<std::string> read_value(const Parameter& parameter, std::string_view text) {
    switch (parameter.type) {
        case Parameter::Type::Number:
            return read_number(parameter, text);
        case Parameter::Type::Text:
            return read_text(parameter, text);
        case Parameter::Type::Ignored:
            break;
    }
    return std::string();
}

}  // namespace

Status Settings::set(const Parameter& parameter, std::string_view text) {
    auto value = read_value(parameter, text);
    if (!value) return value.error();
    const auto known = std::ranges::find(values_, parameter.name, &Value::name);
    if (known != values_.end())
        known->text = std::move(*value);
    else
        values_.push_back({parameter.name, std::move(*value)});
    return kOk;
}

bool Settings::has(const Parameter& parameter) const noexcept {
    return std::ranges::find(values_, parameter.name, &Value::name) != values_.end();
}

std::string_view Settings::text(const Parameter& parameter) const noexcept {
    const auto known = std::ranges::find(values_, parameter.name, &Value::name);
    return known == values_.end() ? parameter.otherwise : std::string_view(known->text);
}

std::uint32_t Settings::number(const Parameter& parameter) const noexcept {
    return parse_number(text(parameter), parameter.least, parameter.most).value_or(parameter.least);
}

}  // namespace sessmirror::store

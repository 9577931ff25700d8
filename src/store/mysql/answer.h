// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace sessmirror::store {

// A column of a result, as the server describes it.
struct SqlColumn {
    enum class Kind : std::uint8_t { Bytes, Text, Number, Other };
    Kind kind = Kind::Other;
    bool is_unsigned = false;
    bool is_key = false;     // a part of the primary key
    std::uint64_t size = 0;  // in bytes
};

using SqlField = std::optional<Bytes>;  // nullopt: NULL
using SqlRow = std::vector<SqlField>;

// What a server says to one statement: an error, or a result, or that it was done.
struct SqlAnswer {
    std::uint32_t error = 0;  // 0: none
    std::string text;         // of the error; printable
    bool has_rows = false;
    std::vector<SqlColumn> columns;
    std::vector<SqlRow> rows;
    std::uint64_t affected = 0;
    std::uint64_t insert_id = 0;  // what LAST_INSERT_ID(..) was given in the statement, or 0

    // The only row's field, of a result that has one row at most. NULL where it is not there.
    [[nodiscard]] const SqlField* field(std::size_t index) const noexcept {
        return rows.size() == 1 && index < rows.front().size() ? &rows.front()[index] : nullptr;
    }
};

// Decimal digits and nothing else, within 64 bits.
std::optional<std::uint64_t> read_number(const SqlField& field) noexcept;

}  // namespace sessmirror::store

// SPDX-License-Identifier: BSD-3-Clause
// Whatever a table's row or the answer to a write says is either refused or read as what it can
// say; and whatever is put into a statement stays inside of its quotes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/mysql/server_time.h"
#include "store/mysql/sql.h"
#include "store/mysql/table.h"

namespace {

using namespace sessmirror;
using namespace sessmirror::store;

void require(bool promise) {
    if (!promise) std::abort();
}

// Fields are separated by '|'; one of "~" is NULL.
SqlRow row_of(std::string_view text) {
    SqlRow row;
    for (;;) {
        const std::size_t end = std::min(text.find('|'), text.size());
        const ByteView field = as_bytes(text.substr(0, end));
        row.push_back(as_text(field) == "~" ? SqlField()
                                            : SqlField(Bytes(field.begin(), field.end())));
        if (end == text.size()) return row;
        text.remove_prefix(end + 1);
    }
}

// A quote that is not doubled would end the string.
void look_at_quotes(std::string_view text) {
    Sql sql;
    sql.begin("").quote(as_bytes(text), as_bytes(text));
    const std::string& quoted = sql.text();
    require(quoted.size() >= 2 && quoted.front() == '\'' && quoted.back() == '\'');
    std::string read;
    for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
        read += quoted[i];
        if (quoted[i] == '\'') require(quoted[++i] == '\'' && i + 1 < quoted.size());
    }
    require(read == std::string(text) + std::string(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    look_at_quotes(text);
    SqlRow row = row_of(text);
    if (const auto read = read_row(row)) {
        require(read->is_alive == (read->cas != 0) && read->ttl_left_s >= 0);
        require(read->is_locked || read->holder == LockOwner());
        ServerTime time;
        time.note(read->server_time, TimePoint{});
        if (time.is_known()) require(!time.at(TimePoint{}).empty());
    }
    SqlAnswer answer;
    answer.has_rows = size % 7 == 0;
    for (const char c : text.substr(0, 8))
        answer.insert_id = answer.insert_id << 3 ^ static_cast<unsigned char>(c);
    for (const bool expects_absence : {false, true})
        if (const auto told = read_put(answer, expects_absence))
            require(!told->was_repeated || told->outcome == PutOutcome::Stored);
    return 0;
}

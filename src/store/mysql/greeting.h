// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/system_random.h"
#include "store/life.h"
#include "store/mysql/answer.h"
#include "store/mysql/sql.h"
#include "store/mysql/table.h"
#include "store/mysql/target.h"

namespace sessmirror::store {

// What every connection begins with: the session's settings, the server's limits and time, and a
// look at the table. A table that is missing is made if that is wanted; one that has no name of its
// life yet gets one. So it is one packet as a rule, and up to four.
class MysqlGreeting {
  public:
    explicit MysqlGreeting(const MysqlTarget& target)
        : target_(target), table_(target.table, std::chrono::seconds(1)) {}

    // What the server has told, once it is Done.
    struct Welcome {
        std::uint64_t max_packet = 0;
        std::string time;  // see ServerTime
        Life life;
    };
    enum class Step : std::uint8_t { Again, Done, Failed };

    void begin() noexcept { stage_ = Stage::Look; }
    void write(Sql& sql);
    // The answers to what write() wrote. Again: write() has more. Failed: see error().
    [[nodiscard]] Step take(std::span<const SqlAnswer> answers);

    [[nodiscard]] const Welcome& welcome() const noexcept { return welcome_; }
    [[nodiscard]] const Error& error() const noexcept { return error_; }

  private:
    enum class Stage : std::uint8_t { Look, Create, Name };

    Step take_error(const SqlAnswer& answer);
    Step take_look(std::span<const SqlAnswer> answers);
    Step fail(const Error& why) noexcept;
    [[nodiscard]] Error no_table(const char* what) const noexcept;

    const MysqlTarget& target_;
    const Table table_;
    Stage stage_ = Stage::Look;
    bool was_created_ = false;
    Welcome welcome_;
    Error error_;
    SystemRandom random_;
};

}  // namespace sessmirror::store

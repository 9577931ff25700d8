// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>

#include "store/mysql/errors.h"
#include "store/mysql/link.h"
#include "store/remote/operation.h"

namespace sessmirror::store {

class MysqlHost : public OperationHost<MysqlLink> {
  public:
    // Destroys the operation.
    virtual void retire(Operation<MysqlHost>& operation) noexcept = 0;

  protected:
    ~MysqlHost() = default;
};

// Each sends one packet, whose replies are its answer. Where somebody else was at the same row, the
// packet is sent again: its statements look at the row anew.
class MysqlOperation : public Operation<MysqlHost> {
  public:
    using Operation::Operation;

    void start() override { host_.link().send(this, deadline_); }

    bool on_replies(std::span<SqlAnswer> replies) noexcept final {
        if (replies.empty()) return false;
        const SqlAnswer& last = replies.back();
        if (last.error == 0) return take(replies);
        if (!is_conflict(last.error))
            refused(error_of(last));
        else if (!has_waited(last.error) && conflicts_++ < kMostRepeats)
            start();
        else
            beaten(error_of(last));
        return true;
    }

  protected:
    // As on_replies(); none of them is an error.
    virtual bool take(std::span<SqlAnswer> replies) = 0;
    // The server's words, in place of an answer.
    virtual void refused(const Error& why) { fail(why); }
    // Again and again somebody else was at the same row.
    virtual void beaten(const Error& why) { refused(why); }

    [[nodiscard]] const Table& table() const noexcept { return host_.link().table(); }

  private:
    static constexpr int kMostRepeats = 3;

    [[nodiscard]] Error error_of(const SqlAnswer& answer) const noexcept {
        return statement_error(host_.link().name().c_str(), answer.error, answer.text);
    }

    int conflicts_ = 0;
};

}  // namespace sessmirror::store

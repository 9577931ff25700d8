// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/put.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include "store/explicit_cas.h"

namespace sessmirror::store {

MysqlPut::MysqlPut(MysqlHost& host, const PutRequest& request, StoreSink* sink)
    : MysqlOperation(host, request.key, request.deadline, sink),
      expected_(request.expected),
      cas_(cas_of(request.version)),
      ttl_s_(request.ttl_s),
      unlock_(request.unlock),
      header_(request.header),
      payload_(share(request)),
      hint_(request.hint.begin(), request.hint.end()) {}

void MysqlPut::write(Sql& sql) {
    table().put(sql, {.key = key_,
                      .header = header_.view(),
                      .payload = payload_->view(),
                      .hint = hint_,
                      .cas = cas_,
                      .expected = expected_,
                      .ttl_s = ttl_s_,
                      .owner = unlock_ ? unlock_->owner.view() : std::string_view()});
}

bool MysqlPut::take(std::span<SqlAnswer> replies) {
    if (replies.size() != 1) return false;
    const auto told = read_put(replies.front(), expected_ == 0);
    if (!told) return false;
    PutReply out;
    out.outcome = told->outcome;
    out.lock_lost = unlock_ && !told->lock_was_ours && !told->was_repeated;
    if (out.outcome == PutOutcome::Stored) out.cas = cas_;
    answer(&StoreSink::on_put, Result<PutReply>(out));
    return true;
}

void MysqlPut::unlock_apart() {
    if (unlock_) host_.release(key_, *unlock_, deadline_, nullptr);
}

void MysqlPut::refused(const Error& why) {
    unlock_apart();
    answer(&StoreSink::on_put, Result<PutReply>(why));
}

// Whoever reads again sees what the others have made of it.
void MysqlPut::beaten(const Error& /*why*/) {
    unlock_apart();
    PutReply out;
    out.outcome = PutOutcome::Conflict;
    answer(&StoreSink::on_put, Result<PutReply>(out));
}

void MysqlPut::fail(const Error& why) {
    const bool was_never_sent = why.code == Errc::TooLarge || why.code == Errc::OutOfMemory;
    if (was_never_sent) unlock_apart();
    answer(&StoreSink::on_put, Result<PutReply>(why));
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL

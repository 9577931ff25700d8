// SPDX-License-Identifier: BSD-3-Clause
#include "store/refused_put.h"

namespace sessmirror::store {

RefusedPut::RefusedPut(OperationHost& host, const PutRequest& request, Scheduler& scheduler,
                       StoreSink* sink)
    : Operation(host, request.key, request.deadline, sink),
      size_(request.payload.size()),
      unlock_(request.unlock),
      timer_(scheduler.make_timer(*this)) {}

void RefusedPut::start() {
    timer_->start(Duration::zero());
    if (unlock_) host_.release(key_, *unlock_, deadline_, nullptr);
}

bool RefusedPut::on_replies(std::span<wire::Reply> /*replies*/) noexcept {
    return false;
}

void RefusedPut::on_timer() noexcept {
    fail(Error(Errc::TooLarge, "the session has %llu bytes, at most %llu can be stored",
               static_cast<unsigned long long>(size_),
               static_cast<unsigned long long>(host_.max_payload())));
}

void RefusedPut::fail(const Error& why) {
    answer(&StoreSink::on_put, Result<PutReply>(why));
}

}  // namespace sessmirror::store

// SPDX-License-Identifier: BSD-3-Clause
#include "replica/local_first_read.h"

namespace sessmirror::replica {

void LocalFirstRead::run() noexcept {
    env_.pool.store(view_.set().reader(env_.pool))
        .fetch({view_.key(), store::Want::Value, std::nullopt, deadline()}, this);
}

void LocalFirstRead::on_fetch(int store, Result<store::FetchReply> reply) noexcept {
    view_.absorb(env_.pool, store, reply);
    if (view_.is_confirmed(env_.pool)) {
        if (store == env_.pool.local()) env_.pool.count(pool::Counter::LocalHits);
        return finish(kOk);
    }
    fallback_.emplace(env_, view_);
    fallback_->start(this);
}

}  // namespace sessmirror::replica

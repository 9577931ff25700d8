// SPDX-License-Identifier: BSD-3-Clause
#include "replica/alive_check.h"

namespace sessmirror::replica {

void AliveCheck::run() noexcept {
    pending_ = view_.set().copies();
    for (const int store : view_.set().members()) env_.pool.store(store).probe(deadline(), this);
}

void AliveCheck::on_probe(int, Status alive) noexcept {
    --pending_;
    if (done()) return;
    if (alive) return finish(kOk);
    failures_.append("%s%s", failures_.detail[0] == '\0' ? "" : "; ", alive.error().detail);
    if (pending_ == 0) finish(failures_);
}

}  // namespace sessmirror::replica

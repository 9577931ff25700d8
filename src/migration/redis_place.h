// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

#include "migration/exchange.h"
#include "migration/old_place.h"
#include "migration/place_list.h"
#include "record/compressor.h"

namespace sessmirror::migration {

// A Redis with sessions of the handler `redis`, or a node of a cluster with sessions of
// `rediscluster`; of a cluster every node is a place of its own, and has what the others do not.
// Key: prefix ("PHPREDIS_SESSION:", "PHPREDIS_CLUSTER_SESSION:") and id. Value: the content, or a
// zstd frame of it. (With redis.session.compression = lzf or lz4 it is something that cannot be
// told from a content.) A lock, where the handler takes any, is the key and "_LOCK"; a mark is kept
// under the key and "_SESSMIRROR".
//
// All of the arguments outlive the place. nullptr in a build without hiredis.
std::unique_ptr<OldPlace> make_redis_place(const PlaceSpec& spec, net::EventLoop& loop,
                                           net::Resolver& resolver, Patience patience,
                                           record::Compressor& compressor, std::uint64_t max_bytes);

}  // namespace sessmirror::migration

// SPDX-License-Identifier: BSD-3-Clause
#include "migration/place_set.h"

#include <utility>

#include "migration/files_place.h"
#include "migration/memcached_place.h"
#include "migration/place_list.h"
#include "migration/redis_place.h"

namespace sessmirror::migration {
namespace {

constexpr Duration kAlone = milliseconds(500);
constexpr Duration kSilence = std::chrono::minutes(1);

// Whether the next page would wait in vain, too.
bool is_away(Errc code) noexcept {
    return code == Errc::Timeout || code == Errc::Refused || code == Errc::Unreachable ||
           code == Errc::BadName || code == Errc::Closed;
}

Result<std::unique_ptr<OldPlace>> make_place(PlaceSpec spec, const Surroundings& around) {
    using Made = std::unique_ptr<OldPlace>;
    switch (spec.handler) {
        case PlaceSpec::Handler::Files:
            return Made(
                std::make_unique<FilesPlace>(std::move(spec), around.loop, around.max_bytes));
        case PlaceSpec::Handler::Memcached:
        case PlaceSpec::Handler::Memcache:
            return Made(std::make_unique<MemcachedPlace>(spec, around.loop, around.resolver,
                                                         around.patience, around.max_bytes));
        case PlaceSpec::Handler::Redis:
        case PlaceSpec::Handler::RedisCluster:
            break;
    }
    auto made = make_redis_place(spec, around.loop, around.resolver, around.patience,
                                 around.compressor, around.max_bytes);
    if (!made)
        return Error(Errc::BadConfig, "%.100s: sessmirror was built without hiredis",
                     spec.name().c_str());
    return made;
}

}  // namespace

Result<PlaceSet> PlaceSet::make(Directive directive, std::string_view list,
                                const Surroundings& surroundings) {
    const bool is_import = directive == Directive::Import;
    auto specs = parse_places(is_import ? "sessmirror.import" : "sessmirror.export", list);
    if (!specs) return specs.error();
    PlaceSet set(directive, surroundings);
    for (PlaceSpec& spec : *specs) {
        auto place = make_place(std::move(spec), surroundings);
        if (!place) return place.error();
        set.members_.push_back({std::move(*place)});
    }
    return set;
}

void PlaceSet::note(Member& member, const Error& why) noexcept {
    if (is_away(why.code)) {
        member.last = why;
        member.alone_until = loop_->now() + kAlone;
    }
    tell(member.silent_until, why);
}

void PlaceSet::note(const Error& why) noexcept {
    tell(silent_until_, why);
}

void PlaceSet::tell(TimePoint& silent_until, const Error& why) noexcept {
    const bool is_import = directive_ == Directive::Import;
    page_->count(is_import ? pool::Counter::ImportFailures : pool::Counter::ExportFailures);
    const TimePoint now = loop_->now();
    if (now < silent_until) return;
    silent_until = now + kSilence;
    if (is_import)
        journal_->add(Severity::Warning,
                      "an old session could not be taken over, or not be removed: %s", why.detail);
    else
        journal_->add(Severity::Warning,
                      "servers with the old handler may not see what a page has changed: %s",
                      why.detail);
}

}  // namespace sessmirror::migration

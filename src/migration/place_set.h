// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/journal.h"
#include "migration/exchange.h"
#include "migration/old_place.h"
#include "net/event_loop.h"
#include "net/resolver.h"
#include "pool/host_page.h"
#include "record/compressor.h"

namespace sessmirror::migration {

// What old places are made and used with. All of it outlives them.
struct Surroundings {
    net::EventLoop& loop;
    net::Resolver& resolver;
    record::Compressor& compressor;
    pool::HostPage& page;
    Journal& journal;
    Patience patience;
    std::uint64_t max_bytes = 0;  // of a session
};

// The old places of one directive. Counts what fails, and says so once a minute for each place. A
// place that has just failed is left alone for a moment, so that no page after the first waits for
// it.
class PlaceSet {
  public:
    enum class Directive : std::uint8_t { Import, Export };

    // Errc::BadConfig names the entry that cannot be used.
    static Result<PlaceSet> make(Directive directive, std::string_view list,
                                 const Surroundings& surroundings);

    struct Member {
        std::unique_ptr<OldPlace> place;
        Status last = kOk;  // why it is left alone
        TimePoint alone_until{};
        TimePoint silent_until{};
    };
    [[nodiscard]] std::vector<Member>& members() noexcept { return members_; }
    [[nodiscard]] bool is_empty() const noexcept { return members_.empty(); }
    [[nodiscard]] bool is_left_alone(const Member& member) const noexcept {
        return loop_->now() < member.alone_until;
    }
    void note(Member& member, const Error& why) noexcept;
    // Of no place: what was found cannot be stored here.
    void note(const Error& why) noexcept;

    // Does what has to be done at every place that is not left alone, and notes what fails.
    template <class Work>
    void each(Work&& work) {
        for (Member& member : members_)
            if (!is_left_alone(member))
                if (const Status done = work(*member.place); !done) note(member, done.error());
    }

  private:
    PlaceSet(Directive directive, const Surroundings& around) noexcept
        : directive_(directive),
          loop_(&around.loop),
          page_(&around.page),
          journal_(&around.journal) {}
    void tell(TimePoint& silent_until, const Error& why) noexcept;

    Directive directive_;
    net::EventLoop* loop_;
    pool::HostPage* page_;
    Journal* journal_;
    std::vector<Member> members_;
    TimePoint silent_until_{};  // about what is of no place
};

}  // namespace sessmirror::migration

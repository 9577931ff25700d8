// SPDX-License-Identifier: BSD-3-Clause
#include "wire/resp_parser.h"

#ifdef SESSMIRROR_WITH_REDIS

#if __has_include(<hiredis/read.h>)
#include <hiredis/hiredis.h>
#include <hiredis/read.h>
#else
#include <hiredis.h>
#include <read.h>  // in a place of its own, pkg-config names the folder itself
#endif

#include <new>
#include <string_view>
#include <utility>

#include "base/allocation.h"
#include "wire/printable.h"

namespace sessmirror::wire {
namespace {

// What stands around a value: lines of lengths, and replies of no value that came with it.
constexpr std::size_t kSlack = 64 * 1024;

// The callbacks run inside a C library: they let no exception out. What they return is only held
// against null, and handed back as the parent of elements.
RespReply& place_of(const redisReadTask& task) noexcept {
    if (task.parent == nullptr) return static_cast<RespParser*>(task.privdata)->root();
    return static_cast<RespReply*>(task.parent->obj)->elements[static_cast<std::size_t>(task.idx)];
}

// The reply, once `work` has put into it what it needs memory for.
template <class Work>
void* made(const redisReadTask& task, RespReply& reply, Work&& work) noexcept {
    if (try_to_allocate(work)) return &reply;
    static_cast<RespParser*>(task.privdata)->note_lack_of_memory();
    return nullptr;
}

void* create_string(const redisReadTask* task, char* text, std::size_t size) noexcept {
    if (!static_cast<RespParser*>(task->privdata)->takes_value(size)) return nullptr;
    RespReply& reply = place_of(*task);
    if (task->type == REDIS_REPLY_STRING) {
        const ByteView bytes = as_bytes(std::string_view(text, size));
        reply.type = RespType::Value;
        return made(*task, reply, [&] { reply.value.assign(bytes.begin(), bytes.end()); });
    }
    reply.type = task->type == REDIS_REPLY_ERROR ? RespType::Error : RespType::Status;
    return made(*task, reply, [&] { keep_printable({text, size}, reply.text); });
}

// Releases of hiredis count in int or in size_t.
template <class Count>
void* create_array(const redisReadTask* task, Count count) noexcept {
    const auto size = static_cast<std::size_t>(count);
    if (!static_cast<RespParser*>(task->privdata)->claim_elements(size)) return nullptr;
    RespReply& reply = place_of(*task);
    reply.type = RespType::Array;
    return made(*task, reply, [&] { reply.elements.resize(size); });
}

// NOLINTNEXTLINE(google-runtime-int): hiredis' type
void* create_integer(const redisReadTask* task, long long value) noexcept {
    RespReply& reply = place_of(*task);
    reply.type = RespType::Integer;
    reply.integer = value;
    return &reply;
}

void* create_nil(const redisReadTask* task) noexcept {
    RespReply& reply = place_of(*task);
    reply.type = RespType::Nil;
    return &reply;
}

redisReplyObjectFunctions* functions() noexcept {
    static redisReplyObjectFunctions all = [] {
        redisReplyObjectFunctions made{};
        made.createString = create_string;
        made.createArray = create_array;
        made.createInteger = create_integer;
        made.createNil = create_nil;
        made.freeObject = [](void*) noexcept {};
        return made;
    }();
    return &all;
}

}  // namespace

#define SESSMIRROR_TEXT_OF(number) #number
#define SESSMIRROR_VERSION_OF(major, minor, patch) \
    SESSMIRROR_TEXT_OF(major) "." SESSMIRROR_TEXT_OF(minor) "." SESSMIRROR_TEXT_OF(patch)

const char* RespParser::library_version() noexcept {
    return SESSMIRROR_VERSION_OF(HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
}

RespParser::RespParser(std::size_t max_value, std::size_t max_elements)
    : max_value_(max_value), max_elements_(max_elements) {}

void RespParser::Deleter::operator()(redisReader* reader) const noexcept {
    redisReaderFree(reader);
}

void RespParser::reset() {
    reader_.reset();
    root_ = {};
    elements_ = 0;
    size_ = 0;
    lacks_memory_ = false;
}

bool RespParser::claim_elements(std::size_t count) noexcept {
    if (count > max_elements_ - elements_) return false;
    elements_ += count;
    return true;
}

bool RespParser::has_more() const noexcept {
    return reader_ && reader_->pos < reader_->len;
}

RespParser::Step RespParser::next(ByteView& input, RespReply& out) {
    if (!reader_) {
        reader_.reset(redisReaderCreateWithFunctions(functions()));
        if (!reader_) throw std::bad_alloc();
        reader_->privdata = this;
    }
    size_ += input.size();
    const std::string_view text = as_text(std::exchange(input, {}));
    void* reply = nullptr;
    if ((!text.empty() && redisReaderFeed(reader_.get(), text.data(), text.size()) != REDIS_OK) ||
        redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
        if (std::exchange(lacks_memory_, false)) throw std::bad_alloc();
        return Step::Malformed;
    }
    if (reply == nullptr) return size_ > max_value_ + kSlack ? Step::Malformed : Step::NeedMore;
    out = std::exchange(root_, {});
    elements_ = 0;
    size_ = reader_->len - reader_->pos;
    return Step::Complete;
}

}  // namespace sessmirror::wire

#endif  // SESSMIRROR_WITH_REDIS

// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as what web hosts leave for each other under a key of their own: the ready item and the
// note of settings. A note that is read is the payload of a whole record of that key, and of no
// other.
#include "replica/note.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "record/envelope.h"

using namespace sessmirror;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

store::FetchReply reply_of(ByteView value) {
    store::FetchReply reply;
    reply.found = true;
    reply.value.assign(value.begin(), value.end());
    return reply;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto key = store::derive_key("sm:", "", "a note");
    static const auto others = store::derive_key("sm:", "", "another one");
    const ByteView input(reinterpret_cast<const std::byte*>(data), size);

    const store::FetchReply as_it_is = reply_of(input);
    const auto note = replica::read_note(key, as_it_is);
    require(!note || (note->size() < size && record::decode(key.text(), as_it_is.value)));

    record::Envelope envelope;
    envelope.version = {1, 1};
    const record::EnvelopeBytes header = record::encode(envelope, key.text(), input);
    store::FetchReply written = reply_of(header.view());
    written.value.insert(written.value.end(), input.begin(), input.end());
    require(replica::read_note(key, written) == as_text(input));
    require(!replica::read_note(others, written));
    written.found = false;
    require(!replica::read_note(key, written));
    return 0;
}

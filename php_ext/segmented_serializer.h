// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror::shim {

// session.serialize_handler = sessmirror_segmented: serializes each value of $_SESSION alone, with
// what sessmirror.segment_with names, so that sessions can be merged by key whatever serializer
// makes the values (the form is in record/segments.h). Keys may have any bytes.
//
// A session in which two keys share an object or a variable is one piece, made by PHP's own
// serializer. So is a single value that the other serializer refuses. Whether something is shared
// is found out by serializing the whole session with PHP's serializer first: __serialize() and
// __sleep() run twice.
//
// A session whose serializer this PHP does not have cannot be read: the start fails, and the
// session is left as it is.
//
// Call in MINIT. False when PHP's table of serializers is full.
bool register_segmented_serializer() noexcept;

}  // namespace sessmirror::shim

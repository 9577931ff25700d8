// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <exception>
#include <new>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace sessmirror::shim {

// The wall between C++ and Zend. Two things must never cross it: an exception that leaves a hook
// ends the process (std::terminate), and a Zend call may longjmp over any C++ frame, whose
// destructors then never run. So every hook has three phases:
//   (a) Zend arguments become views;
//   (b) guarded([&] { ... }) runs all C++ that can throw or owns something;
//   (c) Zend calls, with no C++ object alive in the frame that needs a destructor.
// The requires clause makes (c) a compile-time rule for what leaves (b).
template <class Work>
using Outcome = std::invoke_result_t<Work&>;  // a Result<T>

// Runs `work`, which returns a Result; an exception becomes an Error. This is the only try block of
// the extension: the core throws nothing on purpose, but any allocation may fail.
template <class Work>
requires std::is_trivially_destructible_v<Outcome<Work>> && std::is_constructible_v < Outcome<Work>,
const Error& > Outcome<Work> guarded(Work&& work) noexcept {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return Error(Errc::OutOfMemory, "the process could not allocate memory");
    } catch (const std::exception& exception) {
        return Error(Errc::Internal, "unexpected exception: %s", exception.what());
    } catch (...) {
        return Error(Errc::Internal, "unexpected exception of unknown type");
    }
}

}  // namespace sessmirror::shim

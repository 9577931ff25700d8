# SPDX-License-Identifier: BSD-3-Clause
# sessmirror_warnings: link to it (PRIVATE) to be compiled under the project's warnings.
add_library(sessmirror_warnings INTERFACE)
target_compile_options(sessmirror_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor $<$<BOOL:${SESSMIRROR_WERROR}>:-Werror>)
# g++ 12 sees overlapping copies in std::string's operator+ that are not there (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(sessmirror_warnings INTERFACE -Wno-restrict)
endif()

# SPDX-License-Identifier: BSD-3-Clause
# sessmirror_warnings: link to it (PRIVATE) to be compiled under the project's warnings.
add_library(sessmirror_warnings INTERFACE)
target_compile_options(sessmirror_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${SESSMIRROR_WERROR}>:-Werror>)

# SPDX-License-Identifier: BSD-3-Clause
# Sanitizers apply to the whole tree: half-instrumented containers give false reports.
if(SESSMIRROR_FUZZ AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "SESSMIRROR_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++")
endif()

if(SESSMIRROR_SANITIZE OR SESSMIRROR_FUZZ)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
if(SESSMIRROR_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# For tests themselves: with sanitizers, optimising takes longer than it saves.
function(sessmirror_compile_quickly target)
    if(SESSMIRROR_SANITIZE)
        target_compile_options(${target} PRIVATE -O0)
    endif()
endfunction()

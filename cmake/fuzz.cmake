# SPDX-License-Identifier: BSD-3-Clause
# fuzz/<name>_fuzz.cpp defines LLVMFuzzerTestOneInput. Every build makes <name>_replay from it, which
# feeds it files, and ctest feeds it fuzz/corpus/<name>; -DSESSMIRROR_FUZZ=ON adds the fuzzer <name>_fuzz.
file(GLOB fuzz_sources CONFIGURE_DEPENDS fuzz/*_fuzz.cpp)

foreach(source IN LISTS fuzz_sources)
    get_filename_component(target ${source} NAME_WE)
    string(REGEX REPLACE "_fuzz$" "" name ${target})

    add_executable(${name}_replay ${source} fuzz/replay_main.cpp)
    target_link_libraries(${name}_replay PRIVATE test_support sessmirror_warnings)
    add_test(NAME "fuzz: ${name}" COMMAND ${name}_replay ${PROJECT_SOURCE_DIR}/fuzz/corpus/${name})
    set_tests_properties("fuzz: ${name}" PROPERTIES LABELS fuzz TIMEOUT 300)

    if(SESSMIRROR_FUZZ)
        add_executable(${target} ${source})
        target_link_libraries(${target} PRIVATE test_support sessmirror_warnings)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    endif()
endforeach()

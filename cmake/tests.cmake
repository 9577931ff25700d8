# SPDX-License-Identifier: BSD-3-Clause
# Unit tests, simulation and benchmarks. Files are found by their place, so that adding a test is
# adding a file.
include(GoogleTest)
find_package(GTest)
find_package(benchmark)

file(GLOB_RECURSE unit_sources CONFIGURE_DEPENDS tests/unit/*_test.cpp)
if(NOT ZSTD_FOUND)
    list(FILTER unit_sources EXCLUDE REGEX "/compress(or|ion)_test\\.cpp$")
endif()
# With an operator new of their own.
file(GLOB memory_sources CONFIGURE_DEPENDS tests/memory/*.cpp)
file(GLOB_RECURSE support_sources CONFIGURE_DEPENDS tests/support/*.cpp)
file(GLOB simulation_sources CONFIGURE_DEPENDS tests/simulation/*_test.cpp)
file(GLOB world_sources CONFIGURE_DEPENDS tests/simulation/*.cpp)
list(FILTER world_sources EXCLUDE REGEX "_test\\.cpp$")
# The simulation's own program, and its processes in place of the system's: for sim_tests alone.
set(simulation_program tests/simulation/main.cpp tests/simulation/process_seam.cpp)
set(explorer_program tests/simulation/explore_main.cpp tests/simulation/process_seam.cpp)
list(FILTER world_sources EXCLUDE REGEX "/(main|explore_main|process_seam)\\.cpp$")
file(GLOB bench_sources CONFIGURE_DEPENDS benchmarks/micro/*_bench.cpp)

# What several test programs share: scripted servers, clocks, byte helpers.
add_library(test_support INTERFACE)
target_include_directories(test_support INTERFACE ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(test_support INTERFACE sessmirror_core)
if(support_sources)
    add_library(test_support_objects STATIC ${support_sources})
    target_include_directories(test_support_objects PUBLIC ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(test_support_objects PUBLIC sessmirror_core PRIVATE sessmirror_warnings)
    if(TARGET GTest::gtest)
        target_link_libraries(test_support_objects PUBLIC GTest::gtest)
    endif()
    target_link_libraries(test_support INTERFACE test_support_objects)
endif()

# The simulated world (stores, network, clocks), which unit tests of the policies use as well.
if(world_sources)
    add_library(simulated_world STATIC ${world_sources})
    target_link_libraries(simulated_world PUBLIC test_support PRIVATE sessmirror_warnings)
    set(simulated_world simulated_world)
endif()

# sessmirror_add_gtest(NAME LABEL SOURCES...): a test program whose every case is a ctest entry.
# The time limit is for cases that hang: the longest takes half a minute when the machine does nothing else.
function(sessmirror_add_gtest name label)
    add_executable(${name} ${ARGN})
    target_link_libraries(${name}
        PRIVATE test_support ${simulated_world} GTest::gtest_main sessmirror_warnings)
    sessmirror_compile_quickly(${name})
    gtest_discover_tests(${name}
        TEST_PREFIX "${label}: "
        DISCOVERY_MODE PRE_TEST
        PROPERTIES LABELS ${label} TIMEOUT 600)
endfunction()

# The two programs with what scripts/ablate has put into `ablated` of this tree in front of the
# libraries, whose own units of these names are then left out.
function(sessmirror_add_ablated)
    set(folder ${CMAKE_BINARY_DIR}/ablated)
    file(GLOB changed CONFIGURE_DEPENDS ${folder}/*.cpp)
    if(changed)
        add_executable(ablated_explore EXCLUDE_FROM_ALL ${explorer_program} ${changed})
        add_executable(ablated_simulate EXCLUDE_FROM_ALL ${simulation_program} ${changed})
        target_link_libraries(ablated_simulate PRIVATE GTest::gtest)
        foreach(program ablated_explore ablated_simulate)
            target_include_directories(${program} BEFORE PRIVATE ${folder}/include)
            target_link_libraries(${program} PRIVATE test_support ${simulated_world})
            target_compile_options(${program} PRIVATE -w)
        endforeach()
    endif()
endfunction()

# sessmirror_add_explorations(DEPTH WORLDS...): a ctest entry for each world, and one that shows that
# the list of known findings knows none that is gone.
function(sessmirror_add_explorations depth)
    set(known --known=${PROJECT_SOURCE_DIR}/tests/simulation/known_findings.txt)
    foreach(world ${ARGN})
        add_test(NAME "simulation: explorer, ${world}, ${depth} letters"
            COMMAND explore ${known} --world=${world} --depth=${depth})
        set_tests_properties("simulation: explorer, ${world}, ${depth} letters"
            PROPERTIES LABELS simulation TIMEOUT 600)
    endforeach()
    add_test(NAME "simulation: explorer, known findings" COMMAND explore ${known} --check-known)
    set_tests_properties("simulation: explorer, known findings"
        PROPERTIES LABELS simulation TIMEOUT 600)
endfunction()

# Fuzz builds are instrumented through and through, and made for the fuzz targets alone.
if(SESSMIRROR_FUZZ)
    return()
endif()

if(NOT GTest_FOUND)
    message(STATUS "GoogleTest not found: no tests (Debian: libgtest-dev)")
else()
    if(unit_sources)
        sessmirror_add_gtest(unit_tests unit ${unit_sources})
    endif()
    if(memory_sources)
        sessmirror_add_gtest(memory_tests unit ${memory_sources})
    endif()
    if(simulation_sources)
        sessmirror_add_gtest(sim_tests simulation ${simulation_sources} ${simulation_program})
        add_executable(explore ${explorer_program})
        target_link_libraries(explore
            PRIVATE test_support ${simulated_world} sessmirror_warnings)
        sessmirror_add_ablated()
        sessmirror_add_explorations(3 locked locked-one-visitor optimistic optimistic-one-visitor
            unlocked future)
    endif()
endif()

if(NOT benchmark_FOUND)
    message(STATUS "Google Benchmark not found: no benchmarks (Debian: libbenchmark-dev)")
elseif(bench_sources)
    add_executable(benches ${bench_sources})
    target_include_directories(benches PRIVATE ${PROJECT_SOURCE_DIR}/benchmarks)
    target_link_libraries(benches PRIVATE test_support benchmark::benchmark_main sessmirror_warnings)
endif()

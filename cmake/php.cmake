# SPDX-License-Identifier: BSD-3-Clause
# What needs PHP: the shim under the project's warnings, and the tests that run it inside a real
# engine (libphp embed). Without PHP's development files the core is built and tested all the same.
find_program(PHP_CONFIG NAMES php-config)
if(NOT PHP_CONFIG OR NOT shim_sources)
    message(STATUS "No php-config or no shim sources: shim_lint and embed_tests are left out")
    return()
endif()

function(sessmirror_php_config option variable)
    execute_process(COMMAND ${PHP_CONFIG} ${option} OUTPUT_VARIABLE output
        OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    set(${variable} "${output}" PARENT_SCOPE)
endfunction()

sessmirror_php_config(--include-dir php_include)
sessmirror_php_config(--version php_version)
string(REGEX MATCH "^[0-9]+\\.[0-9]+" php_minor "${php_version}")

# SYSTEM: what the headers of PHP themselves would be warned for is not ours to fix.
add_library(php_headers INTERFACE)
target_include_directories(php_headers SYSTEM INTERFACE
    ${php_include} ${php_include}/main ${php_include}/TSRM ${php_include}/Zend ${php_include}/ext)

add_library(shim_lint OBJECT ${shim_sources})
target_include_directories(shim_lint PUBLIC php_ext)
target_compile_definitions(shim_lint PRIVATE ZEND_ENABLE_STATIC_TSRMLS_CACHE=1 COMPILE_DL_SESSMIRROR=1)
target_link_libraries(shim_lint PUBLIC sessmirror_core php_headers PRIVATE sessmirror_warnings)

file(GLOB embed_sources CONFIGURE_DEPENDS tests/embed/*.cpp)
find_library(PHP_EMBED NAMES php${php_minor} php)
if(SESSMIRROR_FUZZ OR NOT PHP_EMBED OR NOT GTest_FOUND OR NOT embed_sources)
    message(STATUS "No libphp embed, no GoogleTest or no tests/embed: embed_tests is left out")
    return()
endif()

add_executable(embed_tests ${embed_sources})
target_include_directories(embed_tests SYSTEM PRIVATE ${php_include}/sapi/embed)
target_link_libraries(embed_tests
    PRIVATE test_support shim_lint php_headers ${PHP_EMBED} GTest::gtest_main sessmirror_warnings)
sessmirror_compile_quickly(embed_tests)
gtest_discover_tests(embed_tests
    TEST_PREFIX "embed: "
    DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS embed TIMEOUT 120)

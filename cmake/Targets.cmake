# How a part of the tree becomes a target. One static library for each module, sources listed by name.
#
#   iw_library(NAME [SOURCES a.cpp...] [DEPENDS targets...] [PRIVATE_DEPENDS targets...] [PUBLIC_INCLUDE dirs...] [PRIVATE_INCLUDE dirs...])
#   iw_executable(NAME SOURCES a.cpp... [DEPENDS targets...] [PRIVATE_INCLUDE dirs...])
#   iw_test(NAME SOURCES a_test.cpp... [DEPENDS targets...] [PRIVATE_INCLUDE dirs...]
#           [LABELS names...] [TIMEOUT seconds] [SERIAL] [NEEDS programs...])
#   iw_command_test(NAME COMMAND program args... [LABELS names...] [TIMEOUT seconds] [SERIAL] [NEEDS programs...])
#   iw_fuzz(NAME SOURCES a_fuzz.cpp... [DEPENDS targets...] [PRIVATE_INCLUDE dirs...])
#   iw_must_not_compile(NAME SOURCE a.cpp [DEPENDS targets...] [PRIVATE_INCLUDE dirs...] [EXPECT regex])
#
# DEPENDS and PUBLIC_INCLUDE reach whoever links the library; the PRIVATE ones are for its own sources alone.
# A test has one label for the step of ./test that runs it: unit (the default; no network, also under the address sanitizer
# and g++), replay, server (a Temporal server or an object store), engine (a real engine) or e2e; and beside it, where that
# holds, tsan (also under the thread sanitizer) and long (only with ./test --long). Target iw_LABEL_tests builds the tests of
# one label. NEEDS names the executables of this tree that a test starts; it finds them in $IW_BIN_DIR, data in $IW_SOURCE_DIR,
# a Python with Temporal's SDK in $IW_PYTHON, and `temporal` and `versitygw` on the PATH. SERIAL: while no other test runs.
# A fuzz target exists under the preset `fuzz` only, and there target `fuzz` builds them all.

option(IW_FUZZ "Instrument everything for libFuzzer and build its targets; with clang" OFF)
if(IW_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
    add_custom_target(fuzz)
endif()

set(iw_step_labels unit replay server engine e2e)
set(iw_modifier_labels tsan long)

function(iw_target_defaults name)
    target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:iw_warnings> $<BUILD_INTERFACE:iw_hardening>)
    iw_include(${name} PRIVATE ${ARGN})
endfunction()

function(iw_include name scope)
    foreach(folder IN LISTS ARGN)
        cmake_path(ABSOLUTE_PATH folder NORMALIZE)
        target_include_directories(${name} ${scope} "$<BUILD_INTERFACE:${folder}>")
    endforeach()
endfunction()

function(iw_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS;PUBLIC_INCLUDE;PRIVATE_INCLUDE")
    iw_refuse_leftovers(${name} "${arg_UNPARSED_ARGUMENTS}")
    if(arg_SOURCES)
        add_library(${name} STATIC ${arg_SOURCES})
        iw_target_defaults(${name} ${arg_PRIVATE_INCLUDE})
        set(scope PUBLIC)
    else()
        add_library(${name} INTERFACE)
        set(scope INTERFACE)
    endif()
    iw_include(${name} ${scope} ${arg_PUBLIC_INCLUDE})
    target_link_libraries(${name} ${scope} ${arg_DEPENDS})
    if(arg_PRIVATE_DEPENDS)
        target_link_libraries(${name} PRIVATE ${arg_PRIVATE_DEPENDS})
    endif()
endfunction()

function(iw_executable name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PRIVATE_INCLUDE")
    iw_refuse_leftovers(${name} "${arg_UNPARSED_ARGUMENTS}")
    add_executable(${name} ${arg_SOURCES})
    iw_target_defaults(${name} ${arg_PRIVATE_INCLUDE})
    target_link_libraries(${name} PRIVATE ${arg_DEPENDS})
endfunction()

function(iw_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "TIMEOUT" "SOURCES;DEPENDS;PRIVATE_INCLUDE;LABELS;NEEDS")
    iw_refuse_leftovers(${name} "${arg_UNPARSED_ARGUMENTS}")
    add_executable(${name} ${arg_SOURCES})
    iw_target_defaults(${name} ${arg_PRIVATE_INCLUDE})
    target_link_libraries(${name} PRIVATE ${arg_DEPENDS} GTest::gmock GTest::gtest GTest::gtest_main)
    add_test(NAME ${name} COMMAND ${name} "--gtest_output=xml:${PROJECT_BINARY_DIR}/results/${name}.xml")
    iw_test_properties(${name} ${ARGN})
    iw_label_targets("${arg_LABELS}" ${name} ${arg_NEEDS})
endfunction()

function(iw_fuzz name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PRIVATE_INCLUDE")
    iw_refuse_leftovers(${name} "${arg_UNPARSED_ARGUMENTS}")
    if(NOT IW_FUZZ)
        return()
    endif()
    add_executable(${name} EXCLUDE_FROM_ALL ${arg_SOURCES})
    iw_target_defaults(${name} ${arg_PRIVATE_INCLUDE})
    target_link_libraries(${name} PRIVATE ${arg_DEPENDS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz ${name})
endfunction()

function(iw_command_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "TIMEOUT" "COMMAND;LABELS;NEEDS")
    iw_refuse_leftovers(${name} "${arg_UNPARSED_ARGUMENTS}")
    add_test(NAME ${name} COMMAND ${arg_COMMAND})
    iw_test_properties(${name} ${ARGN})
    iw_label_targets("${arg_LABELS}" ${arg_NEEDS})
endfunction()

# The source must compile as it is, and must not with -DMUST_NOT_COMPILE: so the pair proves that it is the guarded line, and
# not a typing error, that is refused. EXPECT: what the compiler has to say about it.
function(iw_must_not_compile name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCE;EXPECT" "DEPENDS;PRIVATE_INCLUDE")
    iw_refuse_leftovers(${name} "${arg_UNPARSED_ARGUMENTS}")
    add_library(${name} OBJECT ${arg_SOURCE})
    iw_target_defaults(${name} ${arg_PRIVATE_INCLUDE})
    target_link_libraries(${name} PRIVATE ${arg_DEPENDS} iw_unused_is_fine)
    cmake_path(ABSOLUTE_PATH arg_SOURCE NORMALIZE)
    add_test(NAME ${name} COMMAND "${PROJECT_SOURCE_DIR}/tools/must-not-compile"
        "${PROJECT_BINARY_DIR}/compile_commands.json" "${arg_SOURCE}" "${arg_EXPECT}")
    iw_test_properties(${name})
    iw_label_targets("" ${name})
endfunction()

# Labels, time limit and environment: the same for all kinds of tests.
function(iw_test_properties name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "TIMEOUT" "LABELS;SOURCES;DEPENDS;PRIVATE_INCLUDE;NEEDS;COMMAND")
    if(NOT arg_LABELS)
        set(arg_LABELS unit)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    iw_check_labels(${name} ${arg_LABELS})
    set(environment
        "IW_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
        "IW_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
        "IW_PYTHON=${IW_CACHE}/python/bin/python"
        ${IW_SANITIZER_ENVIRONMENT})
    set_tests_properties(${name} PROPERTIES
        LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} RUN_SERIAL ${arg_SERIAL}
        ENVIRONMENT "${environment}"
        # Behind the user's own: what tools/setup brought.
        ENVIRONMENT_MODIFICATION "PATH=path_list_append:${IW_CACHE}/bin")
endfunction()

# A test that carries no label of a step of ./test would never run, with two it would run twice.
function(iw_check_labels name)
    set(found 0)
    foreach(label IN LISTS ARGN)
        if(label IN_LIST iw_step_labels)
            math(EXPR found "${found} + 1")
        elseif(NOT label IN_LIST iw_modifier_labels)
            message(FATAL_ERROR "${name}: there is no label '${label}'; one of ${iw_step_labels}, and any of ${iw_modifier_labels}")
        endif()
    endforeach()
    if(NOT found EQUAL 1)
        message(FATAL_ERROR "${name}: labels '${ARGN}'; exactly one of ${iw_step_labels} is needed")
    endif()
endfunction()

function(iw_label_targets labels)
    if(NOT labels)
        set(labels unit)
    endif()
    foreach(label IN LISTS labels)
        if(NOT TARGET iw_${label}_tests)
            add_custom_target(iw_${label}_tests)
        endif()
        if(ARGN)
            add_dependencies(iw_${label}_tests ${ARGN})
        endif()
    endforeach()
endfunction()

function(iw_refuse_leftovers name leftovers)
    if(leftovers)
        message(FATAL_ERROR "${name}: what is '${leftovers}'? The arguments are at the top of cmake/Targets.cmake")
    endif()
endfunction()

# There are targets for all labels, also for those that no test carries.
iw_label_targets("${iw_step_labels};${iw_modifier_labels}")

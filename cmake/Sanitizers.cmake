# IW_SANITIZER picks the sanitizers of a whole build: "address" (with undefined behaviour), "thread", or none.

set(IW_SANITIZER "" CACHE STRING "address, thread or empty")
set_property(CACHE IW_SANITIZER PROPERTY STRINGS "" address thread)

# What every test gets in its environment.
set(IW_SANITIZER_ENVIRONMENT "")

if(IW_SANITIZER STREQUAL "address")
    set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all)
    list(APPEND IW_SANITIZER_ENVIRONMENT
        "ASAN_OPTIONS=detect_stack_use_after_return=1:check_initialization_order=1"
        "UBSAN_OPTIONS=print_stacktrace=1")
elseif(IW_SANITIZER STREQUAL "thread")
    set(sanitize -fsanitize=thread)
    list(APPEND IW_SANITIZER_ENVIRONMENT
        "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1")
elseif(NOT IW_SANITIZER STREQUAL "")
    message(FATAL_ERROR "IW_SANITIZER is '${IW_SANITIZER}'; it is one of: address, thread, or empty")
endif()

if(IW_SANITIZER)
    # -O1 keeps the sanitizers bearable, -g1 and frame pointers keep their reports readable.
    set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
    add_compile_options(${sanitize} -fno-omit-frame-pointer)
    add_link_options(${sanitize})

    find_program(IW_SYMBOLIZER llvm-symbolizer-19)
    if(IW_SYMBOLIZER)
        list(APPEND IW_SANITIZER_ENVIRONMENT
            "ASAN_SYMBOLIZER_PATH=${IW_SYMBOLIZER}" "TSAN_SYMBOLIZER_PATH=${IW_SYMBOLIZER}"
            "UBSAN_SYMBOLIZER_PATH=${IW_SYMBOLIZER}")
    endif()
endif()

# iw_hardening: cheap checks that turn memory errors into a clean stop. Optimised builds only: the fortified libc functions
# need the optimiser, and the sanitizers do more.

add_library(iw_hardening INTERFACE)
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" AND NOT IW_SANITIZER)
    target_compile_options(iw_hardening INTERFACE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS
        -fstack-protector-strong
        $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection -fstack-clash-protection>)
    target_link_options(iw_hardening INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
else()
    target_compile_definitions(iw_hardening INTERFACE _GLIBCXX_ASSERTIONS)
endif()

include(CheckPIESupported)
check_pie_supported()

# temporal_core: the static library of core/, Temporal's Rust core behind a C ABI (#include "temporal_core.h").
# Cargo builds it, once for all presets: see tools/build-core.

set(out "${PROJECT_BINARY_DIR}/core")
file(GLOB_RECURSE rust_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/core/src/*.rs")
file(GLOB rust_manifests CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/core/*.rs" "${PROJECT_SOURCE_DIR}/core/Cargo.*")

add_custom_command(
    OUTPUT "${out}/libtemporal_core.a"
    COMMAND "${PROJECT_SOURCE_DIR}/tools/build-core" "${out}"
    DEPENDS
        ${rust_sources}
        ${rust_manifests}
        "${PROJECT_SOURCE_DIR}/tools/build-core"
        "${PROJECT_SOURCE_DIR}/tools/lib/artifact.sh"
    COMMENT "Rust core"
    USES_TERMINAL VERBATIM)
add_custom_target(temporal_core_build DEPENDS "${out}/libtemporal_core.a")

# The header alone, for a core that is played by a script in tests.
add_library(temporal_core_headers INTERFACE)
target_include_directories(temporal_core_headers INTERFACE "${PROJECT_SOURCE_DIR}/core/include")

add_library(temporal_core STATIC IMPORTED GLOBAL)
add_dependencies(temporal_core temporal_core_build)
set_target_properties(temporal_core PROPERTIES IMPORTED_LOCATION "${out}/libtemporal_core.a")
# What `rustc --print native-static-libs` names for this crate, less what the C++ compiler links by itself.
target_link_libraries(temporal_core INTERFACE temporal_core_headers Threads::Threads ${CMAKE_DL_LIBS} m gcc_s rt util)

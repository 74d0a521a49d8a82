# Language level, where binaries land, and the helpers of the build (compiler cache, linker) that are used when present.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

# What is built or installed once, outside the tree; tools/lib/paths.sh says the same.
if(DEFINED ENV{IW_CACHE})
    set(IW_CACHE "$ENV{IW_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(IW_CACHE "$ENV{XDG_CACHE_HOME}/inference-worker")
else()
    set(IW_CACHE "$ENV{HOME}/.cache/inference-worker")
endif()

# Line tables are enough for a backtrace, and a third of the size of full debug information.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")  # It only has to build and pass; one debugs the build of the reference compiler.
else()
    set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
endif()

# Nothing of the machine that built it ends up in a binary; a clone elsewhere builds the same bytes.
add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}=." "$<$<CXX_COMPILER_ID:Clang>:-fcolor-diagnostics>")
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-Wl,--gc-sections -Wl,--as-needed)

find_program(IW_CCACHE ccache)
if(IW_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    # Relative paths in the keys: a second clone of the tree is served from the cache of the first.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
        "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${IW_CCACHE}")
endif()

find_program(IW_LLD NAMES ld.lld-19 ld.lld)
if(IW_LLD)
    # Both compilers look for a program named exactly ld.lld: -B names the folder that has it.
    file(REAL_PATH "${IW_LLD}" lld_program)
    cmake_path(GET lld_program PARENT_PATH lld_folder)
    add_link_options(-fuse-ld=lld "-B${lld_folder}")
endif()

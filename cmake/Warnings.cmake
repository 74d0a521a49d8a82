# iw_warnings: the warnings that our own code is free of. Linked PRIVATE, so that nobody inherits them.

add_library(iw_warnings INTERFACE)
target_compile_options(iw_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Werror
    -Wcast-qual
    -Wextra-semi
    -Wformat=2
    -Wimplicit-fallthrough
    -Wnon-virtual-dtor
    -Woverloaded-virtual
    # A field that is left out has its default: that is what option structs are for.
    $<IF:$<CXX_COMPILER_ID:Clang>,-Wno-missing-designated-field-initializers,-Wno-missing-field-initializers>
    $<$<CXX_COMPILER_ID:Clang>:-Wloop-analysis -Wshadow -Wthread-safety -Wunreachable-code>)

# For the pairs of iw_must_not_compile: what only the guarded line uses is unused without it.
add_library(iw_unused_is_fine INTERFACE)
target_compile_options(iw_unused_is_fine INTERFACE
    -Wno-unused-function -Wno-unused-variable
    $<$<CXX_COMPILER_ID:Clang>:-Wno-unneeded-internal-declaration -Wno-unused-const-variable -Wno-unused-member-function>)

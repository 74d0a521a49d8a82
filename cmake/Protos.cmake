# iw_grpc_proto(NAME PROTO a.proto... [IMPORT_ROOT dir])
#
# NAME becomes a library with the C++ messages and gRPC stubs of the files, generated at build time. Headers are included by
# the path of the .proto below IMPORT_ROOT (default: the current folder): #include "kserve/grpc_predict_v2.grpc.pb.h".

# iw_generated: all that is generated and not compiled, for tools that only read.
add_custom_target(iw_generated)

function(iw_grpc_proto name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "IMPORT_ROOT" "PROTO")
    iw_refuse_leftovers(${name} "${arg_UNPARSED_ARGUMENTS}")
    if(NOT arg_IMPORT_ROOT)
        set(arg_IMPORT_ROOT "${CMAKE_CURRENT_SOURCE_DIR}")
    endif()
    cmake_path(ABSOLUTE_PATH arg_IMPORT_ROOT NORMALIZE)
    set(out "${CMAKE_CURRENT_BINARY_DIR}/${name}")
    file(MAKE_DIRECTORY "${out}")

    set(generated "")
    foreach(proto IN LISTS arg_PROTO)
        cmake_path(ABSOLUTE_PATH proto NORMALIZE)
        cmake_path(RELATIVE_PATH proto BASE_DIRECTORY "${arg_IMPORT_ROOT}" OUTPUT_VARIABLE stem)
        string(REGEX REPLACE "\\.proto$" "" stem "${stem}")
        set(outputs "${out}/${stem}.pb.cc" "${out}/${stem}.pb.h" "${out}/${stem}.grpc.pb.cc" "${out}/${stem}.grpc.pb.h")
        add_custom_command(
            OUTPUT ${outputs}
            COMMAND protobuf::protoc -I "${arg_IMPORT_ROOT}" "--cpp_out=${out}" "--grpc_out=${out}"
                "--plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>" "${proto}"
            DEPENDS "${proto}"
            VERBATIM)
        list(APPEND generated ${outputs})
    endforeach()

    add_custom_target(${name}_generate DEPENDS ${generated})
    add_dependencies(iw_generated ${name}_generate)

    add_library(${name} STATIC ${generated})
    add_dependencies(${name} ${name}_generate)
    target_compile_options(${name} PRIVATE -w)
    target_include_directories(${name} SYSTEM PUBLIC "${out}")
    target_link_libraries(${name} PUBLIC gRPC::grpc++ protobuf::libprotobuf)
endfunction()

# Third-party libraries, all of them Debian 12 packages (tools/lib/apt.sh installs them). Imported targets count as SYSTEM:
# their headers are exempt from our warnings.

find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)           # Boost::headers
find_package(CLI11 REQUIRED)                # CLI11::CLI11
find_package(CURL 7.88 REQUIRED)            # CURL::libcurl
find_package(GTest 1.12 REQUIRED)           # GTest::gtest, GTest::gmock
find_package(OpenSSL 3.0 REQUIRED)          # OpenSSL::Crypto
find_package(PostgreSQL 15 REQUIRED)        # PostgreSQL::PostgreSQL: libpq
find_package(prometheus-cpp CONFIG REQUIRED) # 1.0, which does not say so: prometheus-cpp::core
find_package(Protobuf 3.21 REQUIRED)        # protobuf::libprotobuf, protobuf::protoc
find_package(gRPC 1.51 CONFIG REQUIRED)     # gRPC::grpc++
find_package(nlohmann_json 3.11 REQUIRED)   # nlohmann_json::nlohmann_json
find_package(pugixml 1.13 REQUIRED)         # pugixml::pugixml
find_package(rapidcheck REQUIRED)           # rapidcheck_gtest
find_package(SQLite3 3.40 REQUIRED)         # SQLite::SQLite3
find_package(spdlog 1.10 REQUIRED)          # spdlog::spdlog
find_package(tl-expected REQUIRED)          # tl::expected
find_package(PkgConfig REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)         # yaml-cpp
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis>=0.14)  # PkgConfig::hiredis

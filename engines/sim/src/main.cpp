/// @file main.cpp
/// @brief engine-sim: a simulated inference engine for tests, benchmarks and the quickstart.

#include "options.hpp"
#include "simulator.hpp"

#include <nlohmann/json.hpp>

#include <sys/resource.h>

#include <exception>
#include <iostream>

namespace {

/// Each connection is a descriptor, and thousands are the point.
void allow_many_connections() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        allow_many_connections();
        engine_sim::Simulator simulator(engine_sim::parse_options(argc, argv));
        const auto [http, grpc, control] = simulator.ports();
        std::cout << nlohmann::ordered_json{{"http", http}, {"grpc", grpc}, {"control", control}}
                  << std::endl;
        simulator.run();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "engine-sim: " << error.what() << '\n';
        return 1;
    }
}

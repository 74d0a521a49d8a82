/// @file options.hpp
/// @brief The command line.
#pragma once

#include "fault_script.hpp"
#include "scheduler.hpp"
#include "tensor_model.hpp"
#include "text_call.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace engine_sim {

struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t http_port = 0;
    std::uint16_t grpc_port = 0;
    std::uint16_t control_port = 0;
    TextModels text_models;
    std::vector<TensorModel> tensor_models;
    Speed speed;
    Scheduler::Limits limits;
    std::string api_key;
    std::chrono::milliseconds idle_timeout{5000};
    std::chrono::milliseconds sse_keep_alive{0};
    std::filesystem::path log;
    FaultScript faults;
};

/// Errors: prints what is wrong (or the help that was asked for) and ends the process.
Options parse_options(int argc, char** argv);

}  // namespace engine_sim

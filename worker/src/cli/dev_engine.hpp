/// @file cli/dev_engine.hpp
/// @brief The simulated engine of `dev` as a child, and the models on it.
#pragma once

#include "cli/child_process.hpp"
#include "registry/model.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace inference::cli {

/// A chat model and a model on tensors, answered by engine-sim beside this program.
class DevEngine {
public:
    static constexpr char kChatModel[] = "sim-chat";
    static constexpr char kTensorModel[] = "sim-sum";

    /// Errors: CommandError (78) where engine-sim is not there, (1) where it does not come up.
    DevEngine();

    /// For the registry.
    [[nodiscard]] std::vector<Model> models() const;
    [[nodiscard]] std::string http_address() const;
    [[nodiscard]] std::string grpc_address() const;
    [[nodiscard]] const ChildProcess& process() const noexcept { return process_; }

private:
    ChildProcess process_;
    std::uint16_t http_port_ = 0;
    std::uint16_t grpc_port_ = 0;
};

}  // namespace inference::cli

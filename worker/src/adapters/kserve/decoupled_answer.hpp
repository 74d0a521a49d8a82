/// @file adapters/kserve/decoupled_answer.hpp
/// @brief The answers of one decoupled call, made one.
#pragma once

#include "adapters/classify/signal.hpp"
#include "kserve_v2.pb.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace inference {

/// A decoupled model answers a request any number of times. Outputs of one name are one output, joined along their first
/// dimension in the order in which they came; a single answer stays as it is, and none at all is an empty list of outputs.
///
/// Threads: one at a time.
class DecoupledAnswer {
public:
    /// The whole answer in the form of decode_answer(), or why there will be none.
    using Decision = std::variant<nlohmann::json, Signal>;

    explicit DecoupledAnswer(std::vector<std::string> wanted_outputs);

    /// nullopt: more will come. After a decision, nothing more is to be added.
    ///
    /// Errors: a message in the stream; an answer that contradicts itself, or those before it.
    std::optional<Decision> add(const kserve::ModelStreamInferResponse& response);

    /// Whether a part of the answer has come.
    bool has_begun() const noexcept { return has_begun_; }

private:
    std::optional<Signal> add_outputs(const kserve::ModelInferResponse& answer);
    std::optional<Signal> join(nlohmann::json next);
    Decision whole() &&;

    std::vector<std::string> wanted_outputs_;
    nlohmann::json body_;
    bool has_begun_ = false;
};

/// The request parameter without which the last answer cannot be told from the others.
extern const char* const kAskForFinalResponse;

}  // namespace inference

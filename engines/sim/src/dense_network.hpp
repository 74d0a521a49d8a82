/// @file dense_network.hpp
/// @brief A small trained network: dense layers, rectified between them, softmax at the end.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

namespace engine_sim {

/// Errors: `load` throws std::runtime_error that names the file, for what is not `{"layers": [{"weights": rows
///         of numbers, "bias": numbers}]}` with sizes that fit together.
class DenseNetwork {
public:
    static DenseNetwork load(const std::filesystem::path& file);

    std::size_t inputs() const { return layers_.front().weights.size(); }
    std::size_t outputs() const { return layers_.back().bias.size(); }

    /// Probabilities, one for each output. Precondition: `input.size() == inputs()`.
    std::vector<double> run(std::span<const double> input) const;

private:
    struct Layer {
        std::vector<std::vector<double>> weights;  // one row for each input
        std::vector<double> bias;

        std::vector<double> run(std::span<const double> input) const;
    };

    static Layer checked(Layer layer, std::size_t inputs);

    std::vector<Layer> layers_;
};

}  // namespace engine_sim

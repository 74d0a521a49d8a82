#include "dense_network.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace engine_sim {

DenseNetwork DenseNetwork::load(const std::filesystem::path& file) {
    std::ifstream stream(file);
    if (!stream) {
        throw std::runtime_error("cannot read the weights '" + file.string() + "'");
    }
    try {
        DenseNetwork network;
        const auto document = nlohmann::json::parse(stream);
        for (const auto& layer : document.at("layers")) {
            const std::size_t wanted = network.layers_.empty() ? 0 : network.outputs();
            network.layers_.push_back(checked({layer.at("weights"), layer.at("bias")}, wanted));
        }
        if (network.layers_.empty()) {
            throw std::runtime_error("no layers");
        }
        return network;
    } catch (const std::exception& problem) {
        throw std::runtime_error("the weights '" + file.string() + "': " + problem.what());
    }
}

DenseNetwork::Layer DenseNetwork::checked(Layer layer, std::size_t inputs) {
    const bool rows_fit = std::ranges::all_of(layer.weights, [&](const auto& row) {
        return row.size() == layer.bias.size();
    });
    const bool inputs_fit = inputs == 0 || layer.weights.size() == inputs;
    if (layer.weights.empty() || layer.bias.empty() || !rows_fit || !inputs_fit) {
        throw std::runtime_error("the sizes of the layers do not fit together");
    }
    return layer;
}

std::vector<double> DenseNetwork::Layer::run(std::span<const double> input) const {
    std::vector<double> sums = bias;
    for (std::size_t i = 0; i < input.size(); ++i) {
        for (std::size_t j = 0; j < sums.size(); ++j) {
            sums[j] += input[i] * weights[i][j];
        }
    }
    return sums;
}

std::vector<double> DenseNetwork::run(std::span<const double> input) const {
    std::vector<double> values(input.begin(), input.end());
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        values = layers_[i].run(values);
        if (i + 1 < layers_.size()) {
            std::ranges::for_each(values, [](double& value) { value = std::max(value, 0.0); });
        }
    }
    const double largest = *std::ranges::max_element(values);
    std::ranges::for_each(values, [largest](double& value) { value = std::exp(value - largest); });
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    std::ranges::for_each(values, [sum](double& value) { value /= sum; });
    return values;
}

}  // namespace engine_sim

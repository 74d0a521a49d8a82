/// @file digits/image.hpp
/// @brief One labelled image as a request.
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace digits {

struct Image {
    std::string id;
    int label = 0;
    nlohmann::json input;  ///< As in an InferRequest.
};

/// Errors: std::runtime_error naming the file and the line.
std::vector<Image> read_images(const std::filesystem::path& file);

/// The class that a response of the model names; -1 if it names none.
int label_of(const nlohmann::json& response);

}  // namespace digits

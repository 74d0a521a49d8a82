#include "image.hpp"

#include <fstream>
#include <stdexcept>
#include <string>

namespace digits {

std::vector<Image> read_images(const std::filesystem::path& file) {
    std::ifstream lines(file);
    if (!lines) {
        throw std::runtime_error("cannot read " + file.string());
    }
    std::vector<Image> images;
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        try {
            const auto json = nlohmann::json::parse(line);
            images.push_back(
                {.id = json.at("custom_id").get<std::string>(),
                 .label = json.at("label").get<int>(),
                 .input = json.at("input")}
            );
        } catch (const nlohmann::json::exception& error) {
            throw std::runtime_error(
                file.string() + ":" + std::to_string(number) + ": " + error.what()
            );
        }
    }
    return images;
}

int label_of(const nlohmann::json& response) {
    for (const auto& output : response.at("output").at("outputs")) {
        if (output.at("name") == "label") {
            return output.at("data").at(0).get<int>();
        }
    }
    return -1;
}

}  // namespace digits

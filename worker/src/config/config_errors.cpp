#include "config/config_errors.hpp"

#include <string>

namespace inference {

std::string to_string(const ConfigErrors& errors) {
    std::string text;
    for (const ConfigProblem& problem : errors.problems) {
        text += errors.file.string() + ":";
        text += problem.line > 0 ? std::to_string(problem.line) + ": " : " ";
        text += problem.message + "\n";
    }
    return text;
}

}  // namespace inference

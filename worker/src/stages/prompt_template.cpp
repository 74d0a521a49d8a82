#include "stages/prompt_template.hpp"

#include "registry/model.hpp"

#include <string>
#include <string_view>

namespace inference {

std::string fill_template(std::string_view prompt_template, std::string text) {
    if (prompt_template.empty()) {
        return text;
    }
    std::string filled;
    while (true) {
        const auto at = prompt_template.find(kPromptPlaceholder);
        filled += prompt_template.substr(0, at);
        if (at == std::string_view::npos) {
            return filled;
        }
        filled += text;
        prompt_template.remove_prefix(at + kPromptPlaceholder.size());
    }
}

}  // namespace inference

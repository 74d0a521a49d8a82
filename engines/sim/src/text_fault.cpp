#include "text_fault.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>

namespace engine_sim {

namespace {

using nlohmann::ordered_json;

void cut(Continuation& answer, std::size_t tokens) {
    Words words = split_words(answer.text);
    if (words.size() <= tokens) {
        return;
    }
    words.resize(tokens);
    answer.text.clear();
    for (const std::string& word : words) {
        answer.text += (answer.text.empty() ? "" : " ") + word;
    }
    answer.tokens = tokens;
    answer.cut = true;
}

}  // namespace

void apply(const FaultAction& fault, TextCall& call) {
    for (std::size_t i = 0; i < call.answers.size(); ++i) {
        if (fault.choice && fault.choice != i) {
            continue;
        }
        Continuation& answer = call.answers[i];
        if (fault.tokens) {
            cut(answer, *fault.tokens);
        }
        if (fault.finish_reason) {
            answer.finish_reason = fault.finish_reason;
        }
    }
}

std::string without(const std::string& body, const std::vector<std::string>& pointers) {
    if (pointers.empty()) {
        return body;
    }
    ordered_json document = ordered_json::parse(body, nullptr, /*allow_exceptions=*/false);
    for (const std::string& text : pointers) {
        const ordered_json::json_pointer pointer(text);
        if (pointer.empty() || !document.contains(pointer)) {
            continue;
        }
        auto& parent = document[pointer.parent_pointer()];
        if (parent.is_object()) {
            parent.erase(pointer.back());
        } else {
            parent.erase(std::stoul(pointer.back()));
        }
    }
    return document.is_discarded() ? body : document.dump();
}

std::string garbled(const std::string& body) {
    return body.substr(0, body.size() / 2) + "\x01}{";
}

}  // namespace engine_sim

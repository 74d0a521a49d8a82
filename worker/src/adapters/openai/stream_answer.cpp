#include "adapters/openai/stream_answer.hpp"

#include "adapters/classify/error_body.hpp"
#include "adapters/openai/answer.hpp"
#include "contracts/json_field.hpp"

#include <algorithm>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;

Signal garbled() {
    return DefectSignal{Defect::kGarbled};
}

}  // namespace

bool StreamAnswer::take(const SseEvent& event) {
    if (fault_ || done_) {
        return !fault_;
    }
    if (event.is_done()) {
        done_ = true;
        return true;
    }
    json chunk = json::parse(event.data, nullptr, false);
    if (event.type == "error" || is_error_object(chunk)) {
        return fail(InBandSignal{event.data});
    }
    return chunk.is_object() ? take_chunk(chunk) : fail(garbled());
}

bool StreamAnswer::fail(Signal signal) {
    fault_ = std::move(signal);
    return false;
}

bool StreamAnswer::take_chunk(json& chunk) {
    for (auto& [key, value] : chunk.items()) {
        if (key == "choices" && value.is_array()) {
            if (!std::ranges::all_of(value, [this](json& choice) { return take_choice(choice); })) {
                return false;
            }
        } else if (key == "choices") {
            if (!value.is_null()) {
                return fail(garbled());
            }
        } else if (json& known = members_[key]; !value.is_null()) {
            known = std::move(value);
        }
    }
    return true;
}

bool StreamAnswer::take_choice(json& choice) {
    const auto index = choice.is_object() ? index_of(choice) : std::nullopt;
    if (!index) {
        return fail(garbled());
    }
    if (expected_ && *index >= *expected_) {
        return fail(DefectSignal{
            Defect::kWrongCount,
            "a result number " + std::to_string(*index) + " where " + std::to_string(*expected_) +
                " were asked for"
        });
    }
    if (on_text_) {
        report_text(*index, choice);  // Before it is moved from.
    }
    const ChoiceBuilder::Piece piece = choices_[*index].take(choice);
    if (piece == ChoiceBuilder::Piece::kGarbled) {
        return fail(garbled());
    }
    pieces_ += piece == ChoiceBuilder::Piece::kOutput ? 1 : 0;
    return true;
}

std::optional<std::size_t> StreamAnswer::index_of(const json& choice) const {
    const auto index = choice.find("index");
    if (index == choice.end() || index->is_null()) {
        return expected_ == 1 ? std::optional<std::size_t>(0) : std::nullopt;
    }
    return index->is_number_unsigned() ? std::optional(index->get<std::size_t>()) : std::nullopt;
}

void StreamAnswer::report_text(std::size_t index, const json& choice) const {
    const json* const delta = field(choice, "delta");
    const json* const text = delta != nullptr ? field(*delta, "content") : field(choice, "text");
    if (text != nullptr && text->is_string() && !text->get_ref<const std::string&>().empty()) {
        on_text_(index, text->get_ref<const std::string&>());
    }
}

std::variant<json, Signal> StreamAnswer::finish() {
    if (fault_) {
        return *std::move(fault_);
    }
    if (!done_ || choices_.size() < expected_.value_or(0)) {  // what never began is not finished
        return Signal{DefectSignal{Defect::kUnfinished}};
    }
    json body = build();
    if (auto defect = find_defect(*api_, expected_, body)) {
        return *std::move(defect);
    }
    return body;
}

json StreamAnswer::build() {
    const bool is_chat = api_->task == Task::kChat;
    json body = std::move(members_);
    body["object"] = is_chat ? "chat.completion" : "text_completion";
    json& choices = body["choices"] = json::array();
    for (auto& [index, choice] : choices_) {
        choices.push_back(choice.build(index, is_chat));
    }
    return body;
}

}  // namespace inference

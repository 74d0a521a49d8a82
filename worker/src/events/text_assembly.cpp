#include "events/text_assembly.hpp"

#include <utility>

namespace inference {

TextAssembly::Change TextAssembly::take(const Event& event) {
    if (event.type == EventType::kEnd || event.epoch < epoch_ || event.epoch == 0) {
        return Change::kNothing;
    }
    Change change = event.epoch > epoch_ ? begin(event.epoch) : Change::kNothing;
    // Another step, or a worker that does the step again, counts from 1 on its own.
    const bool follows = event.seq == seq_ + 1;
    if (event.type == EventType::kStage && !follows) {
        return change;
    }
    has_gap_ = has_gap_ || !follows;
    seq_ = event.seq;
    if (event.type == EventType::kToken) {
        change = append(event);
    }
    is_whole_ = is_whole_ || event.type == EventType::kProgress;
    return change;
}

TextAssembly::Change TextAssembly::begin(std::int64_t epoch) {
    epoch_ = epoch;
    seq_ = 0;
    has_gap_ = false;
    is_whole_ = false;
    return std::exchange(text_, {}).empty() ? Change::kNothing : Change::kVoid;
}

TextAssembly::Change TextAssembly::append(const Event& event) {
    const auto text = event.data.find("text");
    const auto index = event.data.find("index");
    has_gap_ = has_gap_ || event.data.contains("gap");
    if (has_gap_ || text == event.data.end() || !text->is_string() || index == event.data.end() ||
        *index != choice_ || text->get_ref<const std::string&>().empty()) {
        return Change::kNothing;
    }
    text_ += text->get_ref<const std::string&>();
    return Change::kGrown;
}

}  // namespace inference

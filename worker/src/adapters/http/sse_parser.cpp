#include "adapters/http/sse_parser.hpp"

#include <utility>

namespace inference {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

bool SseParser::feed(std::string_view bytes, std::vector<SseEvent>& events) {
    skip_byte_order_mark(bytes);
    while (!bytes.empty() && !too_large_) {
        if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
            bytes.remove_prefix(1);
            continue;
        }
        const std::size_t end = bytes.find_first_of("\r\n");
        const std::string_view piece = bytes.substr(0, end);
        if (!fits(piece.size())) {
            too_large_ = true;
            break;
        }
        line_ += piece;
        if (end == std::string_view::npos) {
            break;
        }
        after_cr_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        end_line(events);
    }
    return !too_large_;
}

// The mark may come in three pieces. What begins like one and is none belongs to the first line.
void SseParser::skip_byte_order_mark(std::string_view& bytes) {
    while (!begun_ && !bytes.empty()) {
        if (bytes.front() != kByteOrderMark[mark_bytes_]) {
            line_ = kByteOrderMark.substr(0, mark_bytes_);
            begun_ = true;
            return;
        }
        bytes.remove_prefix(1);
        begun_ = ++mark_bytes_ == kByteOrderMark.size();
    }
}

bool SseParser::fits(std::size_t more) const noexcept {
    const std::size_t used = event_.data.size() + line_.size();
    return used <= max_event_bytes_ && more <= max_event_bytes_ - used;
}

void SseParser::end_line(std::vector<SseEvent>& events) {
    if (line_.empty()) {
        dispatch(events);
        return;
    }
    const std::string_view line = line_;
    const std::size_t colon = line.find(':');
    if (colon != 0) {  // else it is a comment
        std::string_view value =
            colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
        if (value.starts_with(' ')) {
            value.remove_prefix(1);
        }
        read_field(line.substr(0, colon), value);
    }
    line_.clear();
}

void SseParser::read_field(std::string_view name, std::string_view value) {
    if (name == "event") {
        event_.type = value;
    } else if (name == "data") {
        if (std::exchange(has_data_, true)) {
            event_.data += '\n';
        }
        event_.data += value;
    }
}

void SseParser::dispatch(std::vector<SseEvent>& events) {
    if (std::exchange(has_data_, false)) {
        events.push_back(std::move(event_));
    }
    event_ = {};
}

}  // namespace inference

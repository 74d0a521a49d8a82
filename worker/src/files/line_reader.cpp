#include "files/line_reader.hpp"

namespace inference {

LineReader::LineReader(const ByteSource& source, std::uint64_t from)
    : source_(source), begin_(from) {}

bool LineReader::fill() {
    buffer_.erase(0, used_);
    begin_ += used_;
    searched_ -= used_;
    used_ = 0;
    source_.read_at(begin_ + buffer_.size(), source_.block_size(), chunk_);
    buffer_ += chunk_;
    return !chunk_.empty();
}

std::optional<FileLine> LineReader::next() {
    while (true) {
        const std::size_t end = buffer_.find('\n', searched_);
        if (end != std::string::npos) {
            const FileLine line{
                .offset = begin_ + used_,
                .text = std::string_view(buffer_).substr(used_, end - used_)
            };
            used_ = searched_ = end + 1;
            return line;
        }
        searched_ = buffer_.size();
        if (fill()) {
            continue;
        }
        if (used_ == buffer_.size()) {
            return std::nullopt;
        }
        const FileLine last{
            .offset = begin_ + used_,
            .text = std::string_view(buffer_).substr(used_),
            .is_whole = false
        };
        used_ = searched_ = buffer_.size();
        return last;
    }
}

}  // namespace inference

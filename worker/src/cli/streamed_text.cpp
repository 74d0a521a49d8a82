#include "cli/streamed_text.hpp"

namespace inference::cli {

StreamedText::Piece StreamedText::grown_to(std::string_view text) {
    return printed_.starts_with(text) ? Piece() : ends_as(text);
}

StreamedText::Piece StreamedText::ends_as(std::string_view text) {
    const bool goes_on = text.starts_with(printed_);
    Piece piece{
        .begins_anew = !goes_on,
        .text = std::string(goes_on ? text.substr(printed_.size()) : text),
    };
    printed_ = text;
    return piece;
}

}  // namespace inference::cli

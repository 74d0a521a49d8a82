/// @file cli/streamed_text.hpp
/// @brief What to print of a text that grows, may begin anew, and must stand there whole at the end.
#pragma once

#include <string>
#include <string_view>

namespace inference::cli {

/// A try that was lost has often printed what the next one says again: then nothing is printed until that has caught up, and
/// the reader sees one text without a seam. Only where the new text differs from what was printed it begins anew.
///
/// Pure: no I/O.
class StreamedText {
public:
    struct Piece {
        bool begins_anew = false;  ///< What was printed before does not belong to the text.
        std::string text;  ///< To be printed now.

        bool operator==(const Piece&) const = default;
    };

    /// The text of the newest try, as far as it is known: what was printed may be ahead of it.
    Piece grown_to(std::string_view text);
    /// The whole text.
    Piece ends_as(std::string_view text);

    /// Something of it was printed.
    [[nodiscard]] bool has_begun() const noexcept { return !printed_.empty(); }

private:
    std::string printed_;
};

}  // namespace inference::cli

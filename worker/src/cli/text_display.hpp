/// @file cli/text_display.hpp
/// @brief Prints a job's text as it grows.
#pragma once

#include "cli/streamed_text.hpp"
#include "events/event.hpp"
#include "events/text_assembly.hpp"

#include <functional>
#include <iosfwd>
#include <string>

namespace inference::cli {

/// Threads: one at a time.
class TextDisplay {
public:
    /// Makes all that was printed undone; false where that cannot be, as on a terminal or in a pipe. Then the text begins anew on a
    /// line of its own, and `err` says so.
    using TakeBack = std::function<bool()>;

    /// Lifetime: the streams outlive it.
    TextDisplay(std::ostream& out, std::ostream& err, TakeBack take_back);

    void take(const Event& event);
    /// The job's text is this one, with a line break after it.
    void end_with(const std::string& text);
    /// There will be no text: what was printed is taken back, or its line ended.
    void give_up();

private:
    void print(const StreamedText::Piece& piece);

    std::ostream& out_;
    std::ostream& err_;
    const TakeBack take_back_;
    TextAssembly assembly_;
    StreamedText shown_;
};

/// Of the program's standard output: undoes what is written to it from now on if it is a file that is not appended to.
TextDisplay::TakeBack take_back_stdout();

}  // namespace inference::cli

#include "cli/text_display.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ostream>
#include <utility>

namespace inference::cli {

TextDisplay::TextDisplay(std::ostream& out, std::ostream& err, TakeBack take_back)
    : out_(out), err_(err), take_back_(std::move(take_back)) {}

void TextDisplay::take(const Event& event) {
    if (assembly_.take(event) == TextAssembly::Change::kGrown) {
        print(shown_.grown_to(assembly_.text()));
    }
}

void TextDisplay::end_with(const std::string& text) {
    print(shown_.ends_as(text));
    out_ << '\n' << std::flush;
}

void TextDisplay::give_up() {
    if (shown_.has_begun() && !take_back_()) {
        out_ << '\n' << std::flush;
    }
}

void TextDisplay::print(const StreamedText::Piece& piece) {
    if (piece.begins_anew && !take_back_()) {
        out_ << '\n' << std::flush;
        err_ << "what is printed above is not the answer, which begins anew:\n" << std::flush;
    }
    out_ << piece.text << std::flush;
}

TextDisplay::TakeBack take_back_stdout() {
    struct stat what{};
    const bool is_file = fstat(STDOUT_FILENO, &what) == 0 && S_ISREG(what.st_mode);
    const bool is_appended_to = (fcntl(STDOUT_FILENO, F_GETFL) & O_APPEND) != 0;
    const off_t start = is_file && !is_appended_to ? lseek(STDOUT_FILENO, 0, SEEK_CUR) : -1;
    return [start] {
        return start >= 0 && ftruncate(STDOUT_FILENO, start) == 0 &&
               lseek(STDOUT_FILENO, start, SEEK_SET) == start;
    };
}

}  // namespace inference::cli

#include "cli/text_source.hpp"

#include "cli/command_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace inference::cli {
namespace {

std::string read_all(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

[[noreturn]] void unreadable(const std::string& file, const std::string& why) {
    throw CommandError(ExitCode::kUsage, "cannot read '" + file + "': " + why);
}

std::string read_file(const std::string& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
        unreadable(file, "it is a folder");
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream.is_open()) {
        unreadable(file, std::error_code(errno, std::generic_category()).message());
    }
    std::string text = read_all(stream);
    if (stream.bad()) {
        unreadable(file, "the reading broke off");
    }
    return text;
}

/// "line 1, column 5" of the byte with this number, the first being 1.
std::string position(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0.
    return "line " + std::to_string(line) + ", column " +
           std::to_string(before.size() - line_start + 1);
}

}  // namespace

std::string read_text(const std::string& argument, std::istream& in) {
    if (argument == "-") {
        return read_all(in);
    }
    return argument.starts_with('@') ? read_file(argument.substr(1)) : argument;
}

nlohmann::json parse_json(const std::string& text, const std::string& name) {
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        const bool ended = error.byte > text.size();
        throw CommandError(
            ExitCode::kUsage,
            name + ", " + position(text, error.byte) + ": this is no JSON" +
                (ended ? ", the text ends too early" : "") +
                "; a plain text needs quotes of its own: '\"like this\"'"
        );
    } catch (const nlohmann::json::out_of_range&) {
        throw CommandError(ExitCode::kUsage, name + ": a number in it is too large");
    }
}

}  // namespace inference::cli

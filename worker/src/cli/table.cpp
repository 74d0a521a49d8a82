#include "cli/table.hpp"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <utility>

namespace inference::cli {
namespace {

using Row = std::vector<std::string>;

/// Bytes that begin a character, so that letters beyond ASCII count once.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) {
        constexpr unsigned kContinuationMask = 0xC0;
        constexpr unsigned kContinuation = 0x80;
        return (static_cast<unsigned char>(byte) & kContinuationMask) != kContinuation;
    }));
}

std::vector<std::size_t> column_widths(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width(row[i]));
        }
    }
    return widths;
}

}  // namespace

Table::Table(std::vector<std::string> header) {
    add(std::move(header));
}

void Table::add(std::vector<std::string> cells) {
    for (std::string& cell : cells) {
        cell = printable(std::move(cell));
    }
    rows_.push_back(std::move(cells));
}

std::ostream& operator<<(std::ostream& out, const Table& table) {
    constexpr std::size_t kGap = 2;
    const std::vector<std::size_t> widths = column_widths(table.rows_);
    for (const Row& row : table.rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool last = i + 1 == row.size();
            out << row[i] << (last ? "" : std::string(widths[i] - width(row[i]) + kGap, ' '));
        }
        out << '\n';
    }
    return out;
}

std::string printable(std::string text) {
    constexpr unsigned char kFirstPrintable = 0x20;
    constexpr unsigned char kDelete = 0x7F;
    std::ranges::replace_if(
        text, [](unsigned char byte) { return byte < kFirstPrintable || byte == kDelete; }, '?'
    );
    return text;
}

}  // namespace inference::cli

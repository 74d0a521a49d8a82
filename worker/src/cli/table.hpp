/// @file cli/table.hpp
/// @brief Rows of text in columns, for people.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace inference::cli {

/// Columns are as wide as their widest cell and two spaces apart; nothing trails the last. Control characters of a cell become
/// '?', for names come from files and servers.
/// @code
///   Table table({"MODEL", "HEALTH"});
///   table.add({"digits", "ready"});
///   std::cout << table;
/// @endcode
class Table {
public:
    explicit Table(std::vector<std::string> header);

    /// Shape: as many cells as the header has.
    void add(std::vector<std::string> cells);

    friend std::ostream& operator<<(std::ostream& out, const Table& table);

private:
    std::vector<std::vector<std::string>> rows_;
};

/// The text with every control character replaced by '?', fit for a terminal.
std::string printable(std::string text);

}  // namespace inference::cli

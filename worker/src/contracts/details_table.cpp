#include "contracts/details_table.hpp"

#include "contracts/summary_line.hpp"

namespace inference {

DetailsTable& DetailsTable::add(std::string_view name, std::string_view value) {
    if (value.empty()) {
        return *this;
    }
    text_ += "| " + std::string(name) + " | ";
    for (const char c : summary_line(std::string(value))) {
        if (c == '|' || c == '\\') {
            text_ += '\\';
        }
        text_ += c;
    }
    text_ += " |\n";
    return *this;
}

}  // namespace inference

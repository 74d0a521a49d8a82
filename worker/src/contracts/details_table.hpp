/// @file contracts/details_table.hpp
/// @brief Facts of a job as a table in Markdown, for Temporal's UI.
#pragma once

#include <string>
#include <string_view>

namespace inference {

/// Two columns, a fact a row. What would break the table is taken out of the values.
/// @code
///   DetailsTable().add("model", "echo").add("priority", "low").text()
/// @endcode
class DetailsTable {
public:
    /// An empty value leaves the row out.
    DetailsTable& add(std::string_view name, std::string_view value);
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_ = "| | |\n|---|---|\n";
};

}  // namespace inference

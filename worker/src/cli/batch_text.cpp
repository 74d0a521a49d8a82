#include "cli/batch_text.hpp"

#include "cli/table.hpp"
#include "contracts/json_field.hpp"

#include <exception>
#include <ostream>
#include <string_view>

namespace inference::cli {
namespace {

std::string count_text(std::int64_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what);
}

/// "; output: PATH", or nothing where there is no file.
std::string file_text(
    std::string_view name,
    const std::optional<std::string>& written,
    const std::optional<std::string>& ref
) {
    constexpr std::string_view kFile = "file://";
    std::string place = written ? *written : ref.value_or(std::string());
    // What has escaped letters stays a URI, for it is no path.
    if (!written && place.starts_with(kFile) && place.find('%') == std::string::npos) {
        place.erase(0, kFile.size());
    }
    return place.empty() ? std::string() : "; " + std::string(name) + ": " + place;
}

}  // namespace

std::optional<BatchResponse> batch_response_in(const nlohmann::json& response) {
    if (field(response, "counts") == nullptr) {
        return std::nullopt;
    }
    try {
        return response.get<BatchResponse>();
    } catch (const std::exception&) {
        return std::nullopt;  // Of a workflow that is none of ours.
    }
}

std::string batch_summary(const BatchResponse& response, const BatchOutputs& outputs) {
    const ItemCounts& counts = response.counts;
    std::string text = std::string(to_string(response.status)) + ": " +
                       count_text(counts.total, counts.total == 1 ? "item" : "items") + ", " +
                       count_text(counts.succeeded, "succeeded") + ", " +
                       count_text(counts.failed, "failed");
    if (counts.canceled > 0) {
        text += ", " + count_text(counts.canceled, "cancelled");
    }
    return printable(
        text + file_text("output", outputs.output, response.output_ref) +
        file_text("errors", outputs.errors, response.error_ref)
    );
}

bool print_result_lines(
    const BatchResponse& response, const BatchOutputs& outputs, std::ostream& out
) {
    if (!response.results.is_array() || outputs.output) {
        return false;
    }
    for (const nlohmann::json& line : response.results) {
        if (!outputs.errors || !is_error_line(line)) {
            out << to_line(line) << '\n';
        }
    }
    return true;
}

bool is_error_line(const nlohmann::json& line) {
    return field(line, "error") != nullptr;
}

std::string to_line(const nlohmann::json& line) {
    return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace inference::cli

#include "cli/batch_check.hpp"

#include "cli/table.hpp"
#include "contracts/fnv_hash.hpp"

#include <functional>
#include <utility>

namespace inference::cli {
BatchCheck::BatchCheck(BatchDefaults defaults) : defaults_(std::move(defaults)) {}

void BatchCheck::add(std::int64_t line_number, std::string_view line) {
    ++items_;
    const Result<BatchItem> item = parse_batch_line(line, defaults_);
    if (!item) {
        return complain(line_number, item.error().message);
    }
    const std::string& id = item->custom_id;
    if (!ids_.insert({fnv_hash(id), std::hash<std::string>{}(id)}).second) {
        complain(
            line_number,
            "field 'custom_id' is that of a line before; each item takes one of its own"
        );
    }
}

void BatchCheck::complain(std::int64_t line_number, std::string what) {
    ++invalid_;
    if (problems_.size() < kMostShown) {
        problems_.push_back({line_number, printable(std::move(what))});
    }
}

std::string problems_text(const BatchCheck& check, const std::string& file) {
    std::string text;
    for (const BatchCheck::Problem& problem : check.problems()) {
        text += (text.empty() ? "" : "\n") + file + ":" + std::to_string(problem.line) + ": " +
                problem.what;
    }
    const auto shown = static_cast<std::int64_t>(check.problems().size());
    if (check.invalid() > shown) {
        text += "\nand " + std::to_string(check.invalid() - shown) + " more";
    }
    return text;
}

}  // namespace inference::cli

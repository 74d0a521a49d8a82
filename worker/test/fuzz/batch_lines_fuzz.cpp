// Whatever stands in a line of a batch file: it is an item, or refused with a reason. What is an item gives lines of results
// that are found again by their place.
#include "contracts/batch_line_id.hpp"
#include "stages/batch_line.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace inference {
namespace {

constexpr std::int64_t kItem = 42;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check_line(const std::string& line) {
    require(item_of_line(line) == kItem);
    require(line.find('\n') == std::string::npos);
    require(!nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false).is_discarded());
}

void check(std::string_view line) {
    const std::string id = batch_line_id("batch-1", kItem);
    const std::string custom_id = custom_id_of(line);
    const auto item = parse_batch_line(line, {.model = "m", .parameters = {{"max_tokens", 5}}});
    if (!item) {
        require(item.error().code == ErrorCode::kValidation && !item.error().message.empty());
        check_line(error_line(id, custom_id, item.error()));
        return;
    }
    require(!item->custom_id.empty() && item->custom_id == custom_id);
    require(!item->request.model.empty());
    require(item->request.input.is_object() && item->request.parameters.is_object());
    check_line(result_line(id, item->custom_id, "request", item->request.input));
}

}  // namespace
}  // namespace inference

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    inference::check({reinterpret_cast<const char*>(data), size});
    return 0;
}

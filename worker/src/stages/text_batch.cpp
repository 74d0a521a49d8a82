#include "stages/text_batch.hpp"

#include "contracts/error.hpp"
#include "contracts/fnv_hash.hpp"
#include "contracts/json_field.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <string>
#include <utility>

namespace inference {
namespace {

using Json = nlohmann::json;

constexpr const char* kTexts = "input";

bool is_text_or_texts(const Json& input) {
    return input.is_string() ||
           (input.is_array() && !input.empty() &&
            std::ranges::all_of(input, [](const Json& text) { return text.is_string(); }));
}

/// Of an element that says which text it is about; else it is the one that stands in its place.
std::int64_t index_of(const Json& element, std::int64_t place) {
    const Json* const index = field(element, "index");
    return index != nullptr && index->is_number_integer() ? index->get<std::int64_t>() : place;
}

Error misfit(std::int64_t texts) {
    return {
        .error_class = ErrorClass::kFatal,
        .code = ErrorCode::kEngine5xx,
        .message = "the engine was sent " + std::to_string(texts) +
                   " texts as one list, and answered about another number; set max_batch: 1 for a "
                   "model that takes no lists",
        .sent = true
    };
}

}  // namespace

std::uint64_t text_kind(const EngineCall& call) {
    const bool reads =
        call.task == Task::kEmbed || call.task == Task::kClassify || call.task == Task::kPooling;
    const Json* const input = field(call.body, kTexts);
    if (!reads || input == nullptr || !is_text_or_texts(*input)) {
        return 0;
    }
    std::string likeness = call.model + "\n" + std::string(to_string(call.task));
    for (const auto& [key, value] : call.body.items()) {
        if (key != kTexts) {
            likeness += "\n" + key + value.dump(-1, ' ', false, Json::error_handler_t::replace);
        }
    }
    const std::uint64_t kind = fnv_hash(likeness);
    return kind == 0 ? 1 : kind;
}

std::int64_t count_texts(const EngineCall& call) {
    const Json& input = call.body.at(kTexts);
    return input.is_array() ? std::ssize(input) : 1;
}

EngineCall merge_texts(const std::vector<const EngineCall*>& calls) {
    EngineCall merged = *calls.front();
    Json texts = Json::array();
    for (const EngineCall* const call : calls) {
        const Json& input = call->body.at(kTexts);
        if (input.is_array()) {
            texts.insert(texts.end(), input.begin(), input.end());
        } else {
            texts.push_back(input);
        }
    }
    merged.body[kTexts] = std::move(texts);
    return merged;
}

Result<std::vector<Json>> split_texts(Json body, const std::vector<std::int64_t>& counts) {
    const std::int64_t all = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    Json data = std::move(body["data"]);
    Json usage = std::move(body["usage"]);
    body.erase("usage");
    std::vector<Json> elements(static_cast<std::size_t>(all));
    if (!data.is_array() || std::ssize(data) != all) {
        return tl::unexpected(misfit(all));
    }
    for (std::int64_t place = 0; place < all; ++place) {
        Json& element = data[static_cast<std::size_t>(place)];
        const std::int64_t index = index_of(element, place);
        if (index < 0 || index >= all || !elements[static_cast<std::size_t>(index)].is_null()) {
            return tl::unexpected(misfit(all));
        }
        elements[static_cast<std::size_t>(index)] = std::move(element);
    }
    std::vector<Json> parts;
    auto next = elements.begin();
    for (const std::int64_t count : counts) {
        Json part = body;
        part["data"] = Json::array();
        for (std::int64_t index = 0; index < count; ++index, ++next) {
            (*next)["index"] = index;
            part["data"].push_back(std::move(*next));
        }
        parts.push_back(std::move(part));
    }
    if (!usage.is_null() && !parts.empty()) {
        parts.front()["usage"] = std::move(usage);
    }
    return parts;
}

}  // namespace inference

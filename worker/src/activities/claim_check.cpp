#include "activities/claim_check.hpp"

#include "contracts/json_field.hpp"
#include "contracts/json_text.hpp"
#include "files/storage_error.hpp"

#include <optional>

namespace inference {
namespace {

using Json = nlohmann::json;

constexpr const char* kRef = "ref";
/// More would fill a worker's memory several times over, for parsing takes that.
constexpr std::uint64_t kLargestFile = 256 * 1024 * 1024;

/// Quicker than writing it, and never far too little.
std::size_t estimated_size(const Json& value) {
    constexpr std::size_t kNumber = 20;
    if (value.is_string()) {
        return value.get_ref<const std::string&>().size() + 3;
    }
    if (!value.is_structured()) {
        return kNumber;
    }
    std::size_t size = 2;
    for (const auto& [key, element] : value.items()) {
        size += (value.is_object() ? key.size() + 4 : 0) + estimated_size(element);
    }
    return size;
}

std::string text_of(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Json> read(const Storage& storage, const std::string& name) {
    try {
        const auto file = storage.open(name);
        const std::uint64_t size = file->size();
        if (size > kLargestFile) {
            return tl::unexpected(fatal(
                ErrorCode::kValidation,
                name + " has " + std::to_string(size) + " bytes; a job takes at most " +
                    std::to_string(kLargestFile) + ", more go as a batch"
            ));
        }
        std::string text;
        file->read_at(0, size, text);
        std::optional<Json> value = parse_json_text(text);
        if (!value) {
            return tl::unexpected(fatal(
                ErrorCode::kValidation,
                name + " holds no JSON, or is nested too deep; it takes one JSON value"
            ));
        }
        return *std::move(value);
    } catch (const StorageError& error) {
        return tl::unexpected(storage_failed(error));
    }
}

}  // namespace

Result<Json> ClaimCheck::resolve(std::string_view ref) const {
    const auto name = stores_->existing(ref);
    return name ? read(stores_->of(*name), *name) : tl::unexpected(name.error());
}

Result<void> ClaimCheck::put_away(Json& value, const std::string& job_id, const std::string& name)
    const {
    if (estimated_size(value) <= kLargest / 4) {
        return {};
    }
    const std::string text = text_of(value);
    if (text.size() <= kLargest) {
        return {};
    }
    const std::string file = stores_->job_file(job_id, name);
    const Storage& storage = stores_->of(file);
    try {
        storage.make_folder_of(file);
        storage.replace(file, [&](const WriteBytes& write) { write(text); });
    } catch (const StorageError& failed) {
        return tl::unexpected(storage_failed(failed));
    }
    value = {{kRef, ref_of(file)}};
    return {};
}

Result<void> ClaimCheck::bring_back(Json& value) const {
    const Json* const ref = field(value, kRef);
    if (ref == nullptr || !ref->is_string() || value.size() != 1) {
        return {};
    }
    Result<Json> whole = resolve(ref->get_ref<const std::string&>());
    if (!whole) {
        return tl::unexpected(std::move(whole.error()));
    }
    value = *std::move(whole);
    return {};
}

}  // namespace inference

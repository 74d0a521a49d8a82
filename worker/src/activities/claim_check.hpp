/// @file activities/claim_check.hpp
/// @brief What is too large for a history: kept in files, and named there.
#pragma once

#include "contracts/result.hpp"
#include "files/stores.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace inference {

/// Exchanges JSON for {"ref": "file:///..."} or {"ref": "s3://..."} and back.
///
/// Errors: Fatal VALIDATION for a reference that leads nowhere; Transient STORAGE for a file that cannot be written or read.
/// Threads: any. Blocks for as long as the store does.
class ClaimCheck {
public:
    /// Encoded, in bytes: what is larger is put away.
    static constexpr std::size_t kLargest = 1024 * 1024;

    explicit ClaimCheck(std::shared_ptr<const Stores> stores) : stores_(std::move(stores)) {}

    /// The JSON that a client's `ref` names.
    [[nodiscard]] Result<nlohmann::json> resolve(std::string_view ref) const;

    /// If it is too large, a file of the job holds it from now on, and `value` says where.
    [[nodiscard]] Result<void> put_away(
        nlohmann::json& value, const std::string& job_id, const std::string& name
    ) const;
    /// If it was put away, `value` is again what it was.
    [[nodiscard]] Result<void> bring_back(nlohmann::json& value) const;

private:
    std::shared_ptr<const Stores> stores_;
};

}  // namespace inference

/// @file temporal/search_attributes.hpp
/// @brief Typed values by which workflows can be listed.
#pragma once

#include "temporal/payload.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace temporal {

/// The types that the server knows; the name registered there decides which one a value must have.
enum class SearchAttributeType { kText, kKeyword, kInt, kDouble, kBool, kDatetime, kKeywordList };

/// "Keyword", "Int", ...: as Temporal's own tools spell them.
[[nodiscard]] std::string_view to_string(SearchAttributeType type) noexcept;

/// Names with the types that they are registered with.
using SearchAttributeTypes = std::map<std::string, SearchAttributeType>;

/// A search attribute's name with its C++ type.
template <class T, SearchAttributeType Type>
class SearchAttributeKey {
public:
    using value_type = T;
    static constexpr SearchAttributeType kType = Type;

    constexpr explicit SearchAttributeKey(std::string_view name) : name_(name) {}
    [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }

private:
    std::string_view name_;
};

using TextKey = SearchAttributeKey<std::string, SearchAttributeType::kText>;
using KeywordKey = SearchAttributeKey<std::string, SearchAttributeType::kKeyword>;
using IntKey = SearchAttributeKey<std::int64_t, SearchAttributeType::kInt>;
using DoubleKey = SearchAttributeKey<double, SearchAttributeType::kDouble>;
using BoolKey = SearchAttributeKey<bool, SearchAttributeType::kBool>;
using DatetimeKey =
    SearchAttributeKey<std::chrono::system_clock::time_point, SearchAttributeType::kDatetime>;
using KeywordListKey =
    SearchAttributeKey<std::vector<std::string>, SearchAttributeType::kKeywordList>;

/// A set of search attributes.
///
/// Errors: `get` gives nothing where the attribute is absent or unset, and throws ConversionError where it
///         has another type.
/// @code
///   inline constexpr temporal::KeywordKey kModel{"InferenceModel"};
///   options.search_attributes.set(kModel, "digits");
///   std::optional<std::string> model = description.search_attributes.get(kModel);
/// @endcode
class SearchAttributes {
public:
    SearchAttributes() = default;
    explicit SearchAttributes(PayloadMap fields) : fields_(std::move(fields)) {}

    template <class T, SearchAttributeType Type>
    SearchAttributes& set(
        const SearchAttributeKey<T, Type>& key, const std::type_identity_t<T>& value
    ) {
        fields_.insert_or_assign(std::string(key.name()), encode(value, Type));
        return *this;
    }

    template <class T, SearchAttributeType Type>
    [[nodiscard]] std::optional<T> get(const SearchAttributeKey<T, Type>& key) const {
        const auto found = fields_.find(std::string(key.name()));
        if (found == fields_.end() || found->second.encoding() == encoding::kNull) {
            return std::nullopt;
        }
        T value{};
        decode(found->second, value);
        return value;
    }

    /// For an upsert: takes the attribute away from the workflow.
    template <class T, SearchAttributeType Type>
    SearchAttributes& unset(const SearchAttributeKey<T, Type>& key) {
        fields_.insert_or_assign(std::string(key.name()), removal());
        return *this;
    }

    /// Takes over what `changes` sets, and lets go of what they unset.
    void merge(const SearchAttributes& changes);

    /// As they travel.
    [[nodiscard]] const PayloadMap& fields() const noexcept { return fields_; }
    [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }

private:
    static Payload removal();
    static Payload encode(const std::string& value, SearchAttributeType type);
    static Payload encode(std::int64_t value, SearchAttributeType type);
    static Payload encode(double value, SearchAttributeType type);
    static Payload encode(bool value, SearchAttributeType type);
    static Payload encode(std::chrono::system_clock::time_point value, SearchAttributeType type);
    static Payload encode(const std::vector<std::string>& value, SearchAttributeType type);

    static void decode(const Payload& payload, std::string& value);
    static void decode(const Payload& payload, std::int64_t& value);
    static void decode(const Payload& payload, double& value);
    static void decode(const Payload& payload, bool& value);
    static void decode(const Payload& payload, std::chrono::system_clock::time_point& value);
    static void decode(const Payload& payload, std::vector<std::string>& value);

    PayloadMap fields_;
};

}  // namespace temporal

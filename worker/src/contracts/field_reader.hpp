/// @file contracts/field_reader.hpp
/// @brief Reads the fields of one JSON object and says what is wrong with it in words for its author.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// A reader of one JSON object, for wire types.
///
/// A field that is absent or null leaves its variable as it is, and fields that nobody reads are ignored. The first
/// complaint is kept and ends the reading: later calls do nothing.
///
/// Errors: never throws; problem() names the field, the kind of value and what it takes, and quotes no text of the value.
/// @code
///   FieldReader fields(json);
///   fields.require("model");
///   fields.read("model", request.model);
///   fields.read("stream", request.stream);
///   if (!fields.ok()) { return validation_error(fields.problem()); }
/// @endcode
class FieldReader {
public:
    /// @param path Where the object stands in its document: "usage"; empty for the document itself.
    /// Lifetime: `object` outlives the reader.
    explicit FieldReader(const nlohmann::json& object, std::string path = {});

    [[nodiscard]] bool ok() const noexcept { return problem_.empty(); }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

    /// Complains if the field is absent or null.
    void require(std::string_view key);

    void read(std::string_view key, std::string& out);
    void read(std::string_view key, bool& out);
    void read(std::string_view key, double& out);
    /// Range: not negative.
    void read(std::string_view key, std::int64_t& out);
    void read(std::string_view key, int& out);
    /// Units: whole milliseconds. Range: 0 to ten years, so that adding it to a time cannot overflow.
    void read(std::string_view key, std::chrono::milliseconds& out);

    template <class T>
    void read(std::string_view key, std::optional<T>& out);

    /// A JSON object, copied as it is.
    void read_object(std::string_view key, nlohmann::json& out);
    /// Any JSON but null, copied as it is.
    void read_any(std::string_view key, nlohmann::json& out);

    /// An enumerator by its wire name. `from` gives the enumerator or nullopt; `choices` is the list for the message.
    template <class Enum, class From>
    void read_name(std::string_view key, Enum& out, From from, std::string_view choices);
    template <class Enum, class From>
    void read_name(
        std::string_view key, std::optional<Enum>& out, From from, std::string_view choices
    );

    /// A nested wire type, by its `read_fields(FieldReader&, T&)`.
    template <class T>
    void read_fields_of(std::string_view key, T& out);
    template <class T>
    void read_fields_of(std::string_view key, std::optional<T>& out);

    /// A list of enumerators by their wire names.
    template <class Enum, class From>
    void read_names(
        std::string_view key, std::vector<Enum>& out, From from, std::string_view choices
    );

    /// Keeps a complaint of the caller's own: "field 'KEY' SAID".
    void complain(std::string_view key, std::string_view said);

private:
    [[nodiscard]] const nlohmann::json* find(std::string_view key) const;
    [[nodiscard]] std::optional<std::vector<std::string>> read_texts(std::string_view key);
    void complain_type(std::string_view key, const nlohmann::json& value, std::string_view takes);
    void complain_name(std::string_view key, const std::string& value, std::string_view choices);
    [[nodiscard]] std::string path_of(std::string_view key) const;

    const nlohmann::json& object_;
    std::string path_;
    std::string problem_;
};

/// For `from_json`: fills `out` by its `read_fields`.
///
/// Errors: throws std::invalid_argument with the reader's problem.
template <class T>
void read_or_throw(const nlohmann::json& json, T& out) {
    FieldReader fields(json);
    read_fields(fields, out);
    if (!fields.ok()) {
        throw std::invalid_argument(fields.problem());
    }
}

template <class T>
void FieldReader::read(std::string_view key, std::optional<T>& out) {
    if (find(key) != nullptr) {
        read(key, out.emplace());
    }
}

template <class Enum, class From>
void FieldReader::read_name(std::string_view key, Enum& out, From from, std::string_view choices) {
    std::optional<Enum> named;
    read_name(key, named, from, choices);
    out = named.value_or(out);
}

template <class Enum, class From>
void FieldReader::read_name(
    std::string_view key, std::optional<Enum>& out, From from, std::string_view choices
) {
    std::optional<std::string> name;
    read(key, name);
    if (!ok() || !name) {
        return;
    }
    const std::optional<Enum> named = from(*name);
    if (named) {
        out = named;
    } else {
        complain_name(key, *name, choices);
    }
}

template <class T>
void FieldReader::read_fields_of(std::string_view key, T& out) {
    if (const auto* value = find(key)) {
        FieldReader nested(*value, path_of(key));
        read_fields(nested, out);
        problem_ = nested.problem();
    }
}

template <class T>
void FieldReader::read_fields_of(std::string_view key, std::optional<T>& out) {
    if (find(key) != nullptr) {
        read_fields_of(key, out.emplace());
    }
}

template <class Enum, class From>
void FieldReader::read_names(
    std::string_view key, std::vector<Enum>& out, From from, std::string_view choices
) {
    const auto names = read_texts(key);
    if (!names) {
        return;
    }
    out.clear();
    for (const std::string& name : *names) {
        const std::optional<Enum> named = from(name);
        if (!named) {
            return complain_name(key, name, choices);
        }
        out.push_back(*named);
    }
}

}  // namespace inference

#include "tensor.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace engine_sim {

namespace {

// The bytes on the wire are little endian, and so is every machine that this runs on.
static_assert(std::endian::native == std::endian::little);

template <class Number>
std::vector<double> read(std::string_view bytes) {
    std::vector<double> values(bytes.size() / sizeof(Number));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Number number{};
        std::memcpy(&number, bytes.data() + i * sizeof(Number), sizeof(Number));
        values[i] = static_cast<double>(number);
    }
    return values;
}

template <class Number>
std::string write(const std::vector<double>& values) {
    std::string bytes(values.size() * sizeof(Number), '\0');
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto number = static_cast<Number>(values[i]);
        std::memcpy(bytes.data() + i * sizeof(Number), &number, sizeof(Number));
    }
    return bytes;
}

struct Datatype {
    std::string_view name;
    std::size_t size;
    std::vector<double> (*read)(std::string_view);
    std::string (*write)(const std::vector<double>&);
};

template <class Number>
constexpr Datatype number(std::string_view name) {
    return {name, sizeof(Number), &read<Number>, &write<Number>};
}

constexpr std::array kDatatypes = {
    number<bool>("BOOL"),
    number<std::uint8_t>("UINT8"),
    number<std::uint16_t>("UINT16"),
    number<std::uint32_t>("UINT32"),
    number<std::uint64_t>("UINT64"),
    number<std::int8_t>("INT8"),
    number<std::int16_t>("INT16"),
    number<std::int32_t>("INT32"),
    number<std::int64_t>("INT64"),
    number<float>("FP32"),
    number<double>("FP64"),
    Datatype{"FP16", 2, nullptr, nullptr},
    Datatype{"BF16", 2, nullptr, nullptr},
    Datatype{"BYTES", 0, nullptr, nullptr},
};

const Datatype* find(std::string_view name) {
    const auto found = std::ranges::find(kDatatypes, name, &Datatype::name);
    return found == kDatatypes.end() ? nullptr : &*found;
}

}  // namespace

std::optional<std::size_t> element_size(std::string_view datatype) {
    const Datatype* known = find(datatype);
    return known == nullptr ? std::nullopt : std::optional(known->size);
}

std::size_t count_strings(std::string_view bytes) {
    std::size_t count = 0;
    std::uint32_t size = 0;
    while (bytes.size() >= sizeof(size)) {
        std::memcpy(&size, bytes.data(), sizeof(size));
        bytes.remove_prefix(sizeof(size));
        if (size > bytes.size()) {
            break;
        }
        bytes.remove_prefix(size);
        ++count;
    }
    return count;
}

std::size_t element_count(const std::vector<std::int64_t>& shape) {
    std::size_t count = 1;
    for (const std::int64_t size : shape) {
        count *= static_cast<std::size_t>(size);
    }
    return count;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t size : shape) {
        text += (text.empty() ? "" : ",") + std::to_string(size);
    }
    return "[" + text + "]";
}

bool is_numeric(std::string_view datatype) {
    const Datatype* known = find(datatype);
    return known != nullptr && known->read != nullptr;
}

std::vector<double> to_doubles(const Tensor& tensor) {
    return find(tensor.spec.datatype)->read(tensor.bytes);
}

std::string from_doubles(const std::vector<double>& values, std::string_view datatype) {
    return find(datatype)->write(values);
}

}  // namespace engine_sim

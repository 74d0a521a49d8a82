#include "adapters/kserve/tensor_codec.hpp"

#include "adapters/kserve/small_float.hpp"

#include <boost/locale/utf.hpp>

#include <absl/strings/escaping.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

namespace inference {
namespace {

using nlohmann::json;

static_assert(
    std::endian::native == std::endian::little,
    "raw tensors are little endian, and copied as they are"
);

constexpr int kDeepestNesting = 32;  // far more than any tensor's rank; recursion must end

bool is_utf8(std::string_view text) {
    namespace utf = boost::locale::utf;
    for (auto at = text.begin(); at != text.end();) {
        const utf::code_point point = utf::utf_traits<char>::decode(at, text.end());
        if (point == utf::illegal || point == utf::incomplete) {
            return false;
        }
    }
    return true;
}

// ---- One element: how it is read from JSON, and how it is shown. nullopt: not of the type ----

template <class T>
struct Integer {
    using Raw = T;
    static std::optional<Raw> from(const json& element) {
        if (!element.is_number_integer()) {
            return std::nullopt;
        }
        const bool fits = element.is_number_unsigned()
                              ? std::in_range<T>(element.get<std::uint64_t>())
                              : std::in_range<T>(element.get<std::int64_t>());
        return fits ? std::optional<Raw>(element.get<T>()) : std::nullopt;
    }
    static json shown(Raw raw) { return raw; }
};

struct Bool {
    using Raw = std::uint8_t;
    static std::optional<Raw> from(const json& element) {
        if (element.is_boolean()) {
            return element.get<bool>() ? 1 : 0;
        }
        const auto number = Integer<Raw>::from(element);
        return number && *number <= 1 ? number : std::nullopt;
    }
    static json shown(Raw raw) { return raw != 0; }
};

std::optional<double> double_from(const json& element) {
    if (element.is_number()) {
        return element.get<double>();
    }
    if (element == "NaN") {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (element == "Infinity") {
        return std::numeric_limits<double>::infinity();
    }
    if (element == "-Infinity") {
        return -std::numeric_limits<double>::infinity();
    }
    return std::nullopt;
}

template <class Type, auto Encode, auto Decode>
struct Float {
    using Raw = Type;
    static std::optional<Raw> from(const json& element) {
        const auto value = double_from(element);
        if (!value) {
            return std::nullopt;
        }
        const Raw raw = Encode(*value);
        return std::isfinite(*value) && !std::isfinite(Decode(raw)) ? std::nullopt
                                                                    : std::optional<Raw>(raw);
    }
    static json shown(Raw raw) { return float_element(Decode(raw)); }
};

float narrowed(double value) {
    // What rounds to infinity: the largest float and half a step more. To convert larger values is undefined.
    constexpr double kOverflow = 0x1.ffffffp127;
    if (std::isfinite(value) && std::fabs(value) >= kOverflow) {
        return std::numeric_limits<float>::infinity();
    }
    return static_cast<float>(value);
}

double same(double value) {
    return value;
}

using Fp16 = Float<std::uint16_t, to_fp16, from_fp16>;
using Bf16 = Float<std::uint16_t, to_bf16, from_bf16>;
using Fp32 = Float<float, narrowed, same>;
using Fp64 = Float<double, same, same>;

std::optional<std::string> bytes_from(const json& element) {
    if (element.is_string()) {
        return element.get<std::string>();
    }
    const auto encoded = element.is_object() ? element.find("b64") : element.end();
    std::string bytes;
    if (encoded == element.end() || !encoded->is_string() ||
        !absl::Base64Unescape(encoded->get_ref<const std::string&>(), &bytes)) {
        return std::nullopt;
    }
    return bytes;
}

// ---- Encoding ----

/// Appends one element; false where it is not of the type.
using Append = bool (*)(std::string& raw, const json& element);

template <class T>
bool append_fixed(std::string& raw, const json& element) {
    const auto value = T::from(element);
    if (!value) {
        return false;
    }
    raw.append(reinterpret_cast<const char*>(&*value), sizeof *value);
    return true;
}

bool append_bytes(std::string& raw, const json& element) {
    const auto bytes = bytes_from(element);
    if (!bytes || !std::in_range<std::uint32_t>(bytes->size())) {
        return false;
    }
    const auto length = static_cast<std::uint32_t>(bytes->size());
    raw.append(reinterpret_cast<const char*>(&length), sizeof length);
    raw.append(*bytes);
    return true;
}

/// Walks nested lists in row-major order.
class Encoder {
public:
    Encoder(DataType type, Append append, std::string& raw)
        : type_(type), append_(append), raw_(raw) {}

    /// False once something is wrong, and problem() says what.
    bool add(const json& data, int depth = 0) {
        if (!data.is_array()) {
            return add_element(data);
        }
        if (depth == kDeepestNesting) {
            problem_ = "has lists nested more than " + std::to_string(kDeepestNesting) + " deep";
            return false;
        }
        for (const json& part : data) {
            if (!add(part, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    std::size_t count() const noexcept { return count_; }
    TensorProblem problem() && { return std::move(problem_); }

private:
    bool add_element(const json& element) {
        if (append_(raw_, element)) {
            ++count_;
            return true;
        }
        const bool out_of_range = element.is_number() && type_ != DataType::kBytes;
        problem_ = "has at index " + std::to_string(count_) + " a " + element.type_name() +
                   (out_of_range ? " that does not fit " : ", which is no ") +
                   std::string(to_string(type_));
        return false;
    }

    DataType type_;
    Append append_;
    std::string& raw_;
    std::size_t count_ = 0;
    TensorProblem problem_;
};

// ---- Decoding ----

template <class T>
json shown_fixed(std::size_t count, std::string_view raw) {
    json::array_t elements;
    elements.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        typename T::Raw value;
        std::memcpy(&value, raw.data() + i * sizeof value, sizeof value);
        elements.push_back(T::shown(value));
    }
    return elements;
}

std::optional<std::string_view> take_bytes(std::string_view& raw) {
    std::uint32_t length = 0;
    if (raw.size() < sizeof length) {
        return std::nullopt;
    }
    std::memcpy(&length, raw.data(), sizeof length);
    raw.remove_prefix(sizeof length);
    if (raw.size() < length) {
        return std::nullopt;
    }
    const std::string_view bytes = raw.substr(0, length);
    raw.remove_prefix(length);
    return bytes;
}

tl::expected<json, TensorProblem> decode_bytes(std::size_t count, std::string_view raw) {
    json::array_t elements;
    while (!raw.empty()) {
        const auto bytes = take_bytes(raw);
        if (!bytes) {
            return tl::unexpected(TensorProblem("has a BYTES element that is cut off"));
        }
        elements.push_back(bytes_element(*bytes));
    }
    if (elements.size() != count) {
        return tl::unexpected(
            "has " + std::to_string(elements.size()) + " elements, its shape holds " +
            std::to_string(count)
        );
    }
    return json(std::move(elements));
}

// ---- Which of the above a type takes ----

struct Codec {
    Append append;
    json (*shown)(std::size_t count, std::string_view raw);
};

template <class T>
constexpr Codec kFixed{append_fixed<T>, shown_fixed<T>};

Codec codec_of(DataType type) {
    switch (type) {
        case DataType::kBool: return kFixed<Bool>;
        case DataType::kUint8: return kFixed<Integer<std::uint8_t>>;
        case DataType::kUint16: return kFixed<Integer<std::uint16_t>>;
        case DataType::kUint32: return kFixed<Integer<std::uint32_t>>;
        case DataType::kUint64: return kFixed<Integer<std::uint64_t>>;
        case DataType::kInt8: return kFixed<Integer<std::int8_t>>;
        case DataType::kInt16: return kFixed<Integer<std::int16_t>>;
        case DataType::kInt32: return kFixed<Integer<std::int32_t>>;
        case DataType::kInt64: return kFixed<Integer<std::int64_t>>;
        case DataType::kFp16: return kFixed<Fp16>;
        case DataType::kBf16: return kFixed<Bf16>;
        case DataType::kFp32: return kFixed<Fp32>;
        case DataType::kFp64: return kFixed<Fp64>;
        case DataType::kBytes: break;
    }
    return {append_bytes, nullptr};
}

}  // namespace

json bytes_element(std::string_view bytes) {
    if (is_utf8(bytes)) {
        return bytes;
    }
    return {{"b64", absl::Base64Escape({bytes.data(), bytes.size()})}};
}

json float_element(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "Infinity" : "-Infinity";
    }
    return value;
}

tl::expected<std::string, TensorProblem> encode_elements(
    DataType type, std::size_t count, const json& data
) {
    std::string raw;
    Encoder encoder(type, codec_of(type).append, raw);
    if (!data.is_array()) {
        return tl::unexpected(
            std::string("has data that is a ") + data.type_name() + " where a list is expected"
        );
    }
    if (!encoder.add(data)) {
        return tl::unexpected(std::move(encoder).problem());
    }
    if (encoder.count() != count) {
        return tl::unexpected(
            "has " + std::to_string(encoder.count()) + " elements, its shape holds " +
            std::to_string(count)
        );
    }
    return raw;
}

tl::expected<json, TensorProblem> decode_elements(
    DataType type, std::size_t count, std::string_view raw
) {
    if (type == DataType::kBytes) {
        return decode_bytes(count, raw);
    }
    const std::size_t size = element_size(type);
    if (raw.size() % size != 0 || raw.size() / size != count) {
        return tl::unexpected(
            "has " + std::to_string(raw.size()) + " bytes, its shape holds " +
            std::to_string(count) + " elements of " + std::to_string(size)
        );
    }
    return codec_of(type).shown(count, raw);
}

}  // namespace inference

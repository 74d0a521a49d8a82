#include "adapters/http/http_message.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>

namespace inference {
namespace {

using std::chrono::milliseconds;

constexpr double kLongestWaitMs = 60'000;

std::optional<double> number_in(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> milliseconds_until(
    std::string_view http_date, std::chrono::system_clock::time_point now
) {
    const std::time_t date = curl_getdate(std::string(http_date).c_str(), nullptr);
    if (date == -1) {
        return std::nullopt;
    }
    const auto wait = std::chrono::system_clock::from_time_t(date) - now;
    return std::chrono::duration<double, std::milli>(wait).count();
}

std::optional<double> wish_in(const HttpAnswer& answer, std::chrono::system_clock::time_point now) {
    if (const auto wish = number_in(answer.header("retry-after-ms"))) {
        return wish;
    }
    const std::string_view value = answer.header("retry-after");
    if (const auto seconds = number_in(value)) {
        return *seconds * 1000;
    }
    return value.empty() ? std::nullopt : milliseconds_until(value, now);
}

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const noexcept {
    const auto found = std::ranges::find(headers, name, &HttpHeader::name);
    return found == headers.end() ? std::string_view{} : std::string_view{found->value};
}

std::optional<milliseconds> retry_after(
    const HttpAnswer& answer, std::chrono::system_clock::time_point now
) {
    const std::optional<double> wish = wish_in(answer, now);
    if (!wish || *wish <= 0) {
        return std::nullopt;
    }
    return milliseconds{std::llround(std::ceil(std::min(*wish, kLongestWaitMs)))};
}

}  // namespace inference

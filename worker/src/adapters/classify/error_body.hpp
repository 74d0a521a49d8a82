/// @file adapters/classify/error_body.hpp
/// @brief Reads the error bodies of engines, gateways and proxies, whatever their shape.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace inference {

/// Engine text: for matching known patterns only. It may quote the prompt, and so belongs in no message or log.
struct ErrorBody {
    std::string
        text;  ///< Message, type and code, one a line; of a body that is not JSON, its beginning.
    int code = 0;  ///< The numeric code inside the body, 0 where there is none.
};

/// Understands {"error":{...}}, {"error":"..."}, flat {"message","type","code"}, {"detail":"..."}, {"detail":[{"msg"}]},
/// HTML, plain text and nothing at all.
ErrorBody read_error_body(std::string_view body);

/// Whether a 200 is an error in disguise.
bool is_error_object(const nlohmann::json& body);

}  // namespace inference

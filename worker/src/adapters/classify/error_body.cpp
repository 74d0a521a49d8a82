#include "adapters/classify/error_body.hpp"

namespace inference {
namespace {

using nlohmann::json;

// The phrases we look for come early; what follows is a stack trace or a quoted request.
constexpr std::size_t kMaxText = std::size_t{16} * 1024;

void add_line(std::string& text, std::string_view line) {
    if (!line.empty() && text.size() < kMaxText) {
        text += line.substr(0, kMaxText - text.size());
        text += '\n';
    }
}

void add_member(std::string& text, const json& object, const char* name) {
    if (const auto member = object.find(name); member != object.end() && member->is_string()) {
        add_line(text, member->get_ref<const std::string&>());
    }
}

void read_code(ErrorBody& result, const json& object) {
    const auto code = object.find("code");
    if (code == object.end()) {
        return;
    }
    if (code->is_string()) {
        add_line(result.text, code->get_ref<const std::string&>());
    } else if (code->is_number_integer() && *code >= 100 && *code <= 599) {
        result.code = code->get<int>();
    }
}

void read_details(ErrorBody& result, const json& detail) {
    if (detail.is_string()) {
        add_line(result.text, detail.get_ref<const std::string&>());
    } else if (detail.is_array()) {  // only what each entry says, for its `input` is the client's
        for (const json& entry : detail) {
            add_member(result.text, entry.is_object() ? entry : json::object(), "msg");
        }
    }
}

void read_object(ErrorBody& result, const json& object) {
    add_member(result.text, object, "message");
    add_member(result.text, object, "type");
    read_code(result, object);
}

ErrorBody read_json(const json& body) {
    ErrorBody result;
    if (body.is_string()) {
        add_line(result.text, body.get_ref<const std::string&>());
    }
    if (!body.is_object()) {
        return result;
    }
    const auto error = body.find("error");
    if (error != body.end() && error->is_object()) {
        read_object(result, *error);
    } else if (error != body.end() && error->is_string()) {
        add_line(result.text, error->get_ref<const std::string&>());
    }
    read_object(result, body);
    if (const auto detail = body.find("detail"); detail != body.end()) {
        read_details(result, *detail);
    }
    return result;
}

}  // namespace

ErrorBody read_error_body(std::string_view body) {
    const json parsed = json::parse(body, nullptr, false);
    if (!parsed.is_discarded()) {
        return read_json(parsed);
    }
    return {.text = std::string(body.substr(0, kMaxText))};
}

bool is_error_object(const json& body) {
    if (!body.is_object()) {
        return false;
    }
    const auto error = body.find("error");
    const auto object = body.find("object");
    return (error != body.end() && !error->is_null()) ||
           (object != body.end() && *object == "error");
}

}  // namespace inference

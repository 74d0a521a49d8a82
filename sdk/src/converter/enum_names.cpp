#include "converter/enum_names.hpp"

#include <cctype>
#include <optional>

namespace temporal::proto {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;

bool is_upper(char letter) {
    return std::isupper(static_cast<unsigned char>(letter)) != 0;
}

/// "StartToClose" as "START_TO_CLOSE".
std::string upper_snake(std::string_view name) {
    std::string result;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (i > 0 && is_upper(name[i]) && !is_upper(name[i - 1])) {
            result += '_';
        }
        result += static_cast<char>(std::toupper(static_cast<unsigned char>(name[i])));
    }
    return result;
}

void lengthen(json& value, const EnumDescriptor& type) {
    if (!value.is_string()) {
        return;
    }
    const auto& name = value.get_ref<const std::string&>();
    if (type.FindValueByName(name) != nullptr) {
        return;
    }
    // By protobuf's convention all enumerators begin with the name of their type.
    std::string long_name = upper_snake(type.name()) + "_" + upper_snake(name);
    if (type.FindValueByName(long_name) != nullptr) {
        value = std::move(long_name);
    }
}

/// JSON has camelCase names, and readers must also take protobuf's own.
const FieldDescriptor* find_field(const Descriptor& type, const std::string& name) {
    const FieldDescriptor* const field = type.FindFieldByCamelcaseName(name);
    return field != nullptr ? field : type.FindFieldByName(name);
}

void lengthen_field(json& value, const FieldDescriptor& field) {
    if (field.type() == FieldDescriptor::TYPE_ENUM) {
        lengthen(value, *field.enum_type());
    } else if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
        lengthen_enum_names(value, *field.message_type());
    }
}

}  // namespace

void lengthen_enum_names(json& value, const Descriptor& type) {
    if (!value.is_object()) {
        return;
    }
    for (auto& [name, member] : value.items()) {
        const FieldDescriptor* const field = find_field(type, name);
        if (field == nullptr) {
            continue;
        }
        if (field->is_map()) {
            for (auto& entry : member) {
                lengthen_field(entry, *field->message_type()->map_value());
            }
        } else if (field->is_repeated()) {
            for (auto& element : member) {
                lengthen_field(element, *field);
            }
        } else {
            lengthen_field(member, *field);
        }
    }
}

}  // namespace temporal::proto

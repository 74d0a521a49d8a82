#include "stages/input_task.hpp"

#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/field_reader.hpp"
#include "contracts/json_field.hpp"
#include "contracts/name_table.hpp"
#include "contracts/result.hpp"

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {
namespace {

/// One kind of content. The second field is empty where one field is all of it.
struct Kind {
    std::string_view field;
    std::string_view second_field;
    std::optional<Task> task;  ///< Of a `ref` it is in what the reference names.
};

constexpr std::array<Kind, 7> kKinds{{
    {"messages", "", Task::kChat},
    {"prompt", "", Task::kCompletion},
    {"texts", "", Task::kEmbed},
    {"query", "documents", Task::kRerank},
    {"text_1", "text_2", Task::kScore},
    {"inputs", "", Task::kTensors},
    {"ref", "", std::nullopt},
}};

/// The tasks that `texts` can be for.
constexpr NameTable<Task, 3> kTextTasks{{
    {Task::kEmbed, "embed"},
    {Task::kClassify, "classify"},
    {Task::kPooling, "pooling"},
}};

bool holds(const nlohmann::json& input, std::string_view name) {
    return !name.empty() && field(input, name) != nullptr;
}

std::string name_of(const Kind& kind) {
    std::string name = "'" + std::string(kind.field) + "'";
    return kind.second_field.empty() ? name
                                     : name + " with '" + std::string(kind.second_field) + "'";
}

tl::unexpected<Error> refusal(std::string message) {
    return tl::unexpected(fatal(ErrorCode::kValidation, std::move(message)));
}

tl::unexpected<Error> no_kind() {
    std::string choices;
    for (const Kind& kind : kKinds) {
        choices += (choices.empty() ? "" : ", ") + name_of(kind);
    }
    return refusal("field 'input' holds no content; it takes exactly one of " + choices);
}

Result<Kind> kind_of(const nlohmann::json& input) {
    std::vector<Kind> kinds;
    for (const Kind& kind : kKinds) {
        if (holds(input, kind.field) || holds(input, kind.second_field)) {
            kinds.push_back(kind);
        }
    }
    if (kinds.empty()) {
        return no_kind();
    }
    if (kinds.size() > 1) {
        return refusal(
            "field 'input' holds both " + name_of(kinds[0]) + " and " + name_of(kinds[1]) +
            "; keep one"
        );
    }
    for (const std::string_view name : {kinds[0].field, kinds[0].second_field}) {
        if (!name.empty() && !holds(input, name)) {
            return refusal(
                "field 'input." + std::string(name) + "' is missing; give " + name_of(kinds[0])
            );
        }
    }
    return kinds[0];
}

}  // namespace

Result<Task> task_of(const nlohmann::json& input) {
    const Result<Kind> kind = kind_of(input);
    if (!kind) {
        return tl::unexpected(kind.error());
    }
    if (!kind->task) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            "field 'input.ref' stands beside other fields, or what it names is a reference itself; "
            "it takes one file:// of an input, alone"
        ));
    }
    Task task = *kind->task;
    FieldReader fields(input, "input");
    if (task == Task::kEmbed) {
        const auto text_task = [](std::string_view name) { return value_in(kTextTasks, name); };
        fields.read_name("task", task, text_task, names_in(kTextTasks));
    } else if (holds(input, "task")) {
        fields.complain("task", "goes with 'texts' only; remove it, or send 'texts'");
    }
    return fields.ok() ? Result<Task>(task) : refusal(fields.problem());
}

}  // namespace inference

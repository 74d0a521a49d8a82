#include "cli/dev_text.hpp"

#include "cli/dev_engine.hpp"
#include "config/config.hpp"

namespace inference::cli {
namespace {

/// What a command needs to reach a server that is not where all commands look for it.
std::string target_options(const DevFacts& facts) {
    std::string options;
    if (facts.address != kDefaultTemporalAddress) {
        options += " --address " + facts.address;
    }
    if (facts.namespace_name != kDefaultTemporalNamespace) {
        options += " --namespace " + facts.namespace_name;
    }
    return options;
}

std::string example(const std::string& model, const std::string& input, const DevFacts& facts) {
    return "  inference-worker submit" + target_options(facts) + " --model " + model +
           " --input '" + input + "'\n";
}

std::string examples(const DevFacts& facts) {
    if (facts.engine_http.empty()) {
        return facts.models.empty() ? std::string()
                                    : example(facts.models.front(), "\"Hello\"", facts);
    }
    const std::string chat = R"({"messages":[{"role":"user","content":"Hello"}]})";
    const std::string tensors =
        R"({"inputs":[{"name":"a","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]},)"
        R"({"name":"b","datatype":"FP32","shape":[1,4],"data":[10,20,30,40]}]})";
    return example(DevEngine::kChatModel, chat, facts) +
           example(DevEngine::kTensorModel, tensors, facts);
}

}  // namespace

std::string to_text(const DevFacts& facts) {
    std::string text = "Temporal   " + facts.address + ", namespace " + facts.namespace_name + "\n";
    if (!facts.ui.empty()) {
        text += "Web page   " + facts.ui + "\n";
    }
    if (!facts.engine_http.empty()) {
        text += "Engine     simulated: " + facts.engine_http + " (chat), " + facts.engine_grpc +
                " (tensors)\n";
    }
    text += "\nTry, in another terminal:\n" + examples(facts) + "  inference-worker doctor" +
            target_options(facts) + "\n\nCtrl-C ends all of it; nothing is kept.\n";
    return text;
}

nlohmann::json to_json_object(const DevFacts& facts) {
    nlohmann::json object{
        {"temporal", facts.address}, {"namespace", facts.namespace_name}, {"models", facts.models}
    };
    if (!facts.ui.empty()) {
        object["ui"] = facts.ui;
    }
    if (!facts.engine_http.empty()) {
        object["engine"] = {{"http", facts.engine_http}, {"grpc", facts.engine_grpc}};
    }
    return object;
}

}  // namespace inference::cli

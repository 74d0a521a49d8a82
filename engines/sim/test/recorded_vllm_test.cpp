// The simulator says what the real vLLM was heard to say.

#include "recorded_vllm.hpp"

#include "sim_process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>

namespace engine_sim {
namespace {

using nlohmann::json;

/// {"$repeat": [text, times]} stands for a long text.
json written_out(const json& value) {
    if (value.is_object() && value.contains("$repeat")) {
        std::string text;
        for (int i = 0; i < value["$repeat"][1].get<int>(); ++i) {
            text += value["$repeat"][0].get<std::string>();
        }
        return text;
    }
    json copy = value;
    if (value.is_structured()) {
        for (auto& item : copy) {
            item = written_out(item);
        }
    }
    return copy;
}

/// Counts of tokens differ: one is a word here and a byte there.
std::string without_numbers(std::string text) {
    std::string result;
    for (const char letter : text) {
        const bool is_digit = std::isdigit(static_cast<unsigned char>(letter)) != 0;
        if (!is_digit || result.empty() || result.back() != '0') {
            result += is_digit ? '0' : letter;
        }
    }
    return result;
}

/// What only the real one can judge: it has a grammar, a template and a media type of its own, and one kind of model.
const std::set<std::string> kOnlyByScript = {
    "wrong_content_type",
    "message_without_role",
    "unknown_part",
    "context_length_characters",
    "bad_schema",
    "unsupported_api",
    "unsupported_api_of_a_pooler",
    "queue_full",
};

class RecordedVllm : public ::testing::Test {
protected:
    static Reply ask(SimProcess& sim, const json& entry) {
        Connection connection = sim.connect();
        const std::string body = entry.contains("raw") ? entry["raw"].get<std::string>()
                                                       : written_out(entry["request"]).dump();
        connection.send(entry.value("method", "POST"), entry["path"], body);
        return connection.receive();
    }

    SimProcess text_{{"--model", "tiny", "--max-model-len", "8192"}};
    SimProcess embedder_{{"--model", "embedder", "--max-model-len", "8192"}};
    SimProcess classifier_{{"--model", "classifier", "--max-model-len", "8192"}};
    std::map<std::string, SimProcess*> servers_{
        {"text", &text_}, {"embedder", &embedder_}, {"classifier", &classifier_}
    };
    const json recorded_ = json::parse(recorded_vllm());
};

TEST_F(RecordedVllm, RefusesWithTheSameWords) {
    for (const json& entry : recorded_) {
        if (entry["status"] < 400 || kOnlyByScript.contains(entry["name"])) {
            continue;
        }
        const Reply reply = ask(*servers_.at(entry["server"]), entry);

        EXPECT_EQ(reply.status, entry["status"].get<int>()) << entry["name"];
        EXPECT_EQ(
            json::parse(without_numbers(reply.body)),
            json::parse(without_numbers(entry["body"].get<std::string>()))
        ) << entry["name"];
    }
}

TEST_F(RecordedVllm, RefusesByScriptWithTheSameBytes) {
    for (const json& entry : recorded_) {
        if (entry["status"] < 400) {
            continue;
        }
        text_.control("POST", "/sim/faults", {{{"action", {{"answer", entry["name"]}}}}});
        const Reply reply = text_.post("/v1/completions", {{"model", "tiny"}, {"prompt", "x"}});

        EXPECT_EQ(reply.status, entry["status"].get<int>()) << entry["name"];
        EXPECT_EQ(reply.body, entry["body"].get<std::string>()) << entry["name"];
    }
}

/// Every member of `part` is in `whole`, with a value of the same kind.
void expect_in(const json& part, const json& whole, const std::string& where) {
    if (part.is_object() && whole.is_object()) {
        for (const auto& [name, value] : part.items()) {
            ASSERT_TRUE(whole.contains(name)) << where << "." << name;
            expect_in(value, whole[name], where + "." + name);
        }
    } else if (part.is_array() && whole.is_array() && !part.empty() && !whole.empty()) {
        expect_in(part[0], whole[0], where + "[0]");
    } else if (!part.is_null() && !whole.is_null()) {
        EXPECT_EQ(part.is_number(), whole.is_number()) << where;
        EXPECT_EQ(part.is_string(), whole.is_string()) << where;
    }
}

TEST_F(RecordedVllm, AnswersWithNoMemberThatTheRealOneHasNot) {
    for (const json& entry : recorded_) {
        // A vector for each text comes from a model that embeds; the simulator's /pooling is one that does not.
        const bool is_of_another_model = entry["name"] == "pooling";
        if (entry["status"] != 200 || entry["request"].value("stream", false) ||
            is_of_another_model) {
            continue;
        }
        const Reply reply = ask(*servers_.at(entry["server"]), entry);

        ASSERT_EQ(reply.status, 200) << entry["name"] << ": " << reply.body;
        expect_in(reply.json(), json::parse(entry["body"].get<std::string>()), entry["name"]);
    }
}

}  // namespace
}  // namespace engine_sim

// The KServe dialect over HTTP, from outside the process.

#include "sim_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace engine_sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const json kAdd = {
    {"id", "r1"},
    {"inputs",
     {{{"name", "a"}, {"datatype", "INT64"}, {"shape", {1, 2}}, {"data", {1, 2}}},
      {{"name", "b"}, {"datatype", "INT64"}, {"shape", {1, 2}}, {"data", {{10, 20}}}}}},
};

std::vector<std::string> with(std::vector<std::string> more = {}) {
    more.insert(
        more.end(),
        {"--model",
         "sim",
         "--tensor-model",
         "add: sum(a INT64[-1,2], b INT64[-1,2]) -> total INT64[-1,2] max_batch 4",
         "--tensor-model",
         "repeat: repeat(x BYTES[1], n INT32[1]) -> y BYTES[1]"}
    );
    return more;
}

TEST(KserveRest, ComputesOnFlatAndOnNestedData) {
    SimProcess sim(with());
    for (const char* const path : {"/v2/models/add/infer", "/v2/models/add/versions/1/infer"}) {
        const Reply reply = sim.post(path, kAdd);

        EXPECT_EQ(reply.status, 200) << reply.body;
        const json output = reply.json()["outputs"].at(0);
        EXPECT_EQ(output["name"], "total");
        EXPECT_EQ(output["shape"], (json{1, 2}));
        EXPECT_EQ(output["data"], (json{11, 22}));
        EXPECT_EQ(reply.json()["id"], "r1");
        EXPECT_EQ(reply.json()["model_version"], "1");
    }
    EXPECT_EQ(sim.events("received").at(0)["request_id"], "r1");
    EXPECT_EQ(sim.events("finished").at(0)["status"], 200);
}

TEST(KserveRest, DescribesItselfAndItsModels) {
    SimProcess sim(with());

    EXPECT_EQ(sim.get("/v2").json()["name"], "engine-sim");
    EXPECT_EQ(sim.get("/v2/health/live").status, 200);
    EXPECT_EQ(sim.get("/v2/health/ready").status, 200);
    EXPECT_EQ(sim.get("/v2/models/add/ready").status, 200);
    EXPECT_EQ(sim.get("/v2/models/add/versions/1").json()["inputs"][1]["name"], "b");
    const json config = sim.get("/v2/models/add/config").json();
    EXPECT_EQ(config["max_batch_size"], 4);
    EXPECT_EQ(config["input"][0]["data_type"], "TYPE_INT64");
    EXPECT_EQ(config["input"][0]["dims"], (json{2}));
    EXPECT_EQ(
        sim.get("/v2/models/repeat/config").json()["model_transaction_policy"]["decoupled"], true
    );
    EXPECT_EQ(sim.get("/v2/models/add/nonsense").status, 404);
    EXPECT_EQ(sim.get("/v2/models/add/infer").status, 405);
}

TEST(KserveRest, RefusesWithTritonsCodesAndWords) {
    SimProcess sim(with());
    const auto error = [](const Reply& reply) {
        return std::to_string(reply.status) + " " + reply.json()["error"].get<std::string>();
    };

    EXPECT_EQ(
        error(sim.post("/v2/models/nope/infer", kAdd)),
        "404 Request for unknown model: 'nope' is not found"
    );
    EXPECT_THAT(error(sim.get("/v2/models/add/versions/7")), HasSubstr("404 "));
    EXPECT_EQ(error(sim.get("/v2/models/nope/ready")), "400 Model version not ready");
    EXPECT_EQ(
        error(sim.post("/v2/models/repeat/infer", kAdd)),
        "501 HTTP end point doesn't support models with decoupled transaction policy"
    );
    json wrong = kAdd;
    wrong["inputs"][0]["shape"] = {1, 3};
    EXPECT_THAT(error(sim.post("/v2/models/add/infer", wrong)), HasSubstr("400 [request id: r1]"));
    wrong = kAdd;
    wrong["inputs"][0]["data"] = "text";
    EXPECT_THAT(error(sim.post("/v2/models/add/infer", wrong)), HasSubstr("400 Unable to parse"));

    Connection connection = sim.connect();
    connection.send("POST", "/v2/models/add/infer", "{\"inputs\": x}");
    EXPECT_EQ(
        error(connection.receive()),
        "500 failed to parse the request JSON buffer: Invalid value. at 11"
    );
}

TEST(KserveRest, FaultsSpeakHttpHere) {
    SimProcess sim(with());
    const auto with_fault = [&](const json& action) {
        sim.control("POST", "/sim/faults", json::array({{{"action", action}}}));
        return sim.post("/v2/models/add/infer", kAdd);
    };

    const Reply full = with_fault({{"answer", "triton_queue_full"}});
    EXPECT_EQ(full.status, 503);
    EXPECT_THAT(full.json()["error"].get<std::string>(), HasSubstr("Exceeds maximum queue size"));
    EXPECT_EQ(with_fault({{"answer", "triton_out_of_memory"}}).status, 500);
    EXPECT_EQ(with_fault({{"not_ready", true}}).status, 400);
    EXPECT_FALSE(with_fault({{"remove", "/outputs"}}).json().contains("outputs"));
}

TEST(KserveRest, TheQueueOfTheEngineIsTheirsToo) {
    SimProcess sim(with({"--latency-ms", "3600000", "--slots", "1", "--queue", "0"}));
    Connection runs = sim.connect();
    runs.send("POST", "/v2/models/add/infer", kAdd.dump());
    sim.wait_for_events("started", 1);

    EXPECT_EQ(sim.post("/v2/models/add/infer", kAdd).status, 503);

    runs.close();
    EXPECT_EQ(sim.wait_for_events("aborted", 1).front()["reason"], "client closed");
}

}  // namespace
}  // namespace engine_sim

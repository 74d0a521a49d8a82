#include "bridge/connection.hpp"

#include "scripted_core/scripted_core.hpp"
#include "temporal/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <stop_token>
#include <string>
#include <thread>

namespace temporal::bridge {
namespace {

using scripted::Reply;
using scripted::ScriptedCore;

TEST(Connection, IsMadeWithTheOptions) {
    ScriptedCore core;
    ConnectOptions options;
    options.address = "temporal.example:7233";

    const auto connection = Connection::connect(Runtime::make({}), options, {});

    EXPECT_NE(connection->handle(), nullptr);
    EXPECT_EQ(nlohmann::json::parse(core.connect_options())["target"], "temporal.example:7233");
}

TEST(Connection, ThatIsRefusedSaysWhy) {
    ScriptedCore core;
    core.on_connect([](const std::string&) {
        return Reply{.answer = {}, .error = R"({"kind":"auth","message":"no such key"})"};
    });
    try {
        static_cast<void>(Connection::connect(Runtime::make({}), {}, {}));
        FAIL() << "it connected";
    } catch (const ConnectError& error) {
        EXPECT_EQ(error.kind(), ConnectError::Kind::kAuth);
        EXPECT_THAT(error.what(), testing::HasSubstr("no such key"));
    }
}

TEST(Connection, ThatIsGivenUpIsFreedWhenItComesAfterAll) {
    ScriptedCore core;
    core.hold_connections();
    const auto runtime = Runtime::make({});
    std::stop_source stop;
    std::jthread stopper([&stop] { stop.request_stop(); });
    try {
        static_cast<void>(Connection::connect(runtime, {}, stop.get_token()));
        FAIL() << "it connected";
    } catch (const RpcError& error) {
        EXPECT_EQ(error.code(), RpcCode::kCancelled);
    }

    core.answer_connections();
    // The script refuses to end with a handle left; the runtime's end waits for the connection to
    // come and go.
}

TEST(Connection, KeepsItsRuntimeAlive) {
    ScriptedCore core;
    auto connection = Connection::connect(Runtime::make({}), {}, {});
    EXPECT_EQ(core.live_handles(), 2);

    connection.reset();

    EXPECT_EQ(core.live_handles(), 0);
}

TEST(Connection, TheDefaultIdentityIsTheProcessAndTheHost) {
    EXPECT_THAT(default_identity(), testing::StartsWith(std::to_string(getpid()) + "@"));
}

}  // namespace
}  // namespace temporal::bridge

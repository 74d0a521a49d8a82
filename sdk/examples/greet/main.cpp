#include "temporal/client.hpp"
#include "temporal/error.hpp"
#include "temporal/workflow_token.hpp"

#include <cstdio>
#include <exception>
#include <map>
#include <string>

namespace {

using Person = std::map<std::string, std::string>;

constexpr temporal::Workflow<std::string(Person)> kGreet{"Greet"};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: greet HOST:PORT TASK_QUEUE NAME\n");
        return 2;
    }
    try {
        const auto client = temporal::Client::connect({.address = argv[1]});
        const Person person{{"name", argv[3]}};
        const auto handle = client.start(
            kGreet(person), {.id = "greet-" + person.at("name"), .task_queue = argv[2]}
        );
        std::printf("%s\n", handle.result({.timeout = std::chrono::seconds{30}}).c_str());
        return 0;
    } catch (const temporal::WorkflowFailed& failed) {
        const auto* cause = temporal::find_application_failure(*failed.failure());
        std::fprintf(
            stderr, "failed: %s\n", cause != nullptr ? cause->message().c_str() : failed.what()
        );
        return 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}

// Whatever an engine answers, whole or as a stream: what passes is a complete answer, and what does not gets a verdict that
// quotes nothing of it.
#include "adapters/classify/classify.hpp"
#include "adapters/openai/answer.hpp"
#include "adapters/openai/stream_answer.hpp"

#include <cstdint>
#include <cstdlib>

namespace inference {
namespace {

using Answer = std::variant<nlohmann::json, Signal>;

constexpr std::size_t kMaxEventBytes = 1 << 20;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check_answer(const Answer& answer, std::size_t expected) {
    if (const auto* signal = std::get_if<Signal>(&answer)) {
        require(!classify(EngineKind::kVllm, *signal).reason.empty());
        return;
    }
    const auto& body = std::get<nlohmann::json>(answer);
    require(body["choices"].size() == expected);
    for (const auto& choice : body["choices"]) {
        require(choice["finish_reason"].is_string() && choice["finish_reason"] != "abort");
    }
    require(!body.dump().empty());
}

Answer from_stream(const TaskApi& api, std::size_t expected, std::string_view bytes) {
    SseParser parser(kMaxEventBytes);
    StreamAnswer answer(api, expected);
    std::vector<SseEvent> events;
    parser.feed(bytes, events);
    for (const SseEvent& event : events) {
        if (!answer.take(event)) {
            break;
        }
    }
    return answer.finish();
}

void check(std::string_view input) {
    if (input.empty()) {
        return;
    }
    const auto mode = static_cast<unsigned char>(input.front());
    const TaskApi& api = *find_task_api((mode & 1U) != 0 ? Task::kChat : Task::kCompletion);
    const std::size_t expected = (mode >> 1U) % 4U;
    const std::string_view bytes = input.substr(1);

    check_answer(from_stream(api, expected, bytes), expected);
    check_answer(
        read_answer(api, expected, {.status = 200, .headers = {}, .body = std::string(bytes)}, {}),
        expected
    );
}

}  // namespace
}  // namespace inference

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    inference::check({reinterpret_cast<const char*>(data), size});
    return 0;
}

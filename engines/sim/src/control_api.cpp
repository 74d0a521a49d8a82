#include "control_api.hpp"

#include "canned_answers.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace engine_sim {

namespace {

using nlohmann::ordered_json;

HttpAnswer json_answer(const ordered_json& body, int status = 200) {
    return {
        .status = status,
        .body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"
    };
}

HttpAnswer done() {
    return json_answer(ordered_json::object());
}

ordered_json names_of_answers() {
    ordered_json names = ordered_json::array();
    for (const CannedAnswer& answer : canned_answers()) {
        names.push_back(answer.name);
    }
    return names;
}

}  // namespace

void ControlApi::handle(const std::shared_ptr<HttpExchange>& exchange) {
    const auto method = exchange->request.method_string();
    const std::string route =
        std::string(method.data(), method.size()) + " " + std::string(exchange->path());
    if (route == "POST /sim/faults") {
        set_faults(*exchange);
    } else if (route == "DELETE /sim/faults") {
        engine_.set_faults({});
        exchange->respond(done());
    } else if (route == "GET /sim/answers") {
        exchange->respond(json_answer(names_of_answers()));
    } else if (route == "GET /sim/calls") {
        exchange->respond(json_answer(engine_.log().recent()));
    } else if (route == "DELETE /sim/calls") {
        engine_.log().forget();
        exchange->respond(done());
    } else if (route == "GET /sim/counts") {
        exchange->respond(json_answer(engine_.counts()));
    } else if (route == "POST /sim/down") {
        power_.take_down([exchange] { exchange->respond(done()); });
    } else if (route == "POST /sim/up") {
        power_.bring_up();
        exchange->respond(done());
    } else {
        exchange->respond(json_answer({{"error", "there is no " + route}}, 404));
    }
}

void ControlApi::set_faults(HttpExchange& exchange) {
    try {
        engine_.set_faults(FaultScript::from_json(nlohmann::json::parse(exchange.request.body())));
        exchange.respond(done());
    } catch (const nlohmann::json::exception& problem) {
        exchange.respond(json_answer({{"error", problem.what()}}, 400));
    } catch (const std::invalid_argument& problem) {
        exchange.respond(json_answer({{"error", problem.what()}}, 400));
    }
}

}  // namespace engine_sim

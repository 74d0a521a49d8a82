/// @file simulator.hpp
/// @brief The parts list of the simulator, and how it goes down and up again.
#pragma once

#include "control_api.hpp"
#include "engine.hpp"
#include "grpc_server.hpp"
#include "http_server.hpp"
#include "kserve_rest.hpp"
#include "kserve_service.hpp"
#include "openai_api.hpp"
#include "options.hpp"
#include "tensor_catalog.hpp"
#include "ticker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

namespace engine_sim {

/// Everything but gRPC's own threads happens on the thread that calls `run`.
class Simulator {
public:
    /// Errors: std::runtime_error if a port is taken or the log cannot be opened.
    explicit Simulator(Options options);

    struct Ports {
        std::uint16_t http;
        std::uint16_t grpc;
        std::uint16_t control;
    };

    /// Known, and listened on, from the constructor on.
    Ports ports() const;

    /// Serves until SIGTERM or SIGINT, which end every call at once.
    void run();

private:
    enum class State { kUp, kGoingDown, kDown };

    void handle(const std::shared_ptr<HttpExchange>& exchange);
    void take_down(std::function<void()> done);
    void on_down();
    void crash(std::chrono::milliseconds down_for);
    void bring_up();
    void stop_at_signal();

    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::signal_set signals_;
    Engine engine_;
    Ticker ticker_;
    TensorCatalog tensor_models_;
    OpenAiApi openai_;
    KserveRest kserve_rest_;
    ControlApi control_;
    HttpServer http_;
    HttpServer control_http_;
    GrpcServer grpc_;
    State state_ = State::kDown;
    std::vector<std::function<void()>> waiting_for_down_;
    boost::asio::steady_timer restart_;
    std::jthread grpc_stopper_;
};

}  // namespace engine_sim

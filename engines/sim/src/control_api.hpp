/// @file control_api.hpp
/// @brief What a test says to the simulator while it runs, and asks it: the paths under /sim.
#pragma once

#include "engine.hpp"
#include "http_exchange.hpp"

#include <functional>
#include <memory>

namespace engine_sim {

/// On a port of its own, which stays open while the engine is down. engines/README.md lists the paths.
///
/// Threads: the I/O thread only.
class ControlApi {
public:
    struct Power {
        std::function<void(std::function<void()>)>
            take_down;  ///< Calls back when nothing listens any more.
        std::function<void()> bring_up;
    };

    ControlApi(Engine& engine, Power power) : engine_(engine), power_(std::move(power)) {}

    void handle(const std::shared_ptr<HttpExchange>& exchange);

private:
    void set_faults(HttpExchange& exchange);

    Engine& engine_;
    Power power_;
};

}  // namespace engine_sim

#include "simulator.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <csignal>
#include <utility>

namespace engine_sim {

namespace {

boost::asio::ip::tcp::endpoint endpoint(const std::string& host, std::uint16_t port) {
    return {boost::asio::ip::make_address(host), port};
}

}  // namespace

Simulator::Simulator(Options options)
    : work_(io_.get_executor()),
      signals_(io_, SIGTERM, SIGINT),
      engine_(io_, options.limits, std::move(options.faults), CallLog(options.log)),
      ticker_(io_),
      tensor_models_(std::move(options.tensor_models)),
      openai_(
          engine_,
          ticker_,
          {.models = std::move(options.text_models),
           .speed = options.speed,
           .sse_keep_alive = options.sse_keep_alive,
           .api_key = options.api_key}
      ),
      kserve_rest_(engine_, tensor_models_, options.speed.latency),
      control_(
          engine_,
          {.take_down = [this](auto done) { take_down(std::move(done)); },
           .bring_up = [this] { bring_up(); }}
      ),
      http_(
          io_,
          endpoint(options.host, options.http_port),
          [this](const auto& exchange) { handle(exchange); },
          options.idle_timeout
      ),
      control_http_(
          io_,
          endpoint(options.host, options.control_port),
          [this](const auto& exchange) { control_.handle(exchange); },
          options.idle_timeout
      ),
      grpc_(
          io_,
          options.host,
          options.grpc_port,
          [this, latency = options.speed.latency] {
              return std::make_unique<KserveService>(
                  io_, engine_, ticker_, tensor_models_, latency
              );
          }
      ),
      restart_(io_) {
    engine_.on_crash([this](std::chrono::milliseconds down_for) { crash(down_for); });
    stop_at_signal();
    control_http_.listen();
    bring_up();
}

Simulator::Ports Simulator::ports() const {
    return {.http = http_.port(), .grpc = grpc_.port(), .control = control_http_.port()};
}

void Simulator::handle(const std::shared_ptr<HttpExchange>& exchange) {
    if (KserveRest::serves(exchange->path())) {
        kserve_rest_.handle(exchange);
    } else {
        openai_.handle(exchange);
    }
}

void Simulator::run() {
    io_.run();
}

void Simulator::take_down(std::function<void()> done) {
    if (state_ == State::kDown) {
        done();
        return;
    }
    restart_.cancel();
    waiting_for_down_.push_back(std::move(done));
    if (std::exchange(state_, State::kGoingDown) == State::kGoingDown) {
        return;
    }
    http_.refuse();
    engine_.take_down("engine down");
    // Waits for calls that this thread has yet to finish.
    grpc_stopper_ = std::jthread([this] {
        grpc_.stop();
        boost::asio::post(io_, [this] { on_down(); });
    });
}

void Simulator::on_down() {
    state_ = State::kDown;
    for (const auto& done : std::exchange(waiting_for_down_, {})) {
        done();
    }
}

void Simulator::crash(std::chrono::milliseconds down_for) {
    restart_.expires_after(down_for);
    take_down([this] {
        restart_.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                bring_up();
            }
        });
    });
}

void Simulator::bring_up() {
    if (state_ != State::kDown) {
        return;
    }
    restart_.cancel();
    state_ = State::kUp;
    engine_.bring_up();
    http_.listen();
    grpc_.start();
}

void Simulator::stop_at_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (!error) {
            take_down([this] { io_.stop(); });
        }
    });
}

}  // namespace engine_sim

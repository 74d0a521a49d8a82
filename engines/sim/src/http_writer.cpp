#include "http_writer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace engine_sim {

namespace {

using boost::system::error_code;

HttpWriter::Outcome outcome_of(HttpEnd end) {
    switch (end) {
        case HttpEnd::kClosed: return HttpWriter::Outcome::kClosed;
        case HttpEnd::kReset: return HttpWriter::Outcome::kReset;
        case HttpEnd::kWhole: break;
    }
    return HttpWriter::Outcome::kWhole;
}

}  // namespace

HttpWriter::HttpWriter(
    boost::beast::tcp_stream& stream,
    const Damage& damage,
    std::weak_ptr<void> owner,
    std::function<void(Outcome)> on_outcome
)
    : stream_(stream),
      pause_(stream.get_executor()),
      damage_(damage),
      owner_(std::move(owner)),
      on_outcome_(std::move(on_outcome)) {}

void HttpWriter::send(const std::string& bytes) {
    gathered_ += bytes;
    go_on();
}

void HttpWriter::end(HttpEnd end) {
    end_ = end;
    go_on();
}

void HttpWriter::stop() {
    on_outcome_ = nullptr;
    pause_.cancel();
}

void HttpWriter::go_on() {
    if (is_busy_ || !on_outcome_) {
        return;
    }
    if (damage_.reset_after && room() == 0) {
        conclude(Outcome::kReset);
    } else if (!gathered_.empty() && room() > 0) {
        write();
    } else if (gathered_.empty() && end_) {
        conclude(outcome_of(*end_));
    }
}

/// How many bytes may leave before the reset or the stall.
std::size_t HttpWriter::room() const {
    const auto limit = damage_.reset_after ? damage_.reset_after : damage_.stall_after;
    return limit ? *limit - std::min(written_, *limit) : std::numeric_limits<std::size_t>::max();
}

void HttpWriter::write() {
    const std::size_t most = damage_.drip ? std::max<std::size_t>(damage_.drip->bytes, 1)
                                          : std::numeric_limits<std::size_t>::max();
    const std::size_t size = std::min({gathered_.size(), room(), most});
    leaving_ = gathered_.substr(0, size);
    gathered_.erase(0, size);
    is_busy_ = true;
    boost::asio::async_write(
        stream_,
        boost::asio::buffer(leaving_),
        [self = shared_from_this(), owner = owner_.lock()](error_code error, std::size_t) {
            if (error) {
                self->conclude(Outcome::kBroken);
            } else {
                self->written_ += self->leaving_.size();
                self->on_written();
            }
        }
    );
}

void HttpWriter::on_written() {
    if (!damage_.drip) {
        is_busy_ = false;
        go_on();
        return;
    }
    pause_.expires_after(damage_.drip->pause);
    pause_.async_wait([self = shared_from_this(), owner = owner_.lock()](error_code error) {
        if (!error) {
            self->is_busy_ = false;
            self->go_on();
        }
    });
}

void HttpWriter::conclude(Outcome outcome) {
    if (const auto tell = std::exchange(on_outcome_, nullptr)) {
        tell(outcome);
    }
}

}  // namespace engine_sim

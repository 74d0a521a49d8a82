/// @file bridge/core_abi.hpp
/// @brief temporal_core.h with C++ ownership: handles that free themselves, views and buffers.
#pragma once

#include "bridge/buffer.hpp"
#include "temporal_core.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace temporal::bridge {

template <auto Free>
struct FreeWith {
    template <class T>
    void operator()(T* handle) const noexcept {
        Free(handle);
    }
};

using RuntimeHandle = std::unique_ptr<tcore_runtime, FreeWith<tcore_runtime_free>>;
using ConnectionHandle = std::unique_ptr<tcore_connection, FreeWith<tcore_connection_free>>;
using CancelHandle = std::unique_ptr<tcore_cancel, FreeWith<tcore_cancel_free>>;
using WorkerHandle = std::unique_ptr<tcore_worker, FreeWith<tcore_worker_free>>;
using FeederHandle = std::unique_ptr<tcore_feeder, FreeWith<tcore_feeder_free>>;

/// Lends `bytes` for the length of a call. Never null, for Rust's slices must not be.
[[nodiscard]] inline tcore_ref lend(std::string_view bytes) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(bytes.empty() ? "" : bytes.data()), bytes.size()};
}

[[nodiscard]] inline std::string_view view(tcore_ref bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data), bytes.len};
}

[[nodiscard]] inline Buffer take(tcore_buf buffer) noexcept {
    return {buffer.data, buffer.len, buffer.cap};
}

/// Runs a call that reports an error through a tcore_buf; gives what it left there.
template <class Call>
Buffer with_buffer(std::int32_t& status, Call&& call) {
    tcore_buf buffer{};
    status = call(&buffer);
    return take(buffer);
}

}  // namespace temporal::bridge

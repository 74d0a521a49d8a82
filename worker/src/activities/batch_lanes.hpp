/// @file activities/batch_lanes.hpp
/// @brief The items of all chunks that run here, on their way to the engines.
#pragma once

#include "activities/engine_pool.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "registry/model_registry.hpp"
#include "resilience/batch_lane.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace inference {

/// What came of one call, for the chunk that has its items.
struct CallEnd {
    std::string model;
    std::uint64_t call = 0;
    std::vector<std::uint32_t> items;
    Outcome<EngineReply> outcome;
};

/// One lane for each model, shared by the chunks of a process.
///
/// Threads: any. Destroy: after its chunks.
class BatchLanes {
public:
    class Chunk;
    /// The call that has these items. Called on any thread, also while the chunk is being ended.
    using MakeCall = std::function<EngineCall(const std::vector<std::uint32_t>& items)>;

    BatchLanes(std::shared_ptr<EnginePool> engines, std::shared_ptr<const ModelRegistry> registry);

    [[nodiscard]] std::unique_ptr<Chunk> join(MakeCall make_call) const;

private:
    struct Shared;
    struct Member;
    std::shared_ptr<Shared> shared_;
};

/// The items of one chunk, which its thread drives: it waits for the ends of calls, writes down what they brought, and only then
/// gives their places away.
///
/// Threads: one, but for wake().
/// Destroy: cancels what is under way.
/// @code
///   while (pending > 0) {
///       if (auto end = chunk->wait(1s)) { write(*end); chunk->answered(*end); }
///   }
/// @endcode
class BatchLanes::Chunk {
public:
    explicit Chunk(std::shared_ptr<Shared> shared, MakeCall make_call);
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;
    ~Chunk();

    /// An item to send; nothing is sent before wait(). Items of one `kind` may share a call, those of kind 0 never do.
    void add(const Model& model, std::uint32_t item, std::uint64_t kind);

    /// Sends what has a place and waits for the next end of a call; nullopt after `patience`, or when somebody calls wake() or the
    /// lane is lost.
    std::optional<CallEnd> wait(std::chrono::milliseconds patience);
    /// Ends the wait under way, or the next one.
    void wake();

    /// The answer is written down.
    void answered(const CallEnd& end);
    /// Gives those of its items that are not tried again.
    std::vector<LaneLoss> failed(const CallEnd& end, const Error& error);
    /// Nothing more is sent; what is under way goes on.
    void stop_sending();
    [[nodiscard]] std::size_t under_way() const;
    /// Why the engine takes nothing, once that has lasted too long.
    [[nodiscard]] std::optional<Error> lost() const;

private:
    [[nodiscard]] std::optional<Error> lost_with_lock_held() const;

    std::shared_ptr<Shared> shared_;
    std::shared_ptr<Member> member_;
};

}  // namespace inference

#include "activities/batch_lanes.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <stop_token>
#include <utility>

namespace inference {
namespace {

using Clock = std::chrono::steady_clock;

/// How many calls are under way where the configuration does not say: to begin with, and at most.
constexpr std::int64_t kFirstDepth = 64;
constexpr std::int64_t kMostDepth = 256;
/// A call's own time counts from when it is sent, and the engine's other clients may keep it waiting.
constexpr std::chrono::hours kLongestWait{24};

LaneOptions lane_options(const Model& model, const EnginePool& engines) {
    return {
        .depth =
            {.start = model.max_concurrency.value_or(kFirstDepth),
             .most = model.max_concurrency.value_or(kMostDepth),
             .timeout = model.timeout},
        .group = std::max<std::int64_t>(engines.batch_limit(model), 1),
        .ready_timeout = model.ready_timeout
    };
}

}  // namespace

/// What a chunk shares with the calls that are under way for it.
struct BatchLanes::Member {
    std::uint32_t number = 0;
    MakeCall make_call;
    std::set<std::string> models;  // Of the chunk's thread only.
    bool has_stopped = false;  // The same.
    std::stop_source cancel;

    // Guarded by Shared::mutex.
    std::deque<CallEnd> ends;
    std::size_t under_way = 0;
    bool is_awake = false;
    bool has_left = false;
    std::condition_variable changed;
};

struct BatchLanes::Shared : std::enable_shared_from_this<BatchLanes::Shared> {
    struct Lane {
        BatchLane lane;
        std::chrono::milliseconds timeout;
    };
    struct Send {
        std::shared_ptr<Member> member;
        std::string model;
        LaneCall call;
        std::chrono::milliseconds timeout;
    };

    std::shared_ptr<EnginePool> engines;
    std::shared_ptr<const ModelRegistry> registry;
    std::mutex mutex;
    std::map<std::string, Lane> lanes;
    std::map<std::uint32_t, std::shared_ptr<Member>> members;
    std::uint32_t chunks = 0;
    std::minstd_rand random{std::random_device{}()};

    /// What is to be sent now; with the mutex held.
    std::vector<Send> take(const std::string& model) {
        std::vector<Send> sends;
        const auto found = lanes.find(model);
        if (found == lanes.end()) {
            return sends;
        }
        for (LaneCall& call : found->second.lane.take(Clock::now())) {
            const auto member = members.at(call.chunk);
            ++member->under_way;
            sends.push_back({member, model, std::move(call), found->second.timeout});
        }
        return sends;
    }

    /// Without the mutex: an engine may answer at once.
    void send(std::vector<Send> sends) {
        for (Send& each : sends) {
            EngineCall call = each.member->make_call(each.call.items);
            const CallOptions options{
                .deadline = Clock::now() + each.timeout + kLongestWait,
                .cancel = each.member->cancel.get_token(),
                .as_stream = false
            };
            engines->call(
                std::move(call),
                options,
                each.timeout,
                [self = shared_from_this(), each](Outcome<EngineReply> outcome) {
                    self->ended(each, std::move(outcome));
                }
            );
        }
    }

    void ended(const Send& sent, Outcome<EngineReply> outcome) {
        std::vector<Send> next;
        {
            const std::lock_guard lock(mutex);
            Member& member = *sent.member;
            if (member.has_left) {
                --member.under_way;
                lanes.at(sent.model).lane.dropped(sent.call.number);
                next = take(sent.model);
            } else {
                member.ends.push_back(
                    {sent.model, sent.call.number, sent.call.items, std::move(outcome)}
                );
                member.changed.notify_one();
            }
        }
        send(std::move(next));
    }

    double uniform() { return std::uniform_real_distribution<double>(0, 1)(random); }
};

BatchLanes::BatchLanes(
    std::shared_ptr<EnginePool> engines, std::shared_ptr<const ModelRegistry> registry
)
    : shared_(std::make_shared<Shared>()) {
    shared_->engines = std::move(engines);
    shared_->registry = std::move(registry);
}

std::unique_ptr<BatchLanes::Chunk> BatchLanes::join(MakeCall make_call) const {
    return std::make_unique<Chunk>(shared_, std::move(make_call));
}

BatchLanes::Chunk::Chunk(std::shared_ptr<Shared> shared, MakeCall make_call)
    : shared_(std::move(shared)), member_(std::make_shared<Member>()) {
    member_->make_call = std::move(make_call);
    const std::lock_guard lock(shared_->mutex);
    member_->number = ++shared_->chunks;
    shared_->members.emplace(member_->number, member_);
}

BatchLanes::Chunk::~Chunk() {
    stop_sending();
    std::vector<Shared::Send> next;
    {
        const std::lock_guard lock(shared_->mutex);
        member_->has_left = true;
        shared_->members.erase(member_->number);
        for (const CallEnd& end : member_->ends) {
            --member_->under_way;
            shared_->lanes.at(end.model).lane.dropped(end.call);
        }
        member_->ends.clear();
        for (const std::string& model : member_->models) {
            std::ranges::move(shared_->take(model), std::back_inserter(next));
        }
    }
    member_->cancel.request_stop();
    shared_->send(std::move(next));
}

void BatchLanes::Chunk::add(const Model& model, std::uint32_t item, std::uint64_t kind) {
    const std::lock_guard lock(shared_->mutex);
    auto [lane, is_new] = shared_->lanes.try_emplace(
        model.name, Shared::Lane{BatchLane(lane_options(model, *shared_->engines)), model.timeout}
    );
    lane->second.lane.add({member_->number, item}, kind);
    member_->models.insert(model.name);
}

std::optional<CallEnd> BatchLanes::Chunk::wait(std::chrono::milliseconds patience) {
    const auto until = Clock::now() + patience;
    while (true) {
        std::vector<Shared::Send> sends;
        {
            const std::lock_guard lock(shared_->mutex);
            for (const std::string& model : member_->models) {
                std::ranges::move(shared_->take(model), std::back_inserter(sends));
            }
        }
        shared_->send(std::move(sends));

        std::unique_lock lock(shared_->mutex);
        const auto is_over = [&] { return member_->is_awake || !member_->ends.empty(); };
        auto look = until;
        for (const std::string& model : member_->models) {
            const auto next = shared_->lanes.at(model).lane.next_look(Clock::now());
            look = std::min(next.value_or(look), look);
        }
        member_->changed.wait_until(lock, look, is_over);
        if (!member_->ends.empty()) {
            CallEnd end = std::move(member_->ends.front());
            member_->ends.pop_front();
            --member_->under_way;
            return end;
        }
        if (std::exchange(member_->is_awake, false) || lost_with_lock_held() ||
            Clock::now() >= until) {
            return std::nullopt;
        }
    }
}

void BatchLanes::Chunk::wake() {
    const std::lock_guard lock(shared_->mutex);
    member_->is_awake = true;
    member_->changed.notify_one();
}

void BatchLanes::Chunk::answered(const CallEnd& end) {
    const std::lock_guard lock(shared_->mutex);
    shared_->lanes.at(end.model).lane.answered(end.call, Clock::now());
}

std::vector<LaneLoss> BatchLanes::Chunk::failed(const CallEnd& end, const Error& error) {
    const std::lock_guard lock(shared_->mutex);
    BatchLane& lane = shared_->lanes.at(end.model).lane;
    if (member_->has_stopped) {
        // Its items are for whoever goes on with the chunk.
        lane.dropped(end.call);
        return {};
    }
    return lane.failed(end.call, error, Clock::now(), shared_->uniform());
}

void BatchLanes::Chunk::stop_sending() {
    member_->has_stopped = true;
    const std::lock_guard lock(shared_->mutex);
    for (const std::string& model : member_->models) {
        shared_->lanes.at(model).lane.remove(member_->number);
    }
}

std::size_t BatchLanes::Chunk::under_way() const {
    const std::lock_guard lock(shared_->mutex);
    return member_->under_way;
}

std::optional<Error> BatchLanes::Chunk::lost() const {
    const std::lock_guard lock(shared_->mutex);
    return lost_with_lock_held();
}

std::optional<Error> BatchLanes::Chunk::lost_with_lock_held() const {
    for (const std::string& model : member_->models) {
        if (const auto& error = shared_->lanes.at(model).lane.lost()) {
            return error;
        }
    }
    return std::nullopt;
}

}  // namespace inference

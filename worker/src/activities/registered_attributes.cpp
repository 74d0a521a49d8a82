#include "activities/registered_attributes.hpp"

#include "workflows/job_attributes.hpp"

#include <exception>
#include <utility>

namespace inference {
namespace {

constexpr std::chrono::minutes kFresh{1};

}  // namespace

std::vector<JobAttribute> RegisteredAttributes::get(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (!asked_at_ || now - *asked_at_ >= kFresh) {
        asked_at_ = now;
        refresh();
    }
    return known_;
}

void RegisteredAttributes::refresh() {
    temporal::SearchAttributeTypes registered;
    try {
        registered = ask_();
    } catch (const std::exception& error) {
        return warn_once(
            std::string("cannot ask the server for its search attributes, so jobs set ") +
            (known_.empty() ? "none: " : "those that were there before: ") + error.what()
        );
    }
    const auto wanted = job_attribute_types();
    std::string missing;
    known_.clear();
    for (const JobAttribute attribute : kJobAttributes) {
        const std::string name(to_string(attribute));
        const auto found = registered.find(name);
        if (found != registered.end() && found->second == wanted.at(name)) {
            known_.push_back(attribute);
        } else {
            missing += (missing.empty() ? "" : ", ") + name;
        }
    }
    if (missing.empty()) {
        warned_.clear();
        return;
    }
    warn_once(
        "search attributes are not registered, so jobs are listed without them: " + missing +
        "; register them: inference-worker search-attributes --register"
    );
}

void RegisteredAttributes::warn_once(std::string message) {
    if (message != warned_) {
        warned_ = std::move(message);
        warn_(warned_);
    }
}

}  // namespace inference

#include "call_log.hpp"

#include <stdexcept>
#include <utility>

namespace engine_sim {

CallLog::CallLog(const std::filesystem::path& file) {
    if (file.empty()) {
        return;
    }
    file_.open(file, std::ios::app);
    if (!file_) {
        throw std::runtime_error("cannot open the log '" + file.string() + "'");
    }
}

void CallLog::write(nlohmann::ordered_json event) {
    if (file_.is_open()) {
        // Ids come from requests, which may hold anything.
        file_ << event.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << '\n';
        file_.flush();
    }
    recent_.push_back(std::move(event));
    if (recent_.size() > kRemembered) {
        recent_.pop_front();
    }
}

nlohmann::ordered_json CallLog::recent() const {
    nlohmann::ordered_json events = nlohmann::ordered_json::array();
    for (const auto& event : recent_) {
        events.push_back(event);
    }
    return events;
}

}  // namespace engine_sim

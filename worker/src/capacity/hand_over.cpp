#include "capacity/hand_over.hpp"

namespace inference {

HandOver::Turn::~Turn() {
    if (goes_) {
        const std::lock_guard lock(hand_over_.mutex_);
        --hand_over_.going_[queue_];
    }
}

bool HandOver::Turn::is_to_go() {
    if (goes_) {
        return true;
    }
    const std::size_t owed = hand_over_.owed_(queue_);
    const std::lock_guard lock(hand_over_.mutex_);
    std::size_t& going = hand_over_.going_[queue_];
    goes_ = going < owed;
    going += goes_ ? 1 : 0;
    return goes_;
}

}  // namespace inference

#include "bridge/core_thread.hpp"

namespace temporal::bridge {

thread_local int CoreThreadScope::depth_ = 0;

}  // namespace temporal::bridge

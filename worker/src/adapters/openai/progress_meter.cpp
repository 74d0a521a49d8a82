#include "adapters/openai/progress_meter.hpp"

#include <algorithm>

namespace inference {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestPause{100};

}  // namespace

void ProgressMeter::note(Time now, std::size_t pieces) {
    const bool is_first_token = pieces > 0 && !time_to_first_token_;
    if (is_first_token) {
        // At least 1 ms: 0 means that nothing was streamed.
        time_to_first_token_ =
            std::max(milliseconds{1}, std::chrono::ceil<milliseconds>(now - started_));
    }
    const bool is_due = !reported_ || now - *reported_ >= kShortestPause;
    if (report_ && (is_first_token || is_due)) {
        reported_ = now;
        report_({.pieces = pieces, .time_to_first_token = time_to_first_token_});
    }
}

}  // namespace inference

/// @file contracts/local_steps.hpp
/// @brief Where the two steps of a job that need no engine run.
#pragma once

namespace inference {

/// True: as a local activity, within the workflow task; false: as an activity of its own.
struct LocalSteps {
    bool preprocess = false;
    bool postprocess = false;

    bool operator==(const LocalSteps&) const = default;
};

}  // namespace inference

/// @file events/text_assembly.hpp
/// @brief The text of an answer, put together from events.
#pragma once

#include "events/event.hpp"

#include <cstdint>
#include <string>

namespace inference {

/// Follows one choice of one run. Only the newest epoch counts; after a gap the text grows no more, for what follows would stand in
/// the wrong place.
///
/// Pure: no I/O, no clock.
class TextAssembly {
public:
    enum class Change {
        kNothing,
        kGrown,
        kVoid,  ///< There was text, and now there is none: a new try has begun.
    };

    explicit TextAssembly(std::int64_t choice = 0) : choice_(choice) {}

    /// Range: events of one run, in the channel's order.
    Change take(const Event& event);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// The newest try's text is all there.
    [[nodiscard]] bool is_whole() const noexcept { return is_whole_ && !has_gap_; }
    /// Some of it is missing; the result has all.
    [[nodiscard]] bool has_gap() const noexcept { return has_gap_; }

private:
    Change begin(std::int64_t epoch);
    Change append(const Event& event);

    std::int64_t choice_;
    std::int64_t epoch_ = 0;
    std::int64_t seq_ = 0;
    std::string text_;
    bool has_gap_ = false;
    bool is_whole_ = false;
};

}  // namespace inference

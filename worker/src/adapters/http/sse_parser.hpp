/// @file adapters/http/sse_parser.hpp
/// @brief Server-sent events, cut out of a stream of bytes that comes in any pieces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

struct SseEvent {
    std::string type;  ///< Of the `event` field; empty where there was none.
    std::string data;  ///< The `data` fields, one a line.

    /// How streams of OpenAI's API end.
    bool is_done() const noexcept { return data == "[DONE]"; }

    bool operator==(const SseEvent&) const = default;
};

/// Lines end in LF, CRLF or CR; a blank one ends an event. Comments, ids and retry times are read over, as is a byte order
/// mark at the beginning. An event that the stream ends within is none.
///
/// Threads: one.
/// @code
///   SseParser parser(1 << 20);
///   std::vector<SseEvent> events;
///   parser.feed("data: {}\n", events);  // nothing yet
///   parser.feed("\n", events);  // events.front().data == "{}"
/// @endcode
class SseParser {
public:
    /// `max_event_bytes` holds for an event's data and for the line that is being read.
    explicit SseParser(std::size_t max_event_bytes) noexcept : max_event_bytes_(max_event_bytes) {}

    /// Appends the events that these bytes complete. How a stream is split makes no difference to its events.
    ///
    /// Errors: false once an event is above the limit; nothing is read after that.
    bool feed(std::string_view bytes, std::vector<SseEvent>& events);

private:
    void skip_byte_order_mark(std::string_view& bytes);
    bool fits(std::size_t more) const noexcept;
    void end_line(std::vector<SseEvent>& events);
    void read_field(std::string_view name, std::string_view value);
    void dispatch(std::vector<SseEvent>& events);

    const std::size_t max_event_bytes_;
    std::size_t mark_bytes_ = 0;  // of the byte order mark that have come
    bool begun_ = false;
    bool after_cr_ = false;  // a line feed now belongs to the line before
    bool too_large_ = false;
    std::string line_;
    SseEvent event_;
    bool has_data_ = false;
};

}  // namespace inference

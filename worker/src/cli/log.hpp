/// @file cli/log.hpp
/// @brief The log of a serving process.
#pragma once

#include "contracts/timestamp.hpp"
#include "temporal/runtime.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>

#include <memory>
#include <string>

namespace inference::cli {

enum class LogForm {
    kJson,  ///< {"timestamp","level","message", and the fields}, an object a line.
    kHuman,  ///< "10:31:00 info  message key=value", coloured on a terminal.
};

/// JSON where stderr is no terminal.
LogForm form_for_stderr();

/// One line of the JSON form in ASCII, without its line break. The timestamp is ISO 8601 in UTC.
std::string to_json_line(
    Timestamp time,
    spdlog::level::level_enum level,
    const std::string& message,
    const nlohmann::json& fields
);
/// " key=value ...", or empty.
std::string to_human_fields(const nlohmann::json& fields);

/// Writes lines to stderr. Copies write to the same place.
///
/// Shape:   `fields` is a flat object; prompts and outputs have no place in it.
/// Threads: any.
class Log {
public:
    explicit Log(LogForm form);

    void info(const std::string& message, const nlohmann::json& fields = nlohmann::json::object())
        const {
        write(spdlog::level::info, message, fields);
    }
    void warn(const std::string& message, const nlohmann::json& fields = nlohmann::json::object())
        const {
        write(spdlog::level::warn, message, fields);
    }
    void error(const std::string& message, const nlohmann::json& fields = nlohmann::json::object())
        const {
        write(spdlog::level::err, message, fields);
    }

    /// What core logs, in the same form, with its part of the code as `target`.
    [[nodiscard]] temporal::LogSink sink() const;

private:
    void write(
        spdlog::level::level_enum level, const std::string& message, const nlohmann::json& fields
    ) const;

    LogForm form_;
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace inference::cli

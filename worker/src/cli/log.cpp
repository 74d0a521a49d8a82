#include "cli/log.hpp"

#include "cli/table.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <unistd.h>

#include <chrono>
#include <utility>

namespace inference::cli {
namespace {

using Level = spdlog::level::level_enum;

std::string dump(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string name_of(Level level) {
    const auto name = spdlog::level::to_string_view(level);
    return {name.data(), name.size()};
}

Level to_level(temporal::LogLevel level) noexcept {
    switch (level) {
        case temporal::LogLevel::kTrace: return Level::trace;
        case temporal::LogLevel::kDebug: return Level::debug;
        case temporal::LogLevel::kInfo: return Level::info;
        case temporal::LogLevel::kWarn: return Level::warn;
        case temporal::LogLevel::kError: break;
    }
    return Level::err;
}

nlohmann::json fields_of(const temporal::LogRecord& record) {
    auto fields = nlohmann::json::parse(record.fields_json, nullptr, /*allow_exceptions=*/false);
    if (!fields.is_object()) {
        fields = nlohmann::json::object();
    }
    fields["target"] = record.target;
    return fields;
}

}  // namespace

LogForm form_for_stderr() {
    return isatty(STDERR_FILENO) != 0 ? LogForm::kHuman : LogForm::kJson;
}

std::string to_json_line(
    Timestamp time, Level level, const std::string& message, const nlohmann::json& fields
) {
    nlohmann::ordered_json line;
    line["timestamp"] = to_iso8601(time);
    line["level"] = name_of(level);
    line["message"] = message;
    for (const auto& [key, value] : fields.items()) {
        line.emplace(key, value);
    }
    // As ASCII, for there are more characters that some readers take for the end of a line than the one that ends it.
    return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

std::string to_human_fields(const nlohmann::json& fields) {
    std::string text;
    for (const auto& [key, value] : fields.items()) {
        text += " " + key + "=" + dump(value);
    }
    return text;
}

Log::Log(LogForm form) : form_(form) {
    spdlog::sink_ptr sink;
    if (form == LogForm::kJson) {
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        sink->set_pattern("%v");
    } else {
        sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
        sink->set_pattern("%H:%M:%S %^%-7l%$ %v");
    }
    logger_ = std::make_shared<spdlog::logger>("inference-worker", std::move(sink));
    logger_->flush_on(Level::trace);
}

temporal::LogSink Log::sink() const {
    return [log = *this](const temporal::LogRecord& record) {
        log.write(to_level(record.level), record.message, fields_of(record));
    };
}

void Log::write(Level level, const std::string& message, const nlohmann::json& fields) const {
    // Given as a string view, the text is no format string.
    if (form_ == LogForm::kHuman) {
        logger_->log(level, spdlog::string_view_t(printable(message) + to_human_fields(fields)));
        return;
    }
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    logger_->log(level, spdlog::string_view_t(to_json_line(now, level, message, fields)));
}

}  // namespace inference::cli

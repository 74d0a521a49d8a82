#include "cli/manual.hpp"

#include "cli/build_info.hpp"
#include "cli/command_line.hpp"
#include "cli/settings.hpp"

#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace inference::cli {
namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

/// Text that the formatter takes as it is.
std::string plain(const std::string& text) {
    const std::string escaped = absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}});
    return escaped.starts_with('.') || escaped.starts_with('\'') ? "\\&" + escaped : escaped;
}

std::string bold(const std::string& text) {
    return "\\fB" + plain(text) + "\\fR";
}
std::string italic(const std::string& text) {
    return "\\fI" + plain(text) + "\\fR";
}

std::string section(const std::string& title, const std::string& text) {
    return ".SH " + title + "\n" + text;
}

std::string paragraph(const std::string& heading, const std::string& text) {
    return ".TP\n" + heading + "\n" + plain(text) + "\n";
}

std::string list(const Entries& entries) {
    std::string text;
    for (const auto& [heading, says] : entries) {
        text += paragraph(bold(heading), says);
    }
    return text;
}

/// "text|json" is typed as it stands, "FILE" is not.
std::string value_of(const OptionNode& option) {
    const auto words = choices(option);
    if (words.empty()) {
        return italic(option.value);
    }
    std::vector<std::string> typed;
    for (const std::string& word : words) {
        typed.push_back(bold(word));
    }
    return absl::StrJoin(typed, "|");
}

std::string written(const OptionNode& option) {
    std::vector<std::string> words;
    for (const std::string& spelling : spellings(option)) {
        words.push_back(bold(spelling));
    }
    return absl::StrJoin(words, ", ") + (option.value.empty() ? "" : " " + value_of(option));
}

std::string options_text(const std::vector<OptionNode>& options) {
    std::string text;
    for (const OptionNode& option : options) {
        if (option.name != "help") {
            text += paragraph(written(option), option.help);
        }
    }
    return text;
}

/// With what it cannot do without.
std::string usage(const CommandNode& command) {
    std::string text = bold(command.name);
    for (const OptionNode& option : command.options) {
        text += option.required ? " " + written(option) : "";
    }
    bool has_more = false;
    for (const OptionNode& option : command.options) {
        has_more = has_more || (!option.required && option.name != "help");
    }
    text += has_more ? " [" + italic("OPTION") + "...]" : "";
    for (const OptionNode& argument : command.arguments) {
        text += " " + italic(argument.name);
    }
    return text;
}

std::string command_text(const CommandNode& command) {
    std::string text = ".SS \"" + usage(command) + "\"\n" + plain(command.help) + ".\n";
    for (const OptionNode& argument : command.arguments) {
        const bool chooses = !choices(argument).empty();
        text += paragraph(
            italic(argument.name) + (chooses ? ": " + value_of(argument) : ""), argument.help
        );
    }
    return text + options_text(command.options);
}

std::string commands_text(const CommandNode& program) {
    std::string text;
    for (const CommandNode& command : program.commands) {
        text += command_text(command);
    }
    return text;
}

std::string exit_status() {
    const auto code = [](ExitCode exit_code) {
        return std::to_string(static_cast<int>(exit_code));
    };
    return list({
        {code(ExitCode::kDone), "Done; also a worker that was told to stop and has drained."},
        {code(ExitCode::kJobFailed), "The job failed or was cancelled, or the program failed."},
        {code(ExitCode::kUsage), "The command line, or a file that it names, is wrong."},
        {code(ExitCode::kNotFound), "There is no such job."},
        {code(ExitCode::kTimedOut), "The time to wait was over. The job goes on."},
        {code(ExitCode::kCannotConnect), "Temporal cannot be reached, or refuses."},
        {code(ExitCode::kBadConfiguration), "The configuration is wrong."},
        {"130, 143", "Stopped by SIGINT or SIGTERM."},
    });
}

std::string signals() {
    return plain("Of the command worker.") + "\n" +
           list({
               {"SIGTERM, SIGINT",
                "Takes no more work, lets running calls finish for worker.drain_grace, and ends."},
               {"SIGHUP",
                "Reads the configuration again and takes over its section worker. One with an "
                "error changes nothing, and the log says what is wrong."},
           });
}

std::string environment() {
    return plain("A variable ranks below an option and above the configuration file.") + "\n" +
           list({
               {"TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE", "Where Temporal is."},
               {"TEMPORAL_API_KEY", "Sent to Temporal as a bearer token."},
               {"TEMPORAL_TLS, TEMPORAL_TLS_*",
                "The way to Temporal is encrypted: certificates, "
                "keys and the name of the server."},
               {"TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE",
                "Which profile of which temporal.toml to read. It ranks below the file."},
           });
}

std::string files() {
    return list(
        {{kDefaultConfigFile,
          "The configuration, in the working folder, where --config "
          "names no other."}}
    );
}

std::string examples() {
    return list({
        {"inference-worker worker --config /etc/inference-worker/inference-worker.yaml",
         "Serves the queues."},
        {R"(inference-worker submit --model llama --input '"once upon"')",
         "Submits a prompt and prints what the model makes of it."},
        {"inference-worker batch items.jsonl --output results.jsonl",
         "Submits a file of requests and writes down the answers."},
        {"inference-worker doctor", "Says what is wrong, and what to do about it."},
    });
}

ExitCode print_manual(const CommandLine& line, Invocation& invocation) {
    invocation.out << manual_page(line.tree(), build_info::kVersion, build_info::kDate);
    return ExitCode::kDone;
}

}  // namespace

std::string manual_page(
    const CommandNode& program, const std::string& version, const std::string& date
) {
    return ".TH INFERENCE\\-WORKER 1 " + date + " \"" + plain(program.name + " " + version) +
           "\" \"User Commands\"\n" +
           section("NAME", plain(program.name) + " \\- Temporal worker for model inference\n") +
           section(
               "SYNOPSIS",
               bold(program.name) + " [" + italic("OPTION") + "...] " + italic("COMMAND") + " [" +
                   italic("ARGUMENT") + "...]\n"
           ) +
           section(
               "DESCRIPTION",
               plain(program.help) +
                   "\nData goes to the standard output, "
                   "everything else to standard error.\n"
           ) +
           section(
               "OPTIONS",
               plain("They may stand before the command or behind it.") + "\n" +
                   options_text(program.options)
           ) +
           section("COMMANDS", commands_text(program)) + section("SIGNALS", signals()) +
           section("\"EXIT STATUS\"", exit_status()) + section("ENVIRONMENT", environment()) +
           section("FILES", files()) + section("EXAMPLES", examples()) +
           section("\"SEE ALSO\"", bold("temporal") + "(1)\n");
}

void add_manual(CommandLine& line) {
    line.add(
            "man",
            "Prints the manual page",
            [&line](Invocation& invocation) { return print_manual(line, invocation); }
    ).group("");
}

}  // namespace inference::cli

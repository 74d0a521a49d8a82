#include "cli/command_line.hpp"

#include "cli/command_error.hpp"
#include "cli/suggestion.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <exception>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace inference::cli {
namespace {

constexpr char kProgram[] = "inference-worker";

/// The command whose options were being read, or the program itself.
const CLI::App& innermost(const CLI::App& app) {
    const auto parsed = app.get_subcommands();
    return parsed.empty() ? app : *parsed.front();
}

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
    }
    return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* from : {&app, app.get_parent()}) {
        if (from == nullptr) {
            continue;
        }
        for (const CLI::Option* option : from->get_options()) {
            for (const std::string& name : option->get_lnames()) {
                names.push_back("--" + name);
            }
        }
    }
    return names;
}

Format format_from(const std::string& name) {
    if (name != "text" && name != "json") {
        throw CLI::ValidationError("--output takes text or json");
    }
    return name == "json" ? Format::kJson : Format::kText;
}

/// What CLI11 calls leftovers: an unknown command, an unknown option, or one word too many.
std::string unexpected(const CLI::App& app) {
    const CLI::App& command = innermost(app);
    const std::vector<std::string> words = app.remaining(true);
    const std::string word = words.empty() ? std::string() : words.front();
    if (word.starts_with('-')) {
        const std::string option = word.substr(0, word.find('='));
        return "unknown option " + option + suggestion(option, option_names(command));
    }
    if (&command == &app) {
        return "unknown command '" + word + "'" + suggestion(word, command_names(app));
    }
    return "'" + word + "' is one word too many for " + command.get_name();
}

}  // namespace

CommandLine::CommandLine(const std::string& description) : app_(description, kProgram) {
    app_.require_subcommand(1);
    app_.failure_message(CLI::FailureMessage::simple);
    app_.add_option(
            "--config", common_.config, "The configuration file; ./inference-worker.yaml without it"
    )
        ->type_name("FILE");
    app_.add_option("--address", common_.address, "Temporal's address")->type_name("HOST:PORT");
    app_.add_option("--namespace", common_.namespace_name, "Temporal's namespace")
        ->type_name("NAME");
    app_.add_option_function<std::string>(
            "-o,--output",
            [this](const std::string& name) { common_.format = format_from(name); },
            "How results are printed; text without it"
    )
        ->type_name("text|json");
}

CLI::App& CommandLine::add(const std::string& name, const std::string& description, Run run) {
    CLI::App& command = *app_.add_subcommand(name, description);
    // The common options may stand behind the command as well as before it.
    command.fallthrough();
    command.callback([this, run = std::move(run)] { chosen_ = run; });
    return command;
}

int CommandLine::run(
    int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err
) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return explain(error, out, err);
    }
    Invocation invocation{common_, in, out, err};
    try {
        return static_cast<int>(chosen_(invocation));
    } catch (const std::exception& error) {
        err << kProgram << ": " << error.what() << '\n';
        return static_cast<int>(exit_code_of(error));
    }
}

int CommandLine::explain(const CLI::ParseError& error, std::ostream& out, std::ostream& err) const {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
        // Help that was asked for.
        return app_.exit(error, out, err);
    }
    const CLI::App& command = innermost(app_);
    const std::string of = &command == &app_ ? std::string() : " " + command.get_name();
    // A word that nobody knows also leaves a required one missing, which CLI11 complains of first.
    const bool leftovers = !app_.remaining(true).empty();
    err << kProgram << of << ": " << (leftovers ? unexpected(app_) : error.what()) << '\n'
        << "Run '" << kProgram << of << " --help' for what there is.\n";
    return static_cast<int>(ExitCode::kUsage);
}

}  // namespace inference::cli

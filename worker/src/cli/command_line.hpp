/// @file cli/command_line.hpp
/// @brief The program's commands, by name.
#pragma once

#include "cli/command_tree.hpp"
#include "cli/exit_code.hpp"
#include "cli/invocation.hpp"

#include <CLI/App.hpp>

#include <functional>
#include <iosfwd>
#include <string>

namespace inference::cli {

/// Finds the command that was asked for and runs it.
///
/// @code
///   CommandLine line("Runs inference jobs on Temporal.");
///   add_version(line);
///   return line.run(argc, argv, std::cin, std::cout, std::cerr);
/// @endcode
class CommandLine {
public:
    using Run = std::function<ExitCode(Invocation&)>;

    explicit CommandLine(const std::string& description);

    /// A command; its own options are declared on what this returns.
    CLI::App& add(const std::string& name, const std::string& description, Run run);

    /// Runs one command and gives the exit code. A wrong command line, also an unknown command, is explained on `err` with
    /// what may have been meant; help goes to `out`.
    ///
    /// Errors: never throws; what a command throws is printed, by its exit_code_of().
    int run(
        int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err
    );

    /// What was added so far.
    [[nodiscard]] CommandNode tree() const { return command_tree(app_); }

private:
    int explain(const CLI::ParseError& error, std::ostream& out, std::ostream& err) const;

    CLI::App app_;
    CommonOptions common_;
    Run chosen_;
};

}  // namespace inference::cli

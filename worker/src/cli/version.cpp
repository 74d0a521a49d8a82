#include "cli/version.hpp"

#include "cli/build_info.hpp"
#include "cli/command_line.hpp"

#include <ostream>

namespace inference::cli {
namespace {

ExitCode version(Invocation& invocation) {
    if (invocation.json()) {
        invocation.print(
            {{"version", build_info::kVersion},
             {"temporal_core", build_info::kTemporalCore},
             {"compiler", build_info::kCompiler},
             {"build_type", build_info::kBuildType}}
        );
    } else {
        invocation.out << "inference-worker " << build_info::kVersion << "\ntemporal core "
                       << build_info::kTemporalCore << "\nbuilt with " << build_info::kCompiler
                       << ", " << build_info::kBuildType << '\n';
    }
    return ExitCode::kDone;
}

}  // namespace

void add_version(CommandLine& line) {
    line.add("version", "Which version this is", version);
}

}  // namespace inference::cli

/// @file cli/models.hpp
/// @brief `models`: the models of the configuration, and whether their engines are ready.
#pragma once

namespace inference::cli {

class CommandLine;

/// JSON: [{"model","engine","engine_model","fallback"?,"endpoints":[{"endpoint","ready","error"?}]}].
void add_models(CommandLine& line);

}  // namespace inference::cli

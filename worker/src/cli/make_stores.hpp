/// @file cli/make_stores.hpp
/// @brief From the configuration to the places where files may lie.
#pragma once

#include "config/config.hpp"
#include "files/stores.hpp"

#include <memory>

namespace inference::cli {

/// Reads the keys of the object store from the environment; asks nobody yet.
///
/// Errors: CommandError (78) naming the variable that is missing.
std::shared_ptr<const Stores> make_stores(const FilesConfig& files);

}  // namespace inference::cli

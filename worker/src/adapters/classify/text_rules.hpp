/// @file adapters/classify/text_rules.hpp
/// @brief Phrases in engine text that say more than the status does.
#pragma once

#include "adapters/classify/meaning.hpp"
#include "adapters/engine_kind.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

struct TextMatch {
    const Meaning* meaning;  ///< Of static storage.
    std::vector<std::string> captures;
};

/// The first rule, in order of precedence, whose phrase is in the text.
///
/// Range: `status` is an HTTP status or a gRPC code, which do not overlap; -1 where there is none. Some rules hold for one
///        status only.
std::optional<TextMatch> match_text(EngineKind engine, int status, std::string_view text);

}  // namespace inference

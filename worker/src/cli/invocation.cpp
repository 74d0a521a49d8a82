#include "cli/invocation.hpp"

#include <ostream>

namespace inference::cli {

void Invocation::print(const nlohmann::json& value) const {
    out << value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace inference::cli

#include "config/second_document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

namespace inference {
namespace {

/// Notes where a document's content begins.
class BeginOfContent final : public YAML::EventHandler {
public:
    [[nodiscard]] int line() const { return line_.value_or(0) + 1; }

    void OnDocumentStart(const YAML::Mark& /*mark*/) override { line_.reset(); }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { note(mark); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { note(mark); }
    void OnScalar(
        const YAML::Mark& mark,
        const std::string& /*tag*/,
        YAML::anchor_t /*anchor*/,
        const std::string& /*value*/
    ) override {
        note(mark);
    }
    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string& /*tag*/,
        YAML::anchor_t /*anchor*/,
        YAML::EmitterStyle::value /*style*/
    ) override {
        note(mark);
    }
    void OnSequenceEnd() override {}
    void OnMapStart(
        const YAML::Mark& mark,
        const std::string& /*tag*/,
        YAML::anchor_t /*anchor*/,
        YAML::EmitterStyle::value /*style*/
    ) override {
        note(mark);
    }
    void OnMapEnd() override {}

private:
    void note(const YAML::Mark& mark) {
        if (!line_) {
            line_ = mark.line;
        }
    }

    std::optional<int> line_;
};

}  // namespace

std::optional<int> line_of_second_document(const std::string& yaml) {
    std::istringstream stream(yaml);
    YAML::Parser parser(stream);
    BeginOfContent content;
    if (!parser.HandleNextDocument(content) || !parser.HandleNextDocument(content)) {
        return std::nullopt;
    }
    return content.line();
}

}  // namespace inference

#include "tensor_signature.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <system_error>

namespace engine_sim {

namespace {

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool at_end() {
        skip_spaces();
        return position_ == text_.size();
    }

    bool accept(std::string_view token) {
        skip_spaces();
        if (!text_.substr(position_).starts_with(token)) {
            return false;
        }
        position_ += token.size();
        return true;
    }

    void expect(std::string_view token) {
        if (!accept(token)) {
            fail("'" + std::string(token) + "'");
        }
    }

    /// Everything up to a delimiter.
    std::string word(std::string_view meaning) {
        skip_spaces();
        const std::size_t end = std::min(text_.find_first_of(" :@()[],>", position_), text_.size());
        const std::string word(text_.substr(position_, end - position_));
        if (word.empty()) {
            fail(std::string(meaning));
        }
        position_ = end;
        return word;
    }

    std::int64_t number() {
        skip_spaces();
        std::int64_t value = 0;
        const auto [end, error] =
            std::from_chars(text_.data() + position_, text_.data() + text_.size(), value);
        if (error != std::errc()) {
            fail("a number");
        }
        position_ = static_cast<std::size_t>(end - text_.data());
        return value;
    }

    [[noreturn]] void fail(const std::string& expected) const {
        const std::string_view rest = text_.substr(position_);
        throw std::invalid_argument(
            "tensor model '" + std::string(text_) + "': expected " + expected +
            (rest.empty() ? " at the end" : " before '" + std::string(rest) + "'")
        );
    }

private:
    void skip_spaces() {
        position_ = std::min(text_.find_first_not_of(' ', position_), text_.size());
    }

    std::string_view text_;
    std::size_t position_ = 0;
};

TensorSpec read_tensor(Scanner& scanner) {
    TensorSpec tensor;
    tensor.name = scanner.word("the name of a tensor");
    tensor.datatype = scanner.word("a datatype");
    if (!element_size(tensor.datatype)) {
        scanner.fail("a datatype such as FP32, INT64 or BYTES instead of " + tensor.datatype);
    }
    scanner.expect("[");
    do {
        const std::int64_t size = scanner.number();
        if (size < -1 || size == 0) {
            scanner.fail("a size, or -1 for any,");
        }
        tensor.shape.push_back(size);
    } while (scanner.accept(","));
    scanner.expect("]");
    return tensor;
}

std::vector<TensorSpec> read_tensors(Scanner& scanner) {
    std::vector<TensorSpec> tensors;
    do {
        tensors.push_back(read_tensor(scanner));
    } while (scanner.accept(","));
    return tensors;
}

void check_batch(const TensorSignature& signature, const Scanner& scanner) {
    for (const auto* tensors : {&signature.inputs, &signature.outputs}) {
        for (const TensorSpec& tensor : *tensors) {
            if (tensor.shape.front() != -1) {
                scanner.fail(
                    "-1 as the first size of '" + tensor.name + "', since there is a max_batch,"
                );
            }
        }
    }
}

}  // namespace

TensorSignature TensorSignature::parse(std::string_view text) {
    Scanner scanner(text);
    TensorSignature signature;
    signature.name = scanner.word("a name");
    scanner.expect(":");
    signature.behaviour = scanner.word("a behaviour");
    if (scanner.accept("@")) {
        signature.file = scanner.word("a file");
    }
    scanner.expect("(");
    signature.inputs = read_tensors(scanner);
    scanner.expect(")");
    scanner.expect("->");
    signature.outputs = read_tensors(scanner);
    if (scanner.accept("max_batch")) {
        signature.max_batch = static_cast<int>(scanner.number());
        check_batch(signature, scanner);
    }
    if (!scanner.at_end()) {
        scanner.fail("'max_batch N' or the end");
    }
    return signature;
}

}  // namespace engine_sim

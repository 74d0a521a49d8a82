#include "cli/text_display.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace inference::cli {
namespace {

Event told(EventType type, std::int64_t epoch, std::int64_t seq, const std::string& text = {}) {
    return {
        .job_id = "job",
        .epoch = epoch,
        .seq = seq,
        .type = type,
        .data = {{"index", 0}, {"text", text}}
    };
}

class TextDisplayTest : public testing::Test {
protected:
    /// As on a terminal, or in a pipe; or else as in a file.
    TextDisplay display(bool is_file = false) {
        return {out_, err_, [this, is_file] {
                    if (is_file) {
                        out_.str("");
                    }
                    return is_file;
                }};
    }

    static void lose_a_try(TextDisplay& display, const std::string& text) {
        display.take(told(EventType::kStage, 1, 1));
        display.take(told(EventType::kToken, 1, 2, text));
        display.take(told(EventType::kStage, 2, 1));
        display.take(told(EventType::kReset, 2, 2));
    }

    std::ostringstream out_;
    std::ostringstream err_;
};

TEST_F(TextDisplayTest, PrintsTextAsItComesAndTheWholeOnce) {
    TextDisplay display = this->display();
    display.take(told(EventType::kStage, 1, 1));
    display.take(told(EventType::kToken, 1, 2, "one "));
    EXPECT_EQ(out_.str(), "one ");
    display.take(told(EventType::kToken, 1, 3, "two"));
    display.end_with("one two");
    EXPECT_EQ(out_.str(), "one two\n");
    EXPECT_EQ(err_.str(), "");
}

TEST_F(TextDisplayTest, ShowsNoSeamWhereTheNextTrySaysTheSame) {
    TextDisplay display = this->display();
    lose_a_try(display, "one two");
    display.take(told(EventType::kToken, 2, 3, "one "));
    display.take(told(EventType::kToken, 2, 4, "two three"));
    display.end_with("one two three");
    EXPECT_EQ(out_.str(), "one two three\n");
    EXPECT_EQ(err_.str(), "");
}

TEST_F(TextDisplayTest, BeginsOnANewLineAndSaysSoWhereTheNextTrySaysSomethingElse) {
    TextDisplay display = this->display();
    lose_a_try(display, "one two");
    display.take(told(EventType::kToken, 2, 3, "another"));
    display.end_with("another one");
    EXPECT_EQ(out_.str(), "one two\nanother one\n");
    EXPECT_EQ(err_.str(), "what is printed above is not the answer, which begins anew:\n");
}

TEST_F(TextDisplayTest, TakesBackWhatItWroteToAFile) {
    TextDisplay display = this->display(true);
    lose_a_try(display, "one two");
    display.take(told(EventType::kToken, 2, 3, "another"));
    display.end_with("another one");
    EXPECT_EQ(out_.str(), "another one\n");
    EXPECT_EQ(err_.str(), "");
}

TEST_F(TextDisplayTest, FillsAGapFromTheResult) {
    TextDisplay display = this->display();
    display.take(told(EventType::kStage, 1, 1));
    display.take(told(EventType::kToken, 1, 2, "one "));
    display.take(told(EventType::kToken, 1, 4, "three "));
    display.end_with("one two three four");
    EXPECT_EQ(out_.str(), "one two three four\n");
}

TEST_F(TextDisplayTest, EndsTheLineOfATextThatWillNotBeWhole) {
    TextDisplay display = this->display();
    lose_a_try(display, "one");
    display.give_up();
    EXPECT_EQ(out_.str(), "one\n");
}

TEST_F(TextDisplayTest, PrintsNothingIfThereIsNoText) {
    TextDisplay display = this->display();
    display.give_up();
    EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace inference::cli

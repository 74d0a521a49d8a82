#include "cli/child_process.hpp"

#include "cli/child_watch.hpp"
#include "cli/stop_signals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <future>
#include <string>
#include <system_error>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;

ChildProcess shell(const std::string& script) {
    return ChildProcess({.program = "/bin/sh", .arguments = {"-c", script}, .read_output = true});
}

bool ended(int descriptor, std::chrono::milliseconds timeout) {
    pollfd waited{descriptor, POLLIN, 0};
    return poll(&waited, 1, static_cast<int>(timeout.count())) > 0;
}

/// Whether there is a process of this id; it is waited for, since its parent has to notice its end first.
bool gone(pid_t pid) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (kill(pid, 0) == 0) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        poll(nullptr, 0, 5);
    }
    return true;
}

TEST(ChildProcess, ItsOutputIsReadLineByLine) {
    ChildProcess child = shell("printf 'one\\ntwo\\nrest'");
    EXPECT_EQ(child.read_line(10s), "one");
    EXPECT_EQ(child.read_line(10s), "two");
    EXPECT_EQ(child.read_line(10s), std::nullopt) << "it ended without a line break";
}

TEST(ChildProcess, NoLineInTimeIsNoLine) {
    ChildProcess child = shell("exec sleep 60");
    EXPECT_EQ(child.read_line(1ms), std::nullopt);
}

TEST(ChildProcess, AProgramThatIsNotThereIsAnErrorOfTheConstructor) {
    try {
        const ChildProcess child({.program = "/nowhere/program"});
        FAIL() << "it was started";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_THAT(error.what(), testing::HasSubstr("/nowhere/program"));
    }
}

TEST(ChildProcess, EndsWithItsObject) {
    pid_t pid = 0;
    {
        const ChildProcess child = shell("exec sleep 60");
        pid = child.pid();
        EXPECT_FALSE(ended(child.end_descriptor(), 0ms));
    }
    EXPECT_TRUE(gone(pid));
}

TEST(ChildProcess, DoesNotInheritTheSignalsThatWeBlock) {
    const StopSignals signals;
    const ChildProcess child = shell("exec sleep 60");
    kill(child.pid(), SIGTERM);
    EXPECT_TRUE(ended(child.end_descriptor(), 10s)) << "a blocked SIGTERM would have no effect";
}

TEST(ChildProcess, IsNoPartOfOurProcessGroupSoThatACtrlCIsNoneForIt) {
    const ChildProcess child = shell("exec sleep 60");
    EXPECT_NE(getpgid(child.pid()), getpgrp());
}

TEST(ChildWatch, TellsTheNameOfTheChildThatEnds) {
    const ChildProcess lives = shell("exec sleep 60");
    const ChildProcess dies = shell("exec sleep 60");
    std::promise<std::string> name;
    const ChildWatch watch(
        {{"lives", lives.end_descriptor()}, {"dies", dies.end_descriptor()}},
        [&name](const std::string& who) { name.set_value(who); }
    );
    kill(dies.pid(), SIGKILL);
    EXPECT_EQ(name.get_future().get(), "dies");
}

TEST(ChildWatch, KeepsStillAboutChildrenThatEndAfterIt) {
    bool told = false;
    {
        const ChildProcess child = shell("exec sleep 60");
        {
            const ChildWatch watch({{"child", child.end_descriptor()}}, [&](const auto&) {
                told = true;
            });
        }
    }
    EXPECT_FALSE(told);
}

}  // namespace
}  // namespace inference::cli

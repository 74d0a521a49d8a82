#include "cli/doctor_report.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace inference::cli {
namespace {

Check check(Concern concern, Verdict verdict) {
    return {.name = "c", .concern = concern, .verdict = verdict};
}

TEST(DoctorReport, TheExitCodeIsThatOfTheFirstThingToRepair) {
    using enum Concern;
    using enum Verdict;
    EXPECT_EQ(DoctorReport{}.exit_code(), ExitCode::kDone);
    EXPECT_EQ(DoctorReport{{check(kTemporal, kWarn)}}.exit_code(), ExitCode::kDone);
    EXPECT_EQ(DoctorReport{{check(kEngines, kFail)}}.exit_code(), ExitCode::kJobFailed);
    EXPECT_EQ(
        (DoctorReport{{check(kEngines, kFail), check(kTemporal, kFail)}}.exit_code()),
        ExitCode::kCannotConnect
    );
    EXPECT_EQ(
        (DoctorReport{{check(kTemporal, kFail), check(kConfiguration, kFail)}}.exit_code()),
        ExitCode::kBadConfiguration
    );
}

TEST(DoctorReport, AFailureIsFollowedByItsNextStep) {
    const DoctorReport report{{
        {.name = "dns", .found = "localhost is 127.0.0.1"},
        {.name = "tcp", .verdict = Verdict::kFail, .found = "refused", .next_step = "start it"},
    }};

    std::ostringstream text;
    text << report;
    EXPECT_EQ(
        text.str(),
        "ok    dns                        localhost is 127.0.0.1\n"
        "fail  tcp                        refused\n"
        "      next: start it\n"
    );
    EXPECT_EQ(nlohmann::json(report), nlohmann::json::parse(R"({"ok":false,"checks":[
            {"check":"dns","status":"ok","message":"localhost is 127.0.0.1"},
            {"check":"tcp","status":"fail","message":"refused","next_step":"start it"}]})"));
}

}  // namespace
}  // namespace inference::cli

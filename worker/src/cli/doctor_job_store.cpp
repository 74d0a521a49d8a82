#include "cli/doctor_job_store.hpp"

#include "jobs/job_store.hpp"
#include "jobs/open_job_store.hpp"

#include <unistd.h>

#include <filesystem>
#include <string_view>

namespace inference::cli {
namespace {

constexpr std::string_view kFile = "sqlite:";

Check check(Verdict verdict, std::string found, std::string next_step = {}) {
    return {
        .name = "job store",
        .concern = Concern::kJobStore,
        .verdict = verdict,
        .found = std::move(found),
        .next_step = std::move(next_step)
    };
}

/// A file that a worker is to make.
Check check_folder(const std::filesystem::path& file) {
    const std::filesystem::path folder =
        file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder) || access(folder.c_str(), W_OK | X_OK) != 0) {
        return check(
            Verdict::kFail,
            "there can be no file " + file.string(),
            "make the folder " + folder.string() +
                " and let the worker's user write it; until then jobs run, but nobody finds them "
                "in "
                "the store"
        );
    }
    return check(Verdict::kOk, file.string() + " is not there yet; the worker makes it");
}

}  // namespace

Check examine_job_store(const std::string& store) {
    try {
        const auto opened = open_job_store(store, JobStoreUse::kLook);
        if (opened == nullptr) {
            return check(Verdict::kOk, "none, as jobs.store says");
        }
        if (store.starts_with(kFile) && !std::filesystem::exists(store.substr(kFile.size()))) {
            return check_folder(store.substr(kFile.size()));
        }
        const int version = opened->migrate();
        opened->try_to_write();
        return check(
            Verdict::kOk,
            opened->name() + (version == 0 ? " has no tables yet; the worker makes them"
                                           : " can be written, schema " + std::to_string(version))
        );
    } catch (const JobStoreError& error) {
        return check(
            Verdict::kFail,
            error.what(),
            "correct it, or jobs.store; until then jobs run, but nobody finds them in the store"
        );
    }
}

}  // namespace inference::cli

/// @file main.cpp
/// @brief inference-worker: a Temporal worker for model inference, and the commands around it.

#include "cli/batch.hpp"
#include "cli/cancel.hpp"
#include "cli/command_line.hpp"
#include "cli/completion.hpp"
#include "cli/dev.hpp"
#include "cli/doctor.hpp"
#include "cli/jobs.hpp"
#include "cli/list.hpp"
#include "cli/manual.hpp"
#include "cli/models.hpp"
#include "cli/queues.hpp"
#include "cli/result.hpp"
#include "cli/retry_failed.hpp"
#include "cli/search_attributes.hpp"
#include "cli/status.hpp"
#include "cli/submit.hpp"
#include "cli/validate_config.hpp"
#include "cli/version.hpp"
#include "cli/watch.hpp"
#include "cli/worker_command.hpp"

#include <iostream>

int main(int argc, char** argv) {
    using namespace inference::cli;
    CommandLine line("Runs inference jobs durably: Temporal holds them, engines answer them.");
    add_worker(line);
    add_dev(line);
    add_submit(line);
    add_batch(line);
    add_retry_failed(line);
    add_list(line);
    add_status(line);
    add_watch(line);
    add_result(line);
    add_cancel(line);
    add_jobs(line);
    add_models(line);
    add_queues(line);
    add_search_attributes(line);
    add_doctor(line);
    add_validate_config(line);
    add_version(line);
    add_completion(line);
    add_manual(line);
    return line.run(argc, argv, std::cin, std::cout, std::cerr);
}

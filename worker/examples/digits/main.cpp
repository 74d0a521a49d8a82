#include "image.hpp"
#include "run.hpp"
#include "temporal/client.hpp"
#include "temporal/connect_options.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

namespace {

void show_progress(const digits::Summary& summary, std::size_t total) {
    if (isatty(STDERR_FILENO) == 1) {
        std::fprintf(
            stderr, "\r%zu of %zu images, %zu right", summary.total(), total, summary.right
        );
        if (summary.total() == total) {
            std::fputc('\n', stderr);
        }
    } else if (summary.total() % 100 == 0 || summary.total() == total) {
        std::fprintf(
            stderr, "%zu of %zu images, %zu right\n", summary.total(), total, summary.right
        );
    }
}

double milliseconds(std::chrono::duration<double> time) {
    return time.count() * 1000;
}

void print(const digits::Summary& summary) {
    const auto count = summary.total();
    std::printf(
        "right        %zu of %zu (%.1f %%)\n", summary.right, count, 100.0 * summary.right / count
    );
    std::printf("failed       %zu\n", summary.failures.size());
    std::printf("jobs/second  %.1f\n", count / summary.elapsed.count());
    std::printf(
        "latency      p50 %.0f ms, p99 %.0f ms\n",
        milliseconds(summary.latencies[count / 2]),
        milliseconds(summary.latencies[count * 99 / 100])
    );
    if (!summary.failures.empty()) {
        std::printf("first error  %s\n", summary.failures.front().c_str());
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Reads handwritten digits through InferenceWorkflow.");
    std::filesystem::path file;
    digits::RunOptions options;
    std::string address;
    double least_right = 0;
    app.add_option("IMAGES", file, "Labelled images, one JSON object a line")->required();
    app.add_option("--address", address, "Temporal's HOST:PORT; default: the TEMPORAL_* variables");
    app.add_option("--model", options.model)->capture_default_str();
    app.add_option("--task-queue", options.task_queue)->capture_default_str();
    app.add_option("--id-prefix", options.id_prefix, "Of the workflow ids")
        ->default_str("digits-PID-");
    app.add_option("--in-flight", options.in_flight, "Jobs at a time")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--least-right", least_right, "Exit code 1 below this share, 0 to 1")
        ->check(CLI::Range(0.0, 1.0));
    CLI11_PARSE(app, argc, argv);
    if (options.id_prefix.empty()) {
        options.id_prefix = "digits-" + std::to_string(getpid()) + "-";
    }

    try {
        const auto images = digits::read_images(file);
        auto connect = temporal::ConnectOptions::from_environment();
        if (!address.empty()) {
            connect.address = address;
        }
        const auto client = temporal::Client::connect(connect);
        const auto summary =
            digits::run(client, images, options, [&](const digits::Summary& so_far) {
                show_progress(so_far, images.size());
            });
        if (summary.total() == 0) {
            throw std::runtime_error(file.string() + " has no image");
        }
        print(summary);
        return summary.right >= least_right * static_cast<double>(summary.total()) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "digits: " << error.what() << '\n';
        return 1;
    }
}

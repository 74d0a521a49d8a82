#include "files/s3/s3_session.hpp"

#include "files/s3/s3_failure.hpp"
#include "files/s3/s3_transfer.hpp"
#include "files/s3/s3_url.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace inference {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Clock::duration kFirstPause = 100ms;
constexpr Clock::duration kLongestPause = 5s;

}  // namespace

S3Session::S3Session(S3Options options) : options_(checked(std::move(options))) {}

S3Answer S3Session::send(const S3Request& request, std::initializer_list<int> wanted) const {
    return send_for(options_.patience, request, wanted);
}

S3Answer S3Session::send_once(const S3Request& request, std::initializer_list<int> wanted) const {
    return send_for(0ms, request, wanted);
}

StorageError S3Session::failure(const S3Request& request, const S3Answer& answer) const {
    return s3_failure(options_, request, S3Try{.answer = answer});
}

S3Answer S3Session::send_for(
    std::chrono::milliseconds patience, const S3Request& request, std::initializer_list<int> wanted
) const {
    const auto end = Clock::now() + patience;
    auto pause = kFirstPause;
    bool may_be_done = false;
    while (true) {
        S3Try tried = try_once(pool_.take().get(), options_, request);
        if (tried.fault == CURLE_OK && std::ranges::count(wanted, tried.answer.status) > 0) {
            tried.answer.may_be_done_before = may_be_done;
            return std::move(tried.answer);
        }
        const auto now = Clock::now();
        if (!is_passing(request, tried) || now >= end) {
            throw s3_failure(options_, request, tried);
        }
        may_be_done = may_be_done || may_have_been_done(tried);
        std::this_thread::sleep_for(std::min(pause, end - now));  // The last try is at the end.
        pause = std::min(2 * pause, kLongestPause);
    }
}

}  // namespace inference

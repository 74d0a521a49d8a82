// What a real store does too seldom to be tested with: answers that are lost, late errors, stores that are busy.
#include "files/s3/s3_client.hpp"
#include "files/s3/s3_upload.hpp"
#include "files/storage_error.hpp"
#include "support/http_imposter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HttpImposter;
using ::testing::Not;
using testing::Reaction;
using testing::reply;
using testing::SeenRequest;

const ObjectName kObject{.bucket = "data", .key = "a/b.jsonl"};

Reaction ok(std::string body = {}, std::string more_headers = {}) {
    return reply(200, std::move(body), "application/xml", std::move(more_headers));
}

Reaction error(int status, const std::string& code) {
    const std::string text =
        "<Error><Code>" + code + "</Code><Message>your prompt</Message></Error>";
    return reply(status, text, "application/xml");
}

/// Reads the request and drops the connection.
Reaction lose() {
    return testing::reset();
}

class S3Faults : public ::testing::Test {
protected:
    /// The n-th request gets the n-th reaction, and all after them the last.
    void answer_with(std::vector<Reaction> reactions) {
        store_ =
            std::make_unique<HttpImposter>([reactions = std::move(reactions),
                                            next = std::size_t{0}](const SeenRequest&) mutable {
                const std::size_t now = std::min(next++, reactions.size() - 1);
                return reactions[now];
            });
    }

    [[nodiscard]] S3Client client(std::chrono::milliseconds patience = 20s) const {
        S3Options options{.endpoint = store_->url(), .patience = patience};
        options.credentials = {
            .access_key = "the-key", .secret_key = "the-secret", .session_token = "the-token"
        };
        return S3Client(options);
    }

    /// "METHOD target" of each request.
    [[nodiscard]] std::vector<std::string> seen() const {
        std::vector<std::string> all;
        for (const SeenRequest& request : store_->requests()) {
            all.push_back(request.method + " " + request.target);
        }
        return all;
    }

    /// The message of what `act` throws.
    static std::string failure_of(const std::function<void()>& act) {
        try {
            act();
        } catch (const StorageError& failure) {
            return failure.what();
        }
        return "nothing was thrown";
    }

    std::unique_ptr<HttpImposter> store_;
};

class S3PassingFaults : public S3Faults, public ::testing::WithParamInterface<int> {};

TEST_P(S3PassingFaults, AreTriedAgainUntilItGoesWell) {
    answer_with({error(GetParam(), "SlowDown"), error(GetParam(), "SlowDown"), ok()});
    client().put(kObject, "body");
    EXPECT_EQ(store_->requests().size(), 3U);
    EXPECT_EQ(store_->requests().back().body, "body");
}

TEST_P(S3PassingFaults, AreToldOnceThePatienceEnds) {
    answer_with({error(GetParam(), "SlowDown")});
    EXPECT_EQ(
        failure_of([this] { client(0ms).put(kObject, "body"); }),
        "cannot write s3://data/a/b.jsonl: " + store_->url() + " answered " +
            std::to_string(GetParam()) + " SlowDown"
    );
    EXPECT_EQ(store_->requests().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Status, S3PassingFaults, ::testing::Values(429, 500, 502, 503, 504));

class S3LastingFaults : public S3Faults, public ::testing::WithParamInterface<int> {};

TEST_P(S3LastingFaults, AreToldAtOnceWithoutTheTextOfTheStore) {
    answer_with({error(GetParam(), "Whatever")});
    EXPECT_THAT(
        failure_of([this] { client().put(kObject, "body"); }),
        AllOf(
            HasSubstr("cannot write s3://data/a/b.jsonl: "),
            HasSubstr(std::to_string(GetParam()) + " Whatever"),
            Not(HasSubstr("prompt"))
        )
    );
    EXPECT_EQ(store_->requests().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Status, S3LastingFaults, ::testing::Values(301, 400, 401, 403, 404, 501));

TEST_F(S3Faults, AConnectionThatBreaksIsTriedAgain) {
    answer_with(
        {lose(), testing::close("HTTP/1.1 206 OK\r\nContent-Length: 9\r\n\r\nhalf"), ok("whole")}
    );
    std::string out;
    client().read_at(kObject, 0, 5, out);
    EXPECT_EQ(out, "whole");
}

TEST_F(S3Faults, TheSessionTokenIsSentAndSigned) {
    answer_with({ok()});
    client().put(kObject, "body");
    const auto headers = store_->requests().front().headers;
    EXPECT_EQ(headers.at("x-amz-security-token"), "the-token");
    EXPECT_THAT(headers.at("authorization"), HasSubstr("x-amz-security-token"));
}

TEST_F(S3Faults, AStoreThatKnowsNoRangesIsReadAllTheSame) {
    answer_with({ok("0123456789")});
    std::string out;
    client().read_at(kObject, 3, 4, out);
    EXPECT_EQ(out, "3456");
    client().read_at(kObject, 12, 4, out);
    EXPECT_EQ(out, "");
}

TEST_F(S3Faults, AnAnswerFarAboveWhatWasAskedForIsNotKept) {
    answer_with({ok(std::string(3 << 20, 'x'))});
    std::string out;
    EXPECT_THAT(
        failure_of([&] { client().read_at(kObject, 0, 10, out); }),
        HasSubstr("answered with more than was asked for")
    );
}

TEST_F(S3Faults, WhatIsNoListIsNoEmptyOne) {
    answer_with({ok("<html>Welcome</html>")});
    EXPECT_THAT(
        failure_of([this] {
            client().list({.bucket = "data", .key = "a/"}, [](const auto&, auto) {});
        }),
        HasSubstr("cannot list s3://data/a/: the answer is no list")
    );
}

TEST_F(S3Faults, OurOwnObjectIsKnownAgainAfterAnAnswerThatWasLost) {
    answer_with({lose(), error(412, "PreconditionFailed"), reply(206, "ours", "text/plain")});
    EXPECT_TRUE(client().put_if_absent(kObject, "ours"));
    EXPECT_THAT(
        seen(), ElementsAre("PUT /data/a/b.jsonl", "PUT /data/a/b.jsonl", "GET /data/a/b.jsonl")
    );
}

TEST_F(S3Faults, AnothersObjectIsNotOursAfterAnAnswerThatWasLost) {
    answer_with(
        {error(500, "InternalError"),
         error(412, "PreconditionFailed"),
         reply(206, "ours too", "text/plain")}
    );
    EXPECT_FALSE(client().put_if_absent(kObject, "ours"));
}

TEST_F(S3Faults, ARefusalAfterATryThatSurelyWasNotDoneIsAnothers) {
    answer_with({error(409, "ConditionalRequestConflict"), error(412, "PreconditionFailed")});
    EXPECT_FALSE(client().put_if_absent(kObject, "ours"));
    EXPECT_EQ(store_->requests().size(), 2U) << "nothing had to be read";
}

TEST_F(S3Faults, AConditionalPutNeverGoesOutOnAnOldConnectionWhereItMightGoOutTwice) {
    answer_with({ok()});
    const S3Client store = client();
    store.put(kObject, "a");
    store.put(kObject, "b");
    EXPECT_EQ(store_->connections(), 1);
    EXPECT_TRUE(store.put_if_absent(kObject, "c"));
    EXPECT_EQ(store_->requests().back().number_on_connection, 1);
}

TEST_F(S3Faults, AConflictOfAPlainPutIsNoneToTryAgain) {
    answer_with({error(409, "InvalidBucketState")});
    EXPECT_THAT(
        failure_of([this] { client().put(kObject, "a"); }), HasSubstr("409 InvalidBucketState")
    );
}

TEST_F(S3Faults, AnObjectThatIsNotThereIsToldFromABucketThatIsNot) {
    answer_with({reply(404, ""), ok()});
    EXPECT_EQ(client().head(kObject), std::nullopt);
    EXPECT_THAT(seen(), ElementsAre("HEAD /data/a/b.jsonl", "HEAD /data"));

    answer_with({reply(404, "")});
    EXPECT_THAT(
        failure_of([this] { static_cast<void>(client().head(kObject)); }),
        AllOf(HasSubstr("cannot look at s3://data/a/b.jsonl"), HasSubstr("make the bucket 'data'"))
    );
}

TEST_F(S3Faults, ABucketThatMayNotBeLookedAtIsTakenToBeThere) {
    answer_with({reply(404, ""), reply(403, "")});
    EXPECT_EQ(client().head(kObject), std::nullopt);
}

const std::string kUpload =
    "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>";
constexpr std::size_t kTwoParts = (std::size_t{8} << 20) + 1;

/// An upload of two parts; what the store answers when it is to be finished, and after that.
class S3UploadFaults : public S3Faults {
protected:
    void answer_the_end_with(const std::vector<Reaction>& end) {
        std::vector<Reaction> all{
            ok(kUpload), ok("", "ETag: \"1\"\r\n"), ok("", "ETag: \"2\"\r\n")
        };
        all.insert(all.end(), end.begin(), end.end());
        answer_with(all);
    }

    void upload() const {
        S3Upload upload(client(5s), kObject);
        upload.write(std::string(kTwoParts, 'x'));
        upload.finish();
    }
};

TEST_F(S3UploadFaults, AnErrorInAGoodAnswerIsAFailureAndNothingIsLeft) {
    answer_the_end_with({ok("<Error><Code>InvalidPart</Code></Error>"), reply(204, "")});
    EXPECT_THAT(failure_of([this] { upload(); }), HasSubstr("cannot finish s3://data/a/b.jsonl"));
    EXPECT_EQ(seen().back(), "DELETE /data/a/b.jsonl?uploadId=id");
}

TEST_F(S3UploadFaults, APassingErrorInAGoodAnswerIsTriedAgain) {
    answer_the_end_with(
        {ok("<Error><Code>InternalError</Code></Error>"), ok("<CompleteMultipartUploadResult/>")}
    );
    upload();
    EXPECT_EQ(seen().back(), "POST /data/a/b.jsonl?uploadId=id");
}

Reaction two_parts(const std::string& tag) {
    return {
        .bytes = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kTwoParts) +
                 "\r\nETag: \"" + tag + "\"\r\n\r\n"
    };
}

TEST_F(S3UploadFaults, AnEndWhoseAnswerWasLostIsKnownByItsObject) {
    answer_the_end_with({lose(), error(404, "NoSuchUpload"), two_parts("abc-2")});
    upload();
    EXPECT_EQ(seen().back(), "HEAD /data/a/b.jsonl");
}

TEST_F(S3UploadFaults, AnotherObjectIsNotTakenForTheOneWhoseAnswerWasLost) {
    answer_the_end_with({lose(), error(404, "NoSuchUpload"), two_parts("abc"), reply(204, "")});
    EXPECT_THAT(failure_of([this] { upload(); }), HasSubstr("NoSuchUpload"));
}

TEST_F(S3UploadFaults, AnUploadThatIsGoneBeforeItsEndIsAFailure) {
    answer_the_end_with({error(404, "NoSuchUpload"), reply(204, "")});
    EXPECT_THAT(
        failure_of([this] { upload(); }), HasSubstr("somebody else ended or removed the upload")
    );
}

TEST_F(S3UploadFaults, OneThatIsGivenUpTriesOnceToTellTheStore) {
    answer_with({ok(kUpload), ok("", "ETag: \"1\"\r\n"), error(503, "SlowDown")});
    {
        S3Upload upload(client(), kObject);
        upload.write(std::string(kTwoParts, 'x'));
    }
    EXPECT_THAT(
        seen(),
        ElementsAre(
            "POST /data/a/b.jsonl?uploads=",
            "PUT /data/a/b.jsonl?partNumber=1&uploadId=id",
            "DELETE /data/a/b.jsonl?uploadId=id"
        )
    );
}

TEST(S3PartSize, LetsTenThousandPartsHoldFourHundredGibibytes) {
    std::size_t all = 0;
    for (std::size_t part = 0; part < 10'000; ++part) {
        all += part_size(part);
    }
    EXPECT_EQ(part_size(0), std::size_t{8} << 20);
    EXPECT_EQ(part_size(9'999), std::size_t{80} << 20);
    EXPECT_GT(all, std::size_t{400} << 30);
}

class S3Metadata : public S3Faults {
protected:
    std::string refusal_of(const std::string& name, const std::string& value) {
        answer_with({ok()});
        return failure_of([&] { client().put(kObject, "body", {{"job", "1"}, {name, value}}); });
    }
};

TEST_F(S3Metadata, ThatWouldBeSignedWronglyIsRefusedByItsName) {
    for (const char* name : {"", "Upper", "a b", "a_b", "ä", "job-id", "job2"}) {
        EXPECT_THAT(refusal_of(name, "x"), HasSubstr("its metadata '" + std::string(name) + "'"));
    }
    for (const char* value : {"", " x", "x ", "x  y", "x\ny", "ä"}) {
        EXPECT_THAT(refusal_of("name", value), HasSubstr("its metadata 'name' has a value"));
    }
    EXPECT_EQ(refusal_of("jobs", "a b=c"), "nothing was thrown");
}

}  // namespace
}  // namespace inference

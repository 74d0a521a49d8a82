// The client against a real object store.
#include "cli/free_port.hpp"
#include "files/s3/s3_client.hpp"
#include "files/s3/s3_server.hpp"
#include "files/s3/s3_upload.hpp"
#include "files/storage_error.hpp"
#include "support/certificates.hpp"
#include "support/http_imposter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::options_for;
using testing::S3Server;

std::string url(std::uint16_t port, const std::string& scheme = "http") {
    return scheme + "://127.0.0.1:" + std::to_string(port);
}

std::string failure_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const StorageError& error) {
        return error.what();
    }
    return "nothing was thrown";
}

std::string read_all(const S3Client& client, const ObjectName& object) {
    std::string out;
    client.read_at(object, 0, std::size_t{64} << 20, out);
    return out;
}

std::vector<std::string> keys_of(const S3Client& client, const ObjectName& prefix) {
    std::vector<std::string> keys;
    client.list(prefix, [&](const ObjectName& object, std::uint64_t) {
        EXPECT_EQ(object.bucket, prefix.bucket);
        keys.push_back(object.key);
    });
    return keys;
}

/// Bytes without a period that a part's size is a multiple of.
std::string many_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    std::uint32_t state = 1;
    for (char& byte : bytes) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

/// One server for all tests, a bucket for each.
class S3ClientServer : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        port_ = cli::free_port(0);
        server_ = std::make_unique<S3Server>(port_);
    }
    static void TearDownTestSuite() { server_.reset(); }

    S3ClientServer() { server_->add_bucket(bucket_); }

    [[nodiscard]] ObjectName object(const std::string& key) const {
        return {.bucket = bucket_, .key = key};
    }

    static std::uint16_t port_;
    static std::unique_ptr<S3Server> server_;
    static int buckets_;

    std::string bucket_ = "bucket-" + std::to_string(++buckets_);
    S3Client client_{options_for(url(port_), 20s)};
};

std::uint16_t S3ClientServer::port_ = 0;
std::unique_ptr<S3Server> S3ClientServer::server_;
int S3ClientServer::buckets_ = 0;

TEST_F(S3ClientServer, ObjectsComeBackAsTheyWereWhateverTheirKeys) {
    std::vector<std::string> keys{"plain.jsonl", "a/b/c",  "a b",     "a+b",
                                  "100%",        "%41",    "größe/ü", "dt=2024/x=1",
                                  "a&b",         "a?b",    "a#b",     "a;b,c:d",
                                  "(a)[b]{c}",   "'a\"b`", "a\\b",    "~a!*$@^",
                                  "<a>|",        " a ",    "日本語",  "a...b/..c/d."};
    for (const std::string& key : keys) {
        client_.put(object(key), "body of " + key);
    }
    for (const std::string& key : keys) {
        EXPECT_EQ(read_all(client_, object(key)), "body of " + key);
        const auto info = client_.head(object(key));
        ASSERT_TRUE(info.has_value()) << key;
        EXPECT_EQ(info->size, ("body of " + key).size()) << key;
        EXPECT_EQ(keys_of(client_, object(key)), std::vector{key});
    }
    std::ranges::sort(keys);
    EXPECT_EQ(keys_of(client_, object("")), keys);
}

TEST_F(S3ClientServer, AnObjectMayBeEmpty) {
    client_.put(object("empty"), "");
    EXPECT_EQ(client_.head(object("empty"))->size, 0U);
    EXPECT_EQ(read_all(client_, object("empty")), "");
}

TEST_F(S3ClientServer, APutReplacesWhatWasThere) {
    client_.put(object("a"), "one");
    client_.put(object("a"), "two");
    EXPECT_EQ(read_all(client_, object("a")), "two");
}

TEST_F(S3ClientServer, MetadataComesBackWithTheObject) {
    const std::map<std::string, std::string> metadata{
        {"job", "batch-1"}, {"jobs", "a b=c; d,e"}, {"items", "1000"}
    };
    client_.put(object("small"), "x", metadata);
    EXPECT_EQ(client_.head(object("small"))->metadata, metadata);

    S3Upload upload(client_, object("large"), metadata);
    upload.write(many_bytes(std::size_t{9} << 20));
    upload.finish();
    EXPECT_EQ(client_.head(object("large"))->metadata, metadata);
}

TEST_F(S3ClientServer, AnyRangeCanBeRead) {
    client_.put(object("a"), "0123456789");
    const auto part = [this](std::uint64_t offset, std::size_t count) {
        std::string out = "left over";
        client_.read_at(object("a"), offset, count, out);
        return out;
    };
    EXPECT_EQ(part(0, 3), "012");
    EXPECT_EQ(part(4, 1), "4");
    EXPECT_EQ(part(7, 100), "789");
    EXPECT_EQ(part(10, 1), "");
    EXPECT_EQ(part(1000, 5), "");
    EXPECT_EQ(part(3, 0), "");
}

TEST_F(S3ClientServer, AnObjectThatIsNotThereIsNamedWhenItIsRead) {
    EXPECT_EQ(client_.head(object("nowhere")), std::nullopt);
    EXPECT_THAT(
        failure_of([&] { read_all(client_, object("nowhere")); }),
        AllOf(
            HasSubstr("cannot read s3://" + bucket_ + "/nowhere: " + url(port_)),
            HasSubstr("404 NoSuchKey; there is no such object")
        )
    );
}

TEST_F(S3ClientServer, OfTwoThatPutIfAbsentTheFirstWins) {
    EXPECT_TRUE(client_.put_if_absent(object("lock"), "first"));
    EXPECT_FALSE(client_.put_if_absent(object("lock"), "second"));
    EXPECT_EQ(read_all(client_, object("lock")), "first");
    client_.remove(object("lock"));
    EXPECT_TRUE(client_.put_if_absent(object("lock"), "third"));
}

TEST_F(S3ClientServer, OfManyThatPutIfAbsentAtOnceOneWins) {
    std::vector<std::future<bool>> all;
    for (int i = 0; i < 16; ++i) {
        all.push_back(std::async(std::launch::async, [this, i] {
            return client_.put_if_absent(object("lock"), std::to_string(i));
        }));
    }
    EXPECT_EQ(std::ranges::count_if(all, [](auto& one) { return one.get(); }), 1);
}

TEST_F(S3ClientServer, WhatIsRemovedIsGoneAndMayBeRemovedAgain) {
    client_.put(object("a"), "x");
    client_.remove(object("a"));
    EXPECT_EQ(client_.head(object("a")), std::nullopt);
    client_.remove(object("a"));
}

TEST_F(S3ClientServer, AListHasAllObjectsOfAPrefixInTheOrderOfTheirKeys) {
    constexpr int kObjects = 1'050;
    std::vector<std::string> keys;
    for (int i = 0; i < kObjects; ++i) {
        std::array<char, 32> key{};
        std::snprintf(key.data(), key.size(), "in put/%04d +.jsonl", i);
        keys.emplace_back(key.data());
    }
    // Written by several at once: it is the server's disk that takes the time.
    std::vector<std::future<void>> writers;
    for (int first = 0; first < 8; ++first) {
        writers.push_back(std::async(std::launch::async, [&, first] {
            for (int i = first; i < kObjects; i += 8) {
                client_.put(object(keys[static_cast<std::size_t>(i)]), "x");
            }
        }));
    }
    for (auto& writer : writers) {
        writer.get();
    }
    client_.put(object("in"), "no");
    client_.put(object("input"), "no");
    EXPECT_EQ(keys_of(client_, object("in put/")), keys);
    EXPECT_EQ(keys_of(client_, object("nothing")), std::vector<std::string>{});
}

TEST_F(S3ClientServer, AnUploadAppearsWholeWhenItIsFinished) {
    const std::string bytes = many_bytes((std::size_t{20} << 20) + 5);
    client_.put(object("large"), "what was there");
    S3Upload upload(client_, object("large"));
    for (std::size_t at = 0; at < bytes.size(); at += 1'000'003) {
        upload.write(std::string_view(bytes).substr(at, 1'000'003));
    }
    EXPECT_EQ(read_all(client_, object("large")), "what was there");
    upload.finish();
    EXPECT_EQ(client_.head(object("large"))->size, bytes.size());
    EXPECT_TRUE(read_all(client_, object("large")) == bytes);
}

TEST_F(S3ClientServer, AnUploadOfOnePartOrNothingIsAnObjectAsAnyOther) {
    S3Upload none(client_, object("none"));
    none.finish();
    EXPECT_EQ(client_.head(object("none"))->size, 0U);

    S3Upload one(client_, object("one"));
    one.write("a");
    one.write("b");
    EXPECT_EQ(client_.head(object("one")), std::nullopt);
    one.finish();
    EXPECT_EQ(read_all(client_, object("one")), "ab");
}

TEST_F(S3ClientServer, AnUploadThatIsNotFinishedLeavesNothing) {
    {
        S3Upload upload(client_, object("large"));
        upload.write(many_bytes(std::size_t{20} << 20));
        EXPECT_GE(server_->bytes_of(bucket_), std::size_t{16} << 20)
            << "two parts are with the server";
    }
    EXPECT_EQ(client_.head(object("large")), std::nullopt);
    EXPECT_LT(server_->bytes_of(bucket_), std::size_t{1} << 10);
}

TEST_F(S3ClientServer, AWrongSecretIsToldAtOnceAndNotShown) {
    S3Options options = options_for(url(port_), 20s);
    options.credentials.secret_key = "not-the-one";
    EXPECT_THAT(
        failure_of([&] { S3Client(options).put(object("a"), "x"); }),
        AllOf(
            HasSubstr("403 SignatureDoesNotMatch; check the secret key"),
            HasSubstr("cannot write s3://" + bucket_ + "/a: " + url(port_)),
            Not(HasSubstr("not-the-one"))
        )
    );
    EXPECT_THAT(
        failure_of([&] { static_cast<void>(S3Client(options).head(object("a"))); }),
        HasSubstr("403; check the access key, the secret key and what the bucket allows them")
    );
}

TEST_F(S3ClientServer, AnAccessKeyThatNobodyKnowsIsToldAtOnce) {
    S3Options options = options_for(url(port_), 20s);
    options.credentials.access_key = "nobody";
    EXPECT_THAT(
        failure_of([&] { S3Client(options).put(object("a"), "x"); }),
        HasSubstr("; the store does not know the access key")
    );
}

TEST_F(S3ClientServer, AWrongRegionIsTold) {
    S3Options options = options_for(url(port_), 20s);
    options.region = "eu-west-1";
    EXPECT_THAT(
        failure_of([&] { S3Client(options).put(object("a"), "x"); }), HasSubstr("check the region")
    );
}

TEST_F(S3ClientServer, AMissingBucketIsNamedByEveryCall) {
    const ObjectName nowhere{.bucket = "no-such-bucket", .key = "a"};
    const std::vector<std::function<void()>> calls{
        [&] { static_cast<void>(client_.head(nowhere)); },
        [&] { read_all(client_, nowhere); },
        [&] { client_.put(nowhere, "x"); },
        [&] { static_cast<void>(client_.put_if_absent(nowhere, "x")); },
        [&] { client_.remove(nowhere); },
        [&] { keys_of(client_, nowhere); },
        [&] {
            S3Upload upload(client_, nowhere);
            upload.write(std::string(std::size_t{9} << 20, 'x'));
        }
    };
    for (const auto& call : calls) {
        EXPECT_THAT(failure_of(call), HasSubstr("NoSuchBucket; make the bucket 'no-such-bucket'"));
    }
}

TEST(S3Store, ThatComesUpWithinThePatienceIsWaitedFor) {
    const ObjectName object{.bucket = "data", .key = "a"};
    // What stands there first sees the first try: so it is certain that one failed.
    auto gate =
        std::make_unique<testing::HttpImposter>([](const auto&) { return testing::reset(); });
    const auto port = static_cast<std::uint16_t>(gate->port());
    const S3Client client(options_for(url(port), 30s));
    auto put = std::async(std::launch::async, [&] { client.put(object, "x"); });
    gate->wait_for_requests(1);
    gate.reset();
    const S3Server server(port);
    put.get();
    EXPECT_EQ(read_all(client, object), "x");
}

TEST(S3Store, ThatIsDownIsNamedWithItsAddressAndWithoutPatienceAtOnce) {
    const std::uint16_t port = cli::free_port(0);
    const S3Client client(options_for(url(port), 0ms));
    EXPECT_THAT(
        failure_of([&] { static_cast<void>(client.head({.bucket = "data", .key = "a"})); }),
        AllOf(
            HasSubstr("cannot look at s3://data/a: no connection to " + url(port)),
            HasSubstr("check the endpoint and that the store runs")
        )
    );
}

TEST(S3Store, IsReachedOverTlsIfItsAuthorityIsTrusted) {
    const testing::Certificates certificates;
    const std::uint16_t port = cli::free_port(0);
    const S3Server server(
        port, {"--cert", certificates.file("server.pem"), "--key", certificates.file("server.key")}
    );
    S3Options options = options_for(url(port, "https"), 20s);
    const ObjectName object{.bucket = "data", .key = "a"};

    const auto start = std::chrono::steady_clock::now();
    EXPECT_THAT(
        failure_of([&] { S3Client(options).put(object, "x"); }),
        HasSubstr("cannot write s3://data/a: " + options.endpoint + " is not trusted")
    );
    EXPECT_LT(std::chrono::steady_clock::now() - start, 10s) << "trying again changes nothing";
    options.ca_file = certificates.file("ca.pem");
    const S3Client client(options);
    client.put(object, "x");
    EXPECT_EQ(read_all(client, object), "x");
}

TEST(S3Store, MayHaveTheBucketInTheNameOfTheHost) {
    const std::uint16_t port = cli::free_port(0);
    const S3Server server(port, {"--virtual-domain", "localhost:" + std::to_string(port)});
    S3Options options = options_for("http://localhost:" + std::to_string(port), 20s);
    options.path_style = false;
    const S3Client client(options);
    client.put({.bucket = "data", .key = "a b/c"}, "x");
    EXPECT_EQ(keys_of(client, {.bucket = "data", .key = ""}), std::vector<std::string>{"a b/c"});
    EXPECT_EQ(read_all(client, {.bucket = "data", .key = "a b/c"}), "x");
}

}  // namespace
}  // namespace inference

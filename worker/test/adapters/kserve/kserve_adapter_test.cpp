#include "adapters/make_adapter.hpp"
#include "support/adapter_calls.hpp"
#include "support/certificates.hpp"
#include "support/kserve_imposter.hpp"
#include "support/process_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;
using namespace inference::testing;
using nlohmann::json;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::unique_ptr<Adapter> adapter_for(const std::string& url) {
    return make_adapter(
               EngineKind::kTriton,
               {.model = "digits",
                .url = url,
                .engine_model = "digits-v2",
                .api_key = "secret",
                .tls = {}},
               nullptr
    )
        .value();
}

EngineCall call_with(json shape = {1, 2}, json data = {0.5, 1}) {
    return {
        .model = "digits",
        .task = Task::kTensors,
        .body =
            {{"inputs",
              {{{"name", "pixels"},
                {"shape", std::move(shape)},
                {"datatype", "FP32"},
                {"data", std::move(data)}}}}},
        .request_id = "job-1",
        .traceparent = "00-ab-cd-01"
    };
}

kserve::ModelInferResponse scores() {
    kserve::ModelInferResponse response;
    response.set_model_name("digits-v2");
    auto& output = *response.add_outputs();
    output.set_name("scores");
    output.set_datatype("FP32");
    output.add_shape(1);
    response.add_raw_output_contents(std::string("\0\0\0\x3f", 4));
    return response;
}

grpc::Status describe_with_width(std::int64_t width, kserve::ModelMetadataResponse& response) {
    auto& input = *response.add_inputs();
    input.set_name("pixels");
    input.set_datatype("FP32");
    input.add_shape(-1);
    input.add_shape(width);
    response.add_outputs()->set_name("scores");
    return grpc::Status::OK;
}

/// A model `digits-v2` that takes FP32 [-1,2], four at once.
KserveScript digits() {
    KserveScript script;
    script.metadata = [](const kserve::ModelMetadataRequest& request,
                         kserve::ModelMetadataResponse& response) {
        if (request.name() != "digits-v2") {
            return grpc::Status(
                grpc::StatusCode::NOT_FOUND, "Request for unknown model: 'x' is not found"
            );
        }
        return describe_with_width(2, response);
    };
    script.config = [](const kserve::ModelConfigRequest&, kserve::ModelConfigResponse& response) {
        response.mutable_config()->set_max_batch_size(4);
        return grpc::Status::OK;
    };
    script.ready = [](const kserve::ModelReadyRequest& request,
                      kserve::ModelReadyResponse& response) {
        response.set_ready(request.name() == "digits-v2");
        return grpc::Status::OK;
    };
    script.infer = [](const kserve::ModelInferRequest&, kserve::ModelInferResponse& response) {
        response = scores();
        return grpc::Status::OK;
    };
    return script;
}

KserveScript failing(grpc::StatusCode code, std::string message) {
    KserveScript script = digits();
    script.infer = [code, message](const kserve::ModelInferRequest&, kserve::ModelInferResponse&) {
        return grpc::Status(code, message);
    };
    return script;
}

KserveScript holding() {
    KserveScript script = digits();
    script.infer = nullptr;
    return script;
}

TEST(KserveAdapter, SendsTensorsAndReturnsTheReply) {
    const KserveImposter server(digits());
    const auto adapter = adapter_for(server.address());

    const auto outcome = run(*adapter, call_with());

    ASSERT_TRUE(std::holds_alternative<EngineReply>(outcome)) << error_of(outcome).message;
    const auto& reply = std::get<EngineReply>(outcome);
    EXPECT_EQ(
        reply.body["outputs"],
        json::parse(R"([{"name":"scores","datatype":"FP32","shape":[1],"data":[0.5]}])")
    );
    EXPECT_EQ(reply.endpoint, server.address());
    ASSERT_THAT(server.infer_requests(), SizeIs(1));
    const kserve::ModelInferRequest request = server.infer_requests()[0];
    EXPECT_EQ(request.model_name(), "digits-v2");
    EXPECT_EQ(request.id(), "job-1");
    EXPECT_EQ(request.raw_input_contents(0), std::string("\0\0\0\x3f\0\0\x80\x3f", 8));
    EXPECT_EQ(server.last_metadata("authorization"), "Bearer secret");
    EXPECT_EQ(server.last_metadata("traceparent"), "00-ab-cd-01");
    EXPECT_EQ(server.last_metadata("x-request-id"), "job-1");
}

TEST(KserveAdapter, AsksForTheModelsMetadataOnce) {
    const KserveImposter server(digits());
    const auto adapter = adapter_for(server.address());

    for (int i = 0; i < 3; ++i) {
        run(*adapter, call_with());
    }

    EXPECT_EQ(server.metadata_calls(), 1);
    EXPECT_THAT(server.infer_requests(), SizeIs(3));
}

TEST(KserveAdapter, RefusesAnotherShapeWithoutCallingTheModel) {
    const KserveImposter server(digits());

    const Error error = error_of(run(*adapter_for(server.address()), call_with({1, 3}, {1, 2, 3})));

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(error.code, ErrorCode::kValidation);
    EXPECT_FALSE(error.sent);
    EXPECT_THAT(
        error.message, HasSubstr("tensor 'pixels' has shape [1,3], the model expects [-1,2]")
    );
    EXPECT_THAT(server.infer_requests(), SizeIs(0));
}

TEST(KserveAdapter, RefusesABatchAboveTheModelsLimitAsTooLarge) {
    const KserveImposter server(digits());

    const Error error = error_of(
        run(*adapter_for(server.address()), call_with({5, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}))
    );

    EXPECT_EQ(error.error_class, ErrorClass::kOutOfMemory);
    EXPECT_THAT(server.infer_requests(), SizeIs(0));
}

TEST(KserveAdapter, LooksAgainBeforeItRefusesForAModelThatHasChanged) {
    std::atomic<std::int64_t> width = 2;
    KserveScript script = digits();
    script.metadata =
        [&width](const kserve::ModelMetadataRequest&, kserve::ModelMetadataResponse& response) {
            return describe_with_width(width, response);
        };
    const KserveImposter server(std::move(script));
    const auto adapter = adapter_for(server.address());
    run(*adapter, call_with());

    width = 3;
    const auto outcome = run(*adapter, call_with({1, 3}, {1, 2, 3}));

    EXPECT_TRUE(std::holds_alternative<EngineReply>(outcome));
    EXPECT_EQ(server.metadata_calls(), 2);
}

TEST(KserveAdapter, ForgetsTheMetadataWhenTheEngineDoesNotAgree) {
    std::atomic<bool> is_refusing = true;
    KserveScript script = digits();
    script.infer =
        [&is_refusing](const kserve::ModelInferRequest&, kserve::ModelInferResponse& response) {
            response = scores();
            return is_refusing
                       ? grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "unexpected shape")
                       : grpc::Status::OK;
        };
    const KserveImposter server(std::move(script));
    const auto adapter = adapter_for(server.address());
    EXPECT_EQ(error_of(run(*adapter, call_with())).error_class, ErrorClass::kFatal);

    is_refusing = false;
    run(*adapter, call_with());

    EXPECT_EQ(server.metadata_calls(), 2);
}

TEST(KserveAdapter, WorksWithServersThatDescribeNothing) {
    KserveScript script = digits();
    script.metadata = nullptr;
    script.config = nullptr;
    const KserveImposter server(std::move(script));

    EXPECT_TRUE(std::holds_alternative<EngineReply>(
        run(*adapter_for(server.address()), call_with({7}, {1, 2, 3, 4, 5, 6, 7}))
    ));
}

TEST(KserveAdapter, UnknownModelIsFatalAndNamed) {
    const KserveImposter server(digits());
    const auto adapter = make_adapter(
                             EngineKind::kTriton,
                             {.model = "digits",
                              .url = server.address(),
                              .engine_model = "nope",
                              .api_key = {},
                              .tls = {}},
                             nullptr
    )
                             .value();

    const Error error = error_of(run(*adapter, call_with()));

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(error.code, ErrorCode::kModelNotFound);
    EXPECT_THAT(error.message, HasSubstr("model 'digits' at " + server.address()));
}

TEST(KserveAdapter, ModelThatIsStillLoadingIsNotReady) {
    KserveScript script = digits();
    script.metadata = [](const kserve::ModelMetadataRequest&, kserve::ModelMetadataResponse&) {
        return grpc::Status(
            grpc::StatusCode::NOT_FOUND,
            "Request for unknown model: 'digits-v2' has no available versions"
        );
    };
    const KserveImposter server(std::move(script));

    const Error error = error_of(run(*adapter_for(server.address()), call_with()));

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_EQ(error.code, ErrorCode::kEngineNotReady);
    EXPECT_FALSE(error.sent) << "what was asked is no inference, so no try is used up";
    EXPECT_THAT(server.infer_requests(), SizeIs(0));
}

TEST(KserveAdapter, ClassifiesWhatTheModelSays) {
    const KserveImposter server(
        failing(grpc::StatusCode::INTERNAL, "Stub process 'digits_0_0' is not healthy.")
    );

    const Error error = error_of(run(*adapter_for(server.address()), call_with()));

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_TRUE(error.replica_bad);
    EXPECT_TRUE(error.sent);
    EXPECT_EQ(error.endpoint, server.address());
}

TEST(KserveAdapter, QuotesNoTextOfTheEngine) {
    const KserveImposter server(failing(grpc::StatusCode::INTERNAL, "My-Secret-Prompt"));

    EXPECT_THAT(
        error_of(run(*adapter_for(server.address()), call_with())).message, Not(HasSubstr("Secret"))
    );
}

TEST(KserveAdapter, AnswerThatDoesNotMatchItsShapeIsFatal) {
    KserveScript script = digits();
    script.infer = [](const kserve::ModelInferRequest&, kserve::ModelInferResponse& response) {
        response = scores();
        response.mutable_outputs(0)->set_shape(0, 2);
        return grpc::Status::OK;
    };
    const KserveImposter server(std::move(script));

    const Error error = error_of(run(*adapter_for(server.address()), call_with()));

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_THAT(error.message, HasSubstr("output 'scores' has 4 bytes"));
}

TEST(KserveAdapter, TakesAnswersAboveTheDefaultLimitOfGrpc) {
    constexpr std::int64_t kElements = 2'000'000;
    KserveScript script = digits();
    script.infer = [](const kserve::ModelInferRequest&, kserve::ModelInferResponse& response) {
        response = scores();
        response.mutable_outputs(0)->set_shape(0, kElements);
        response.set_raw_output_contents(0, std::string(kElements * 4, '\0'));
        return grpc::Status::OK;
    };
    const KserveImposter server(std::move(script));

    const auto outcome = run(*adapter_for(server.address()), call_with());

    ASSERT_TRUE(std::holds_alternative<EngineReply>(outcome)) << error_of(outcome).message;
    EXPECT_EQ(
        std::get<EngineReply>(outcome).body["outputs"][0]["data"].size(),
        static_cast<std::size_t>(kElements)
    );
}

TEST(KserveAdapter, RefusesTextTasksWithoutSendingThem) {
    const KserveImposter server(digits());
    EngineCall call = call_with();
    call.task = Task::kChat;

    EXPECT_EQ(error_of(run(*adapter_for(server.address()), call)).code, ErrorCode::kUnsupported);
}

TEST(KserveAdapter, StoppedEngineIsNothingSent) {
    std::string address;
    {
        const KserveImposter server(digits());
        address = server.address();
    }
    const auto adapter = adapter_for(address);
    const auto started = steady_clock::now();

    const Error error = error_of(run(*adapter, call_with()));

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_EQ(error.code, ErrorCode::kConnection);
    EXPECT_FALSE(error.sent) << error.message;
    EXPECT_LT(steady_clock::now() - started, 5s);
}

TEST(KserveAdapter, EngineThatIsBackIsFoundWithinSeconds) {
    auto server = std::make_unique<KserveImposter>(digits());
    const int port = server->port();
    const auto adapter = adapter_for(server->address());
    server.reset();
    for (int i = 0; i < 20; ++i) {  // gRPC's own pauses grow with each failure
        error_of(run(*adapter, call_with()));
    }
    server = std::make_unique<KserveImposter>(digits(), grpc::InsecureServerCredentials(), port);

    const auto started = steady_clock::now();
    Outcome<EngineReply> outcome = run(*adapter, call_with());
    while (std::holds_alternative<Error>(outcome) && steady_clock::now() < started + 10s) {
        outcome = run(*adapter, call_with());
    }

    EXPECT_TRUE(std::holds_alternative<EngineReply>(outcome));
    EXPECT_LT(steady_clock::now() - started, 5s);
}

TEST(KserveAdapter, UnknownHostIsNothingSent) {
    const Error error = error_of(run(*adapter_for("no-such-host.invalid:1"), call_with()));

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_EQ(error.code, ErrorCode::kConnection);
    EXPECT_FALSE(error.sent) << error.message;
}

TEST(KserveAdapter, EngineThatDiesUnderTheCallIsALostConnection) {
    auto server = std::make_unique<KserveImposter>(holding());
    const auto adapter = adapter_for(server->address());
    const CallBox box;
    start(*adapter, call_with(), box);
    server->wait_for_infer_requests(1);

    server.reset();

    const Error error = error_of(box.wait());
    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_TRUE(error.sent) << error.message;
}

TEST(KserveAdapter, DeadlineIsATimeoutAndFreesTheModel) {
    const KserveImposter server(holding());
    const auto adapter = adapter_for(server.address());
    const auto started = steady_clock::now();

    const Error error = error_of(run(*adapter, call_with(), 200ms));

    EXPECT_EQ(error.error_class, ErrorClass::kTimeout);
    EXPECT_EQ(error.code, ErrorCode::kEngineTimeout);
    EXPECT_GE(steady_clock::now() - started, 200ms);
    EXPECT_LT(steady_clock::now() - started, 5s);
    server.wait_for_cancelled(1);
}

TEST(KserveAdapter, CancelIsSeenByTheServerWithin100Milliseconds) {
    const KserveImposter server(holding());
    const auto adapter = adapter_for(server.address());
    std::stop_source stop;
    const CallBox box;
    start(*adapter, call_with(), box, stop.get_token());
    server.wait_for_infer_requests(1);

    const auto cancelled = steady_clock::now();
    stop.request_stop();

    EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    server.wait_for_cancelled(1);
    EXPECT_LT(server.last_cancelled() - cancelled, 100ms);
    EXPECT_EQ(box.count(), 1);
}

TEST(KserveAdapter, CallThatIsCancelledBeforeItStartsReachesNoModel) {
    const KserveImposter server(digits());
    const auto adapter = adapter_for(server.address());
    std::stop_source stop;
    stop.request_stop();
    const CallBox box;

    start(*adapter, call_with(), box, stop.get_token());

    EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    EXPECT_THAT(server.infer_requests(), SizeIs(0));
}

TEST(KserveAdapter, DestructionCompletesEveryCallAsCancelled) {
    const KserveImposter server(holding());
    std::vector<CallBox> boxes(20);
    {
        const auto adapter = adapter_for(server.address());
        for (const CallBox& box : boxes) {
            start(*adapter, call_with(), box);
        }
        server.wait_for_infer_requests(1);
    }

    expect_each_cancelled_once(boxes);
}

TEST(KserveAdapter, AThousandCallsInFlightUseAtMost16Threads) {
    constexpr std::size_t kCalls = 1000;
    KserveImposter server(holding());
    const auto adapter = adapter_for(server.address());
    std::vector<CallBox> boxes(kCalls);
    for (const CallBox& box : boxes) {
        adapter->call(call_with(), {.deadline = steady_clock::now() + 60s}, box.completion());
    }

    server.wait_for_infer_requests(kCalls);
    EXPECT_LE(process_threads(), 16);
    server.release(scores());

    for (const CallBox& box : boxes) {
        EXPECT_TRUE(std::holds_alternative<EngineReply>(box.wait()));
        EXPECT_EQ(box.count(), 1);
    }
}

TEST(KserveAdapter, CompletesExactlyOnceWhateverRaces) {
    KserveImposter server(holding());
    std::vector<CallBox> boxes(300);
    std::vector<std::stop_source> stops(boxes.size());
    {
        const auto adapter = adapter_for(server.address());
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            adapter->call(
                call_with(),
                {steady_clock::now() + std::chrono::milliseconds(i % 60), stops[i].get_token()},
                boxes[i].completion()
            );
            stops[i / 2].request_stop();
            if (i % 50 == 0) {
                server.release(scores());
            }
        }
    }

    for (const CallBox& box : boxes) {
        EXPECT_EQ(box.count(), 1);
    }
}

TEST(KserveAdapter, IsReadyWhenTheModelIs) {
    const KserveImposter server(digits());
    const ReadyBox box;
    const auto adapter = adapter_for(server.address());

    adapter->ready({.deadline = steady_clock::now() + kPatience}, box.completion());

    EXPECT_TRUE(std::holds_alternative<Ready>(box.wait()));
}

Error readiness_of(const std::string& address, const std::string& engine_model) {
    const auto adapter = make_adapter(
                             EngineKind::kTriton,
                             {.model = "digits",
                              .url = address,
                              .engine_model = engine_model,
                              .api_key = {},
                              .tls = {}},
                             nullptr
    )
                             .value();
    const ReadyBox box;
    adapter->ready({.deadline = steady_clock::now() + kPatience}, box.completion());
    return error_of(box.wait());
}

TEST(KserveAdapter, IsNotReadyWhenTheModelIsNot) {
    const KserveImposter server(digits());

    const Error error = readiness_of(server.address(), "other");

    EXPECT_EQ(error.error_class, ErrorClass::kTransient);
    EXPECT_EQ(error.code, ErrorCode::kEngineNotReady);
    EXPECT_THAT(error.message, HasSubstr("model 'digits' at " + server.address()));
}

TEST(KserveAdapter, IsNotReadyWhenNothingListens) {
    std::string address;
    {
        const KserveImposter server(digits());
        address = server.address();
    }

    EXPECT_EQ(readiness_of(address, "digits-v2").code, ErrorCode::kConnection);
}

// ---- TLS ----

class KserveAdapterTls : public ::testing::Test {
protected:
    std::shared_ptr<grpc::ServerCredentials> server_credentials() const {
        grpc::SslServerCredentialsOptions options(
            GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
        );
        options.pem_root_certs = certificates_.text("ca.pem");
        options.pem_key_cert_pairs = {
            {certificates_.text("server.key"), certificates_.text("server.pem")}
        };
        return grpc::SslServerCredentials(options);
    }

    TlsFiles all_files() const {
        return {
            .ca_file = certificates_.file("ca.pem"),
            .cert_file = certificates_.file("client.pem"),
            .key_file = certificates_.file("client.key"),
            .server_name = "engine.test"
        };
    }

    Outcome<EngineReply> call_with_files(TlsFiles files) const {
        EndpointOptions options;
        options.model = "digits";
        options.url = server_.address();
        options.engine_model = "digits-v2";
        options.tls = std::move(files);
        return run(*make_adapter(EngineKind::kTriton, options, nullptr).value(), call_with());
    }

    Certificates certificates_;
    KserveImposter server_{digits(), server_credentials()};
};

TEST_F(KserveAdapterTls, CallsWithCertificatesOnBothSides) {
    const auto outcome = call_with_files(all_files());

    EXPECT_TRUE(std::holds_alternative<EngineReply>(outcome)) << error_of(outcome).message;
}

TEST_F(KserveAdapterTls, IsFatalWhereTheServerIsNotTrusted) {
    TlsFiles other_authority = all_files();
    other_authority.ca_file = certificates_.file("other_ca.pem");
    TlsFiles other_name = all_files();
    other_name.server_name = "other.test";

    for (const TlsFiles& files : {other_authority, other_name}) {
        const Error error = error_of(call_with_files(files));
        EXPECT_EQ(error.error_class, ErrorClass::kFatal) << error.message;
        EXPECT_EQ(error.code, ErrorCode::kAuth);
        EXPECT_FALSE(error.sent);
    }
}

Error refusal_of(EndpointOptions options) {
    const auto adapter = make_adapter(EngineKind::kTriton, std::move(options), nullptr);
    return adapter ? Error{.message = "none"} : adapter.error();
}

TEST(KserveAdapter, IsNotMadeForWhatIsNoAddress) {
    for (const char* url : {"gpu1", "gpu1:8001/path", "ftp://gpu1:1"}) {
        const Error error =
            refusal_of({.model = "digits", .url = url, .engine_model = "", .api_key = "", .tls = {}}
            );

        EXPECT_EQ(error.code, ErrorCode::kValidation) << url;
        EXPECT_THAT(error.message, HasSubstr("host:port"));
    }
}

TEST(KserveAdapter, IsNotMadeWithATlsFileThatCannotBeRead) {
    EndpointOptions options{
        .model = "digits", .url = "gpu1:8001", .engine_model = "", .api_key = "", .tls = {}
    };
    options.tls =
        TlsFiles{.ca_file = "/no/such/ca.pem", .cert_file = {}, .key_file = {}, .server_name = {}};

    const Error error = refusal_of(std::move(options));

    EXPECT_EQ(error.code, ErrorCode::kAuth);
    EXPECT_THAT(error.message, HasSubstr("/no/such/ca.pem"));
}

}  // namespace
}  // namespace inference

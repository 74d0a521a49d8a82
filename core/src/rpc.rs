//! Calls by name: bytes in, bytes out.

use std::{collections::HashMap, str::FromStr, time::Duration};

use futures_util::future::{self, BoxFuture};
use prost::Message;
use temporalio_client::{
    Connection, RetryOptions,
    grpc::{HealthService, OperatorService, WorkflowService},
    request_extensions::RetryConfigForCall,
    tonic::{
        Code, Extensions, Request, Response, Status,
        metadata::{AsciiMetadataKey, AsciiMetadataValue, MetadataMap},
    },
};
use tokio_util::sync::CancellationToken;

use crate::failure;

pub const TCORE_SERVICE_WORKFLOW: u32 = 1;
pub const TCORE_SERVICE_OPERATOR: u32 = 2;
pub const TCORE_SERVICE_HEALTH: u32 = 3;
pub const TCORE_RPC_RETRY: u32 = 1;

/// The code of calls that never left this process.
const REFUSED: i32 = -1;

/// Longer is for ever; a header could not say it.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 3600);

#[derive(Debug, PartialEq)]
pub struct RpcFailure {
    pub code: i32,
    pub message: String,
    /// A google.rpc.Status, as in the trailer `grpc-status-details-bin`; may be empty.
    pub details: Vec<u8>,
}

impl RpcFailure {
    fn of_code(code: Code, message: impl Into<String>) -> Self {
        Self { code: code as i32, message: message.into(), details: Vec::new() }
    }
}

impl From<String> for RpcFailure {
    fn from(message: String) -> Self {
        Self { code: REFUSED, message, details: Vec::new() }
    }
}

impl From<Status> for RpcFailure {
    fn from(status: Status) -> Self {
        let message = failure::chain_of_status(&status);
        let code = if failure::ran_out_of_time(&status) { Code::DeadlineExceeded } else { status.code() };
        Self { code: code as i32, message, details: status.details().to_vec() }
    }
}

/// A call as the caller put it; `request` is borrowed and decoded before the caller goes on.
pub struct Call<'a> {
    pub connection: Connection,
    pub method: &'a str,
    pub request: &'a [u8],
    /// Headers of this call.
    pub metadata: HashMap<String, String>,
    pub flags: u32,
    /// For all tries together; zero keeps core's own (30 s, or 70 s where the server holds the call).
    pub timeout: Duration,
    pub cancel: Option<CancellationToken>,
}

/// A call that is ready to go.
pub type Pending = BoxFuture<'static, Result<Vec<u8>, Status>>;

type Method<Req, Resp> =
    for<'a> fn(&'a mut Connection, Request<Req>) -> BoxFuture<'a, Result<Response<Resp>, Status>>;

include!(concat!(env!("OUT_DIR"), "/rpc_methods.rs"));

fn unknown_method(service: &str, method: &str) -> RpcFailure {
    format!("{service} has no rpc '{method}'").into()
}

/// Prepares the call of `service` that `call` names.
pub fn prepare(
    service: u32,
    call: Call<'_>,
) -> Result<impl Future<Output = Result<Vec<u8>, RpcFailure>> + use<>, RpcFailure> {
    let timeout = call.timeout.min(LONGEST_TIMEOUT);
    let cancel = call.cancel.clone();
    let pending = match service {
        TCORE_SERVICE_WORKFLOW => workflow_service(call)?,
        TCORE_SERVICE_OPERATOR => operator_service(call)?,
        TCORE_SERVICE_HEALTH => health_service(call)?,
        unknown => return Err(format!("there is no service {unknown}").into()),
    };
    Ok(drive(pending, timeout, cancel))
}

/// Dropping the pending call is what cancels it: the stream is reset.
async fn drive(
    pending: Pending,
    timeout: Duration,
    cancel: Option<CancellationToken>,
) -> Result<Vec<u8>, RpcFailure> {
    let deadline = async {
        match timeout {
            Duration::ZERO => future::pending().await,
            limit => tokio::time::sleep(limit).await,
        }
    };
    let cancelled = async {
        match &cancel {
            Some(cancel) => cancel.cancelled().await,
            None => future::pending().await,
        }
    };
    tokio::select! {
        biased;
        () = cancelled => Err(RpcFailure::of_code(Code::Cancelled, "cancelled by the caller")),
        answer = pending => Ok(answer?),
        () = deadline => {
            Err(RpcFailure::of_code(Code::DeadlineExceeded, format!("no answer within {timeout:?}")))
        }
    }
}

impl Call<'_> {
    fn start<Req, Resp>(self, method: Method<Req, Resp>) -> Result<Pending, RpcFailure>
    where
        Req: Message + Default + 'static,
        Resp: Message + 'static,
    {
        let message = Req::decode(self.request)
            .map_err(|error| format!("{}: the request is not its protobuf: {error}", self.method))?;
        let mut request = Request::from_parts(self.headers()?, self.extensions(), message);
        if !self.timeout.is_zero() {
            request.set_timeout(self.timeout.min(LONGEST_TIMEOUT));
        }
        let mut connection = self.connection;
        Ok(Box::pin(async move {
            let response = method(&mut connection, request).await?;
            Ok(response.into_inner().encode_to_vec())
        }))
    }

    fn headers(&self) -> Result<MetadataMap, String> {
        let mut headers = MetadataMap::new();
        for (key, value) in &self.metadata {
            let name = AsciiMetadataKey::from_str(key)
                .map_err(|_| format!("metadata: '{key}' is not a header's name"))?;
            let value = AsciiMetadataValue::from_str(value)
                .map_err(|_| format!("metadata: the value of '{key}' is not a header's"))?;
            headers.insert(name, value);
        }
        Ok(headers)
    }

    fn extensions(&self) -> Extensions {
        let mut extensions = Extensions::default();
        if self.flags & TCORE_RPC_RETRY == 0 {
            extensions.insert(RetryConfigForCall(RetryOptions::no_retries()));
        }
        extensions
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use futures_util::FutureExt;
    use temporalio_client::{
        ConnectionOptions,
        callback_based::{CallbackBasedGrpcService, GrpcRequest, GrpcSuccessResponse},
    };
    use temporalio_protos::temporal::api::workflowservice::v1::{
        DescribeNamespaceRequest, DescribeNamespaceResponse, GetSystemInfoResponse,
    };

    use super::*;

    type ServerAnswer = BoxFuture<'static, Result<GrpcSuccessResponse, Status>>;

    /// A connection whose server is `serve`.
    async fn connection(serve: impl Fn(GrpcRequest) -> ServerAnswer + Send + Sync + 'static) -> Connection {
        let service = CallbackBasedGrpcService { callback: Arc::new(serve) };
        let options = ConnectionOptions::new("http://localhost:7233".parse::<url::Url>().unwrap())
            .skip_get_system_info(true)
            .service_override(service)
            .dns_load_balancing(None)
            .build();
        Connection::connect(options).await.unwrap()
    }

    fn answer(message: &impl Message) -> ServerAnswer {
        let proto = message.encode_to_vec();
        async { Ok(GrpcSuccessResponse { headers: Default::default(), proto }) }.boxed()
    }

    fn failing(code: Code) -> impl Fn(GrpcRequest) -> ServerAnswer {
        move |_| {
            let status = Status::with_details(code, "said so", b"details".to_vec().into());
            async { Err(status) }.boxed()
        }
    }

    fn silent(_: GrpcRequest) -> ServerAnswer {
        future::pending().boxed()
    }

    fn call(connection: Connection, method: &'static str) -> Call<'static> {
        Call {
            connection,
            method,
            request: &[],
            metadata: HashMap::new(),
            flags: 0,
            timeout: Duration::ZERO,
            cancel: None,
        }
    }

    async fn outcome(service: u32, call: Call<'_>) -> Result<Vec<u8>, RpcFailure> {
        prepare(service, call)?.await
    }

    #[tokio::test]
    async fn a_call_carries_its_bytes_and_headers() {
        let connection = connection(|request| {
            assert_eq!(request.rpc, "DescribeNamespace");
            assert_eq!(request.headers["x-key"], "value");
            let request = DescribeNamespaceRequest::decode(request.proto).unwrap();
            answer(&DescribeNamespaceResponse {
                failover_version: i64::try_from(request.namespace.len()).unwrap(),
                ..Default::default()
            })
        })
        .await;
        let request = DescribeNamespaceRequest { namespace: "lab".to_owned(), ..Default::default() };
        let mut call = call(connection, "DescribeNamespace");
        call.metadata.insert("x-key".to_owned(), "value".to_owned());

        let bytes = outcome(TCORE_SERVICE_WORKFLOW, Call { request: &request.encode_to_vec(), ..call }).await;

        let answer = DescribeNamespaceResponse::decode(bytes.unwrap().as_slice()).unwrap();
        assert_eq!(answer.failover_version, 3);
    }

    #[tokio::test]
    async fn an_unknown_name_is_refused_here() {
        let connection = connection(silent).await;

        for service in [TCORE_SERVICE_WORKFLOW, TCORE_SERVICE_OPERATOR, TCORE_SERVICE_HEALTH] {
            let failure = outcome(service, call(connection.clone(), "Unheard")).await.unwrap_err();
            assert_eq!(failure.code, REFUSED);
            assert!(failure.message.contains("'Unheard'"));
        }
        let failure = outcome(9, call(connection, "Check")).await.unwrap_err();
        assert_eq!(failure.message, "there is no service 9");
    }

    #[tokio::test]
    async fn a_request_that_is_no_protobuf_is_refused_here() {
        let connection = connection(silent).await;
        let call = Call { request: b"\xff\xff", ..call(connection, "DescribeNamespace") };

        assert_eq!(outcome(TCORE_SERVICE_WORKFLOW, call).await.unwrap_err().code, REFUSED);
    }

    #[tokio::test]
    async fn what_the_server_says_arrives_with_its_details() {
        let connection = connection(failing(Code::NotFound)).await;

        let failure =
            outcome(TCORE_SERVICE_WORKFLOW, call(connection, "DescribeNamespace")).await.unwrap_err();

        let expected = RpcFailure { code: 5, message: "said so".to_owned(), details: b"details".to_vec() };
        assert_eq!(failure, expected);
    }

    #[tokio::test]
    async fn only_a_call_that_may_is_retried() {
        for (flags, least, most) in [(0, 1, 1), (TCORE_RPC_RETRY, 2, u32::MAX)] {
            let tries = Arc::new(AtomicU32::new(0));
            let counter = tries.clone();
            let connection = connection(move |request| {
                counter.fetch_add(1, Ordering::Relaxed);
                failing(Code::Unavailable)(request)
            })
            .await;
            let call =
                Call { flags, timeout: Duration::from_secs(1), ..call(connection, "DescribeNamespace") };

            outcome(TCORE_SERVICE_WORKFLOW, call).await.unwrap_err();

            assert!((least..=most).contains(&tries.load(Ordering::Relaxed)));
        }
    }

    #[tokio::test]
    async fn the_timeout_ends_a_call_that_nobody_answers() {
        let connection = connection(silent).await;
        let call = Call { timeout: Duration::from_millis(20), ..call(connection, "DescribeNamespace") };

        let failure = outcome(TCORE_SERVICE_WORKFLOW, call).await.unwrap_err();

        assert_eq!(failure.code, Code::DeadlineExceeded as i32);
    }

    #[tokio::test]
    async fn a_timeout_beyond_measure_is_no_error() {
        let info = GetSystemInfoResponse::default();
        let connection = connection(move |_| answer(&info)).await;
        let call = Call { timeout: Duration::from_millis(u64::MAX), ..call(connection, "GetSystemInfo") };

        assert!(outcome(TCORE_SERVICE_WORKFLOW, call).await.is_ok());
    }

    #[tokio::test]
    async fn a_cancel_ends_a_call_before_or_while_it_runs() {
        for fired_before in [true, false] {
            let cancel = CancellationToken::new();
            let connection = connection(silent).await;
            let call = Call { cancel: Some(cancel.clone()), ..call(connection, "DescribeNamespace") };
            if fired_before {
                cancel.cancel();
            }
            let running = tokio::spawn(prepare(TCORE_SERVICE_WORKFLOW, call).unwrap());
            tokio::task::yield_now().await;
            cancel.cancel();

            assert_eq!(running.await.unwrap().unwrap_err().code, Code::Cancelled as i32);
        }
    }
}

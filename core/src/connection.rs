//! A connection: made once, shared by clients and workers.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer};
use temporalio_client::Connection;

use crate::{
    connect_failure::{ConnectFailure, Kind},
    connect_options::ConnectOptions,
    context::Context,
    failure,
    ffi::tcore_ref,
    job::Job,
    runtime::tcore_runtime,
};

/// Cheap to share: the calls and workers made from it go on after it is freed.
pub struct tcore_connection {
    connection: Connection,
    context: Context,
    may_carry_api_key: bool,
}

/// Options of `tcore_connection_update`; what is absent stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateOptions {
    /// The new key; null or empty takes the old one away.
    #[serde(default, deserialize_with = "present")]
    pub api_key: Option<Option<String>>,
    /// Replaces all headers given so far.
    pub headers: Option<HashMap<String, String>>,
}

/// Tells null from absent.
fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl tcore_connection {
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    pub fn context(&self) -> &Context {
        &self.context
    }

    pub fn update(&self, options: UpdateOptions) -> Result<(), String> {
        let key = options.api_key.map(|key| key.filter(|key| !key.is_empty()));
        if !self.may_carry_api_key && matches!(key, Some(Some(_))) {
            return Err("api_key: the connection is in plain text; connect again with TLS, or with \
                 tls.disabled if that is meant"
                .to_owned());
        }
        if let Some(headers) = options.headers {
            self.connection.set_headers(headers).map_err(|error| failure::chain(&error))?;
        }
        if let Some(key) = key {
            self.connection.set_api_key(key);
        }
        Ok(())
    }
}

/// # Safety
/// `options` can be read.
pub unsafe fn connect(
    runtime: &tcore_runtime,
    options: tcore_ref,
) -> Result<Job<impl Future<Output = Result<tcore_connection, ConnectFailure>> + use<>>, ConnectFailure> {
    let invalid = |message: String| ConnectFailure::new(Kind::InvalidOptions, message);
    let options: ConnectOptions = unsafe { options.json("options") }.map_err(invalid)?;
    let meter = runtime.core().telemetry().get_temporal_metric_meter();
    let plan = options.plan(meter).map_err(invalid)?;
    let context = runtime.context().clone();

    Ok(Job::new(context.clone(), async move {
        let target = plan.options.target.to_string();
        let target = target.trim_end_matches('/');
        let attempt = tokio::time::timeout(plan.timeout, Connection::connect(plan.options)).await;
        let connection = attempt
            .map_err(|_| ConnectFailure::timed_out(target, plan.timeout))?
            .map_err(|error| ConnectFailure::of(target, plan.protection, &error))?;
        Ok(tcore_connection { connection, context, may_carry_api_key: plan.may_carry_api_key })
    }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use temporalio_client::{ConnectionOptions, callback_based::CallbackBasedGrpcService, tonic::Status};
    use tokio::runtime::Handle;

    use super::*;

    async fn connection(may_carry_api_key: bool) -> tcore_connection {
        let refuse = |_| -> futures_util::future::BoxFuture<'static, _> {
            Box::pin(async { Err(Status::unimplemented("nothing is served")) })
        };
        let options = ConnectionOptions::new("http://localhost:7233".parse::<url::Url>().unwrap())
            .skip_get_system_info(true)
            .service_override(CallbackBasedGrpcService { callback: Arc::new(refuse) })
            .dns_load_balancing(None)
            .build();
        let connection = Connection::connect(options).await.unwrap();
        tcore_connection { connection, context: Context::new(Handle::current(), None), may_carry_api_key }
    }

    fn update(connection: &tcore_connection, json: &str) -> Result<(), String> {
        connection.update(serde_json::from_str(json).map_err(|error: serde_json::Error| error.to_string())?)
    }

    #[tokio::test]
    async fn a_plain_connection_takes_no_api_key() {
        let connection = connection(false).await;

        assert!(update(&connection, r#"{"api_key": "key"}"#).unwrap_err().contains("plain text"));
        assert_eq!(update(&connection, r#"{"api_key": null}"#), Ok(()));
        assert_eq!(update(&connection, r#"{"headers": {"x-key": "value"}}"#), Ok(()));
    }

    #[tokio::test]
    async fn an_update_names_what_is_wrong_with_it() {
        let connection = connection(true).await;

        assert_eq!(update(&connection, r#"{"api_key": "key"}"#), Ok(()));
        assert!(update(&connection, r#"{"header": {}}"#).unwrap_err().contains("`header`"));
        assert!(update(&connection, r#"{"headers": {"a b": "value"}}"#).unwrap_err().contains("'a b'"));
    }
}

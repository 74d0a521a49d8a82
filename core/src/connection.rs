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

    #[cfg(test)]
    pub fn for_test(connection: Connection, context: Context) -> Self {
        Self { connection, context, may_carry_api_key: true }
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

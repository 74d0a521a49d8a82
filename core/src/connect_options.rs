//! The options of a connection.

use std::{collections::HashMap, time::Duration};

use serde::Deserialize;
use temporalio_client::{
    ClientKeepAliveOptions, ConnectionOptions, DnsLoadBalancingOptions, GrpcCompression,
    HttpConnectProxyOptions, RetryOptions,
};
use temporalio_common::telemetry::metrics::TemporalMeter;

use crate::{
    connect_failure::Protection,
    target::{self, TlsWish},
    tls::TlsSettings,
};

/// Options of `tcore_connect`. Only `target` is required; null is the same as leaving a key out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectOptions {
    /// `http://HOST:PORT`, `https://HOST:PORT` or `HOST:PORT`; the last speaks TLS if `tls` or `api_key` is set.
    pub target: String,
    /// Who we are, in histories and in the server's lists; empty means `PID@HOST`.
    #[serde(default)]
    pub identity: String,
    /// Name and version of the SDK, which the server may judge by.
    pub client_name: Option<String>,
    pub client_version: Option<String>,
    /// Sent as a bearer token; turns TLS on.
    pub api_key: Option<String>,
    /// Sent with every call.
    #[serde(default)]
    pub headers: HashMap<String, String>,
    pub tls: Option<TlsSettings>,
    pub proxy: Option<ProxyOptions>,
    /// How often an idle connection is probed; 0 is never. Default 30 s.
    pub keep_alive_ms: Option<u64>,
    /// How long the probe's answer may take. Default 15 s.
    pub keep_alive_timeout_ms: Option<u64>,
    /// For all of it, from the name look-up to the server's first answer. Default 10 s.
    pub connect_timeout_ms: Option<u64>,
    /// `none` (the default: on a LAN it costs more than it saves) or `gzip`.
    #[serde(default)]
    pub grpc_compression: Compression,
    /// For calls with TCORE_RPC_RETRY. A worker's calls follow core's own policy.
    pub retry: Option<RetrySettings>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    #[default]
    None,
    Gzip,
}

/// Options of `proxy`: an HTTP proxy that knows CONNECT.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxyOptions {
    /// `HOST:PORT`, or `unix:/PATH`.
    pub target: String,
    pub user: Option<String>,
    pub password: Option<String>,
}

/// Options of `retry`; what is absent keeps core's default, which is in brackets.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetrySettings {
    /// Wait before the second try (100).
    pub initial_interval_ms: Option<u64>,
    /// Jitter, as a share of the wait (0.2).
    pub randomization_factor: Option<f64>,
    /// Growth of the wait from try to try (1.7).
    pub multiplier: Option<f64>,
    /// Longest wait (5000).
    pub max_interval_ms: Option<u64>,
    /// For all tries together (10000); 0 is no limit.
    pub max_elapsed_ms: Option<u64>,
    /// Tries at most (10); 0 is no limit.
    pub max_retries: Option<usize>,
}

/// What a connection is made of.
pub struct Plan {
    pub options: ConnectionOptions,
    pub timeout: Duration,
    pub protection: Protection,
    /// False if a key sent over this connection could be read on the way, and nobody said that this is fine.
    pub may_carry_api_key: bool,
}

impl ConnectOptions {
    pub fn plan(self, meter: Option<TemporalMeter>) -> Result<Plan, String> {
        let wish = self.tls_wish();
        let target = target::parse(&self.target, wish)?;
        let secure = target.scheme() == "https";
        let timeout = milliseconds(self.connect_timeout_ms, 10_000);
        let tls = secure.then(|| self.tls.unwrap_or_default().build()).transpose()?;
        let protection = match &tls {
            None => Protection::None,
            Some(tls) if tls.client_tls_options.is_none() => Protection::Tls,
            Some(_) => Protection::TlsWithClientCertificate,
        };
        let identity = if self.identity.is_empty() { default_identity() } else { self.identity };
        // Core refuses the two together: behind a proxy it is the proxy that resolves the name.
        let balancing = self.proxy.is_none().then(DnsLoadBalancingOptions::default);

        let options = ConnectionOptions::new(target)
            .identity(identity)
            .client_name(self.client_name.unwrap_or_else(|| "temporal-cpp".to_owned()))
            .client_version(self.client_version.unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned()))
            .maybe_api_key(self.api_key.filter(|key| !key.is_empty()))
            .headers(self.headers)
            .maybe_tls_options(tls)
            .maybe_http_connect_proxy(self.proxy.map(ProxyOptions::build))
            .dns_load_balancing(balancing)
            .keep_alive(keep_alive(self.keep_alive_ms, self.keep_alive_timeout_ms))
            .connect_timeout(timeout)
            .grpc_compression(self.grpc_compression.into())
            .retry_options(self.retry.unwrap_or_default().build())
            .maybe_metrics_meter(meter)
            .build();
        Ok(Plan { options, timeout, protection, may_carry_api_key: secure || wish == TlsWish::Off })
    }

    fn tls_wish(&self) -> TlsWish {
        let has_key = self.api_key.as_ref().is_some_and(|key| !key.is_empty());
        match &self.tls {
            Some(tls) if tls.is_disabled() => TlsWish::Off,
            Some(_) => TlsWish::On,
            None if has_key => TlsWish::On,
            None => TlsWish::Unsaid,
        }
    }
}

impl From<Compression> for GrpcCompression {
    fn from(compression: Compression) -> Self {
        match compression {
            Compression::None => Self::None,
            Compression::Gzip => Self::Gzip,
        }
    }
}

impl ProxyOptions {
    fn build(self) -> HttpConnectProxyOptions {
        let login = self.user.map(|user| (user, self.password.unwrap_or_default()));
        HttpConnectProxyOptions::new(self.target).maybe_basic_auth(login).build()
    }
}

impl RetrySettings {
    fn build(self) -> RetryOptions {
        let mut options = RetryOptions::default();
        set(&mut options.initial_interval, self.initial_interval_ms.map(Duration::from_millis));
        set(&mut options.randomization_factor, self.randomization_factor);
        set(&mut options.multiplier, self.multiplier);
        set(&mut options.max_interval, self.max_interval_ms.map(Duration::from_millis));
        set(&mut options.max_retries, self.max_retries);
        let limit = self.max_elapsed_ms.map(|limit| (limit > 0).then(|| Duration::from_millis(limit)));
        set(&mut options.max_elapsed_time, limit);
        options
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn milliseconds(value: Option<u64>, default: u64) -> Duration {
    Duration::from_millis(value.unwrap_or(default))
}

fn keep_alive(interval: Option<u64>, timeout: Option<u64>) -> Option<ClientKeepAliveOptions> {
    let mut options = ClientKeepAliveOptions::default();
    set(&mut options.interval, interval.map(Duration::from_millis));
    set(&mut options.timeout, timeout.map(Duration::from_millis));
    (!options.interval.is_zero()).then_some(options)
}

fn default_identity() -> String {
    format!("{}@{}", std::process::id(), gethostname::gethostname().to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(json: serde_json::Value) -> Result<Plan, String> {
        let options: ConnectOptions = serde_json::from_value(json).map_err(|error| error.to_string())?;
        options.plan(None)
    }

    #[test]
    fn an_api_key_turns_tls_on() {
        let plan = plan(serde_json::json!({"target": "a.example:7233", "api_key": "key"})).unwrap();

        assert_eq!(plan.options.target.scheme(), "https");
        assert!(plan.options.tls_options.is_some());
        assert!(plan.may_carry_api_key);
    }

    #[test]
    fn an_api_key_goes_in_plain_text_only_if_the_options_say_so() {
        let in_the_clear = serde_json::json!({"target": "http://a.example:7233", "api_key": "key"});
        assert!(plan(in_the_clear).is_err_and(|error| error.contains("contradicts")));

        let on_purpose = serde_json::json!(
            {"target": "http://a.example:7233", "api_key": "key", "tls": {"disabled": true}});
        assert!(plan(on_purpose).unwrap().options.tls_options.is_none());
    }

    #[test]
    fn a_plain_connection_may_not_be_given_an_api_key_later() {
        let plan = plan(serde_json::json!({"target": "a.example:7233"})).unwrap();

        assert!(!plan.may_carry_api_key);
    }

    #[test]
    fn an_empty_identity_is_this_process() {
        let plan = plan(serde_json::json!({"target": "a.example:7233"})).unwrap();

        assert!(plan.options.identity.starts_with(&format!("{}@", std::process::id())));
    }

    #[test]
    fn a_proxy_resolves_the_name_itself() {
        let plan = plan(serde_json::json!({"target": "a.example:7233", "proxy": {"target": "proxy:3128"}}));

        assert!(plan.unwrap().options.dns_load_balancing.is_none());
    }

    #[test]
    fn compression_is_off_unless_asked_for() {
        let plain = plan(serde_json::json!({"target": "a.example:1"})).unwrap();
        let gzip = plan(serde_json::json!({"target": "a.example:1", "grpc_compression": "gzip"})).unwrap();

        assert_eq!(plain.options.grpc_compression, GrpcCompression::None);
        assert_eq!(gzip.options.grpc_compression, GrpcCompression::Gzip);
    }

    #[test]
    fn what_the_retry_options_leave_out_keeps_its_default() {
        let retry =
            RetrySettings { max_retries: Some(3), max_elapsed_ms: Some(0), ..Default::default() }.build();

        assert_eq!(retry.max_retries, 3);
        assert_eq!(retry.max_elapsed_time, None);
        assert_eq!(retry.initial_interval, RetryOptions::default().initial_interval);
    }

    #[test]
    fn unknown_keys_are_named_at_every_level() {
        for json in [
            serde_json::json!({"target": "a:1", "unheard_of": 1}),
            serde_json::json!({"target": "a:1", "tls": {"unheard_of": 1}}),
            serde_json::json!({"target": "a:1", "proxy": {"target": "p:1", "unheard_of": 1}}),
            serde_json::json!({"target": "a:1", "retry": {"unheard_of": 1}}),
        ] {
            assert!(plan(json).is_err_and(|error| error.contains("`unheard_of`")));
        }
    }
}

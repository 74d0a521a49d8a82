//! The runtime: core's threads, its log and its metrics.

use std::{collections::HashMap, ffi::c_void, net::SocketAddr, sync::Arc, thread, time::Duration};

use serde::{Deserialize, Serialize};
use temporalio_common::telemetry::{
    Logger, PrometheusExporterOptions, TelemetryInstance, TelemetryOptions,
    remove_trace_subscriber_for_current_thread, set_trace_subscriber_for_current_thread,
    start_prometheus_metric_exporter, telemetry_init,
};
use temporalio_sdk_core::CoreRuntime;
use tokio::runtime::{Builder, Handle, Runtime};
use tracing_subscriber::EnvFilter;

use crate::{
    context::Context,
    failure,
    log::{LogForwarder, tcore_log_fn},
};

/// How long a stop waits for a blocking call in the core (a name look-up, say) before it leaves it behind.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Options of `tcore_runtime_new`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuntimeOptions {
    /// Threads that run the core's tasks; 0 is an error.
    pub worker_threads: usize,
    /// Which lines reach the log callback, in the syntax of Rust's `EnvFilter`: a level for all, and one for each
    /// crate that shall differ, as in `warn,temporalio_sdk_core=debug`.
    pub log_filter: String,
    /// Absent: no metrics are kept.
    pub metrics: Option<MetricsOptions>,
    /// How often the workers report to the server that they live: 1000 to 60000, or 0 for never.
    pub worker_heartbeat_interval_ms: u64,
}

impl Default for RuntimeOptions {
    fn default() -> Self {
        Self {
            worker_threads: 2,
            log_filter: "warn".to_owned(),
            metrics: None,
            worker_heartbeat_interval_ms: 60_000,
        }
    }
}

/// Options of `metrics`: a Prometheus endpoint that serves `GET /metrics`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsOptions {
    /// `IP:port` to listen on; port 0 takes a free one, which the answer names.
    pub prometheus: SocketAddr,
    /// Counters end in `_total`.
    #[serde(default = "yes")]
    pub counters_total_suffix: bool,
    /// Histograms end in their unit.
    #[serde(default = "yes")]
    pub unit_suffix: bool,
    /// Durations are seconds, not milliseconds.
    #[serde(default = "yes")]
    pub use_seconds: bool,
    /// Labels that every metric gets.
    #[serde(default)]
    pub global_tags: HashMap<String, String>,
}

fn yes() -> bool {
    true
}

/// The answer of `tcore_runtime_new`.
#[derive(Serialize)]
pub struct RuntimeInfo {
    /// Where the metrics are served; null without metrics.
    pub metrics_address: Option<SocketAddr>,
}

/// Owns the threads; everything else holds only a [`Context`].
pub struct tcore_runtime {
    core: CoreRuntime,
    threads: Runtime,
    context: Context,
    log: Option<Arc<LogForwarder>>,
}

impl tcore_runtime {
    pub fn start(
        options: RuntimeOptions,
        log: tcore_log_fn,
        log_user: *mut c_void,
    ) -> Result<(Self, RuntimeInfo), String> {
        let heartbeat = heartbeat_interval(options.worker_heartbeat_interval_ms)?;
        let log = log.map(|callback| Arc::new(LogForwarder::new(callback, log_user)));
        let mut telemetry = start_telemetry(&options.log_filter, log.clone())?;
        let threads = start_threads(options.worker_threads, &telemetry)?;
        let context = Context::new(threads.handle().clone(), telemetry.trace_subscriber());

        let _entered = context.enter();
        let metrics_address =
            options.metrics.map(|options| start_metrics(options, &mut telemetry)).transpose()?;
        let core = CoreRuntime::new_assume_tokio_initialized_telem(telemetry, heartbeat);
        // That left core's log set on this thread, which belongs to the caller.
        remove_trace_subscriber_for_current_thread();

        drop(_entered);
        Ok((Self { core, threads, context, log }, RuntimeInfo { metrics_address }))
    }

    pub fn core(&self) -> &CoreRuntime {
        &self.core
    }

    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Ends all tasks, which fires what callbacks are outstanding, and then the log.
    pub fn stop(self) {
        let Self { core, threads, log, .. } = self;
        let stop = move || {
            drop(core);
            threads.shutdown_timeout(STOP_LIMIT);
            if let Some(log) = log {
                log.close();
            }
        };
        // One of the core's own threads cannot wait for itself to end.
        if Handle::try_current().is_ok() {
            thread::spawn(stop);
        } else {
            stop();
        }
    }
}

fn heartbeat_interval(milliseconds: u64) -> Result<Option<Duration>, String> {
    match milliseconds {
        0 => Ok(None),
        1_000..=60_000 => Ok(Some(Duration::from_millis(milliseconds))),
        _ => Err(format!(
            "worker_heartbeat_interval_ms: {milliseconds} is neither 0 nor between 1000 and 60000"
        )),
    }
}

fn start_telemetry(filter: &str, log: Option<Arc<LogForwarder>>) -> Result<TelemetryInstance, String> {
    // Core ignores a filter that it cannot read.
    EnvFilter::try_new(filter).map_err(|error| format!("log_filter: {error}"))?;
    let logger = log.map(|consumer| Logger::Push { filter: filter.to_owned(), consumer });
    let options = TelemetryOptions::builder().maybe_logging(logger).build();
    telemetry_init(options).map_err(|error| failure::chain(error.as_ref()))
}

fn start_threads(count: usize, telemetry: &TelemetryInstance) -> Result<Runtime, String> {
    if count == 0 {
        return Err("worker_threads: 0 threads cannot run anything".to_owned());
    }
    let subscriber = telemetry.trace_subscriber();
    Builder::new_multi_thread()
        .worker_threads(count)
        .thread_name("temporal-core")
        .enable_all()
        .on_thread_start(move || {
            if let Some(subscriber) = subscriber.clone() {
                set_trace_subscriber_for_current_thread(subscriber);
            }
        })
        .build()
        .map_err(|error| format!("cannot start {count} threads: {error}"))
}

fn start_metrics(options: MetricsOptions, telemetry: &mut TelemetryInstance) -> Result<SocketAddr, String> {
    let address = options.prometheus;
    let exporter = PrometheusExporterOptions::builder()
        .socket_addr(address)
        .global_tags(options.global_tags)
        .counters_total_suffix(options.counters_total_suffix)
        .unit_suffix(options.unit_suffix)
        .use_seconds_for_durations(options.use_seconds)
        .build();
    let server = start_prometheus_metric_exporter(exporter).map_err(|error| {
        format!("metrics.prometheus: cannot listen on {address}: {}", failure::chain(error.as_ref()))
    })?;
    telemetry.attach_late_init_metrics(server.meter);
    Ok(server.bound_addr)
}

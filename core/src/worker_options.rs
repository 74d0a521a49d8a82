//! The options of a worker.

use std::{collections::HashSet, sync::Arc, time::Duration};

use serde::Deserialize;
use temporalio_common::worker::WorkerTaskTypes;
use temporalio_sdk_core::{
    FixedSizeSlotSupplier, PollerBehavior, TunerBuilder, WorkerConfig, WorkerTuner, WorkerVersioningStrategy,
    WorkflowErrorType,
};

use crate::slots::ActivitySlots;

const DEFAULT_SLOTS: usize = 100;

/// Options of `tcore_worker_new` and `tcore_replayer_new`. `namespace` and `task_queue` are required (a replayer
/// does without); null is the same as leaving a key out.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerOptions {
    pub namespace: String,
    pub task_queue: String,
    /// Workflows kept in memory between their tasks; 0 replays each from its start at every task.
    pub max_cached_workflows: usize,
    /// Slots of each kind; absent is 100. Workflow tasks need 2 if workflows are cached.
    pub max_outstanding_workflow_tasks: Option<usize>,
    pub max_outstanding_activities: Option<usize>,
    pub max_outstanding_local_activities: Option<usize>,
    /// Polls open at once; absent lets core choose: 5, or by load where the namespace is set so.
    pub workflow_pollers: Option<usize>,
    pub activity_pollers: Option<usize>,
    /// Share of the workflow polls that go to the common queue and not to the worker's own.
    pub nonsticky_to_sticky_poll_ratio: f32,
    pub enable_workflows: bool,
    /// Needs workflows.
    pub enable_local_activities: bool,
    pub enable_remote_activities: bool,
    /// How long a task waits for the worker that has its workflow cached.
    pub sticky_timeout_ms: u64,
    /// Heartbeats are sent at most this far apart, and, where an activity has no heartbeat timeout, the second.
    pub max_heartbeat_throttle_ms: u64,
    pub default_heartbeat_throttle_ms: u64,
    /// How long activities may go on after the shutdown began; then they are cancelled.
    pub graceful_shutdown_ms: u64,
    /// Activities that a workflow task may start here at once, without the queue; 0 is none.
    pub max_eager_activities_per_task: usize,
    /// Of this worker; absent is no limit.
    pub max_activities_per_second: Option<f64>,
    /// Of the whole queue, kept by the server; absent is no limit. Turns eager activities off.
    pub max_task_queue_activities_per_second: Option<f64>,
    /// Tells versions of the worker apart in histories; nothing is decided by it.
    pub build_id: String,
    /// Instead of the connection's.
    pub identity: Option<String>,
    /// True: code that does not fit the history fails the workflow, not only its task.
    pub fail_workflow_on_nondeterminism: bool,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            namespace: String::new(),
            task_queue: String::new(),
            max_cached_workflows: 1000,
            max_outstanding_workflow_tasks: None,
            max_outstanding_activities: None,
            max_outstanding_local_activities: None,
            workflow_pollers: None,
            activity_pollers: None,
            nonsticky_to_sticky_poll_ratio: 0.2,
            enable_workflows: true,
            enable_local_activities: true,
            enable_remote_activities: true,
            sticky_timeout_ms: 10_000,
            max_heartbeat_throttle_ms: 60_000,
            default_heartbeat_throttle_ms: 30_000,
            graceful_shutdown_ms: 0,
            max_eager_activities_per_task: 3,
            max_activities_per_second: None,
            max_task_queue_activities_per_second: None,
            build_id: String::new(),
            identity: None,
            fail_workflow_on_nondeterminism: false,
        }
    }
}

impl WorkerOptions {
    /// A replayer talks to no server, so the names only show in its log.
    pub fn for_replay(mut self) -> Self {
        for (name, stand_in) in [(&mut self.namespace, "default"), (&mut self.task_queue, "replay")] {
            if name.is_empty() {
                *name = stand_in.to_owned();
            }
        }
        self
    }

    pub fn graceful_shutdown(&self) -> Duration {
        Duration::from_millis(self.graceful_shutdown_ms)
    }

    /// With `activity_slots`, max_outstanding_activities means nothing.
    pub fn build(self, activity_slots: Option<Arc<ActivitySlots>>) -> Result<WorkerConfig, String> {
        for (name, value) in [("namespace", &self.namespace), ("task_queue", &self.task_queue)] {
            if value.is_empty() {
                return Err(format!("{name} is missing"));
            }
        }
        let task_types = WorkerTaskTypes {
            enable_workflows: self.enable_workflows,
            enable_local_activities: self.enable_local_activities,
            enable_remote_activities: self.enable_remote_activities,
            enable_nexus: false,
        };
        let graceful_shutdown = self.graceful_shutdown();
        let tuner = activity_slots.map(|slots| self.tuner(slots)).transpose()?;
        // Core takes one or the other.
        let fixed = |slots: Option<usize>| slots.filter(|_| tuner.is_none());
        WorkerConfig::builder()
            .namespace(self.namespace)
            .task_queue(self.task_queue)
            .task_types(task_types)
            .versioning_strategy(WorkerVersioningStrategy::None { build_id: self.build_id })
            .maybe_client_identity_override(self.identity.filter(|identity| !identity.is_empty()))
            .max_cached_workflows(self.max_cached_workflows)
            .maybe_max_outstanding_workflow_tasks(fixed(self.max_outstanding_workflow_tasks))
            .maybe_max_outstanding_activities(fixed(self.max_outstanding_activities))
            .maybe_max_outstanding_local_activities(fixed(self.max_outstanding_local_activities))
            .maybe_tuner(tuner)
            .maybe_workflow_task_poller_behavior(self.workflow_pollers.map(PollerBehavior::SimpleMaximum))
            .maybe_activity_task_poller_behavior(self.activity_pollers.map(PollerBehavior::SimpleMaximum))
            .nonsticky_to_sticky_poll_ratio(self.nonsticky_to_sticky_poll_ratio)
            .sticky_queue_schedule_to_start_timeout(Duration::from_millis(self.sticky_timeout_ms))
            .max_heartbeat_throttle_interval(Duration::from_millis(self.max_heartbeat_throttle_ms))
            .default_heartbeat_throttle_interval(Duration::from_millis(self.default_heartbeat_throttle_ms))
            // Never left out: core would then not cancel activities at all, and the shutdown wait for them.
            .graceful_shutdown_period(graceful_shutdown)
            .max_eager_activity_reservations_per_workflow_task(self.max_eager_activities_per_task)
            .maybe_max_worker_activities_per_second(self.max_activities_per_second)
            .maybe_max_task_queue_activities_per_second(self.max_task_queue_activities_per_second)
            .workflow_failure_errors(failing_errors(self.fail_workflow_on_nondeterminism))
            .build()
    }
}

impl WorkerOptions {
    fn tuner(
        &self,
        activity_slots: Arc<ActivitySlots>,
    ) -> Result<Arc<dyn WorkerTuner + Send + Sync>, String> {
        let workflow_tasks = self.max_outstanding_workflow_tasks.unwrap_or(DEFAULT_SLOTS);
        if self.max_cached_workflows > 0 && workflow_tasks < 2 {
            return Err(
                "max_outstanding_workflow_tasks has to be at least 2 where workflows are cached".to_owned()
            );
        }
        let local_activities = self.max_outstanding_local_activities.unwrap_or(DEFAULT_SLOTS);
        let tuner = TunerBuilder::default()
            .workflow_slot_supplier(Arc::new(FixedSizeSlotSupplier::new(workflow_tasks)))
            .local_activity_slot_supplier(Arc::new(FixedSizeSlotSupplier::new(local_activities)))
            .activity_slot_supplier(activity_slots)
            .build();
        Ok(Arc::new(tuner))
    }
}

fn failing_errors(nondeterminism: bool) -> HashSet<WorkflowErrorType> {
    nondeterminism.then_some(WorkflowErrorType::Nondeterminism).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(json: serde_json::Value) -> Result<WorkerConfig, String> {
        let options: WorkerOptions = serde_json::from_value(json).map_err(|error| error.to_string())?;
        options.build(None)
    }

    fn error_of(json: serde_json::Value) -> String {
        build(json).err().unwrap_or_default()
    }

    #[test]
    fn defaults_cache_workflows_and_end_activities_at_shutdown() {
        let config = build(serde_json::json!({"namespace": "default", "task_queue": "queue"})).unwrap();

        assert_eq!(config.max_cached_workflows, 1000);
        assert_eq!(config.graceful_shutdown_period, Some(Duration::ZERO));
        assert!(config.workflow_task_poller_behavior.is_none());
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(error_of(serde_json::json!({"namespace": "default"})), "task_queue is missing");
        assert_eq!(error_of(serde_json::json!({"task_queue": "queue"})), "namespace is missing");
    }

    #[test]
    fn an_unknown_key_is_named() {
        assert!(error_of(serde_json::json!({"task_que": "queue"})).contains("`task_que`"));
    }

    #[test]
    fn what_core_refuses_is_refused_with_its_reason() {
        let no_types = serde_json::json!({"namespace": "n", "task_queue": "q", "enable_workflows": false,
            "enable_local_activities": false, "enable_remote_activities": false});

        assert!(error_of(no_types).contains("At least one task type"));
    }
}

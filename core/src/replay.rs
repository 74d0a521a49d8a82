//! A worker that is fed recorded histories instead of a server's tasks.

use std::sync::Arc;

use prost::Message;
use temporalio_protos::temporal::api::history::v1::{History, history_event::Attributes};
use temporalio_sdk_core::{
    init_replay_worker,
    replay::{HistoryFeeder, HistoryForReplay, HistoryInfo, ReplayWorkerInput},
};

use crate::{
    context::Context,
    failure,
    job::Job,
    runtime::tcore_runtime,
    worker::{Answer, tcore_worker},
    worker_options::WorkerOptions,
};

/// Histories that may wait while one is replayed.
const WAITING_HISTORIES: usize = 1;

/// The end of the stream is when it is freed.
pub struct tcore_feeder {
    feeder: Arc<HistoryFeeder>,
    context: Context,
}

/// The worker shuts itself down at the end of the stream.
pub fn start(
    runtime: &tcore_runtime,
    options: WorkerOptions,
) -> Result<(tcore_worker, tcore_feeder), String> {
    let context = runtime.context().clone();
    let graceful = options.graceful_shutdown();
    let config = options.for_replay().build(None)?;
    let (feeder, histories) = HistoryFeeder::new(WAITING_HISTORIES);

    let entered = context.enter();
    let worker = init_replay_worker(ReplayWorkerInput::new(config, histories))
        .map_err(|error| failure::chain(error.as_ref()))?;
    drop(entered);

    let feeder = tcore_feeder { feeder: Arc::new(feeder), context: context.clone() };
    Ok((tcore_worker::of(context, worker, graceful), feeder))
}

impl tcore_feeder {
    /// The answer comes when the worker has room for the history, not when it was replayed.
    pub fn push(&self, workflow_id: &str, history: &[u8]) -> Result<Job<impl Answer + use<>>, String> {
        let history = checked(history)?;
        let history = HistoryForReplay::new(history, workflow_id);
        let feeder = self.feeder.clone();
        Ok(Job::new(self.context.clone(), async move {
            feeder.feed(history).await.map_err(|_| "the replayer is shut down".to_owned())?;
            Ok(Vec::new())
        }))
    }
}

/// Refuses what core would panic at.
fn checked(bytes: &[u8]) -> Result<History, String> {
    let history = History::decode(bytes).map_err(|error| format!("not a History: {error}"))?;
    HistoryInfo::new_from_history(&history, None)
        .map_err(|error| format!("history: {}", failure::chain(error.as_ref())))?;
    let started = history.events.first().and_then(|event| event.attributes.as_ref());
    let Some(Attributes::WorkflowExecutionStartedEventAttributes(started)) = started else {
        return Err("history: the first event is not WorkflowExecutionStarted".to_owned());
    };
    if started.original_execution_run_id.is_empty() {
        return Err("history: the started event has no original_execution_run_id".to_owned());
    }
    if started.task_queue.is_none() {
        return Err("history: the started event has no task_queue".to_owned());
    }
    Ok(history)
}

#[cfg(test)]
pub mod tests {
    use std::time::SystemTime;

    use temporalio_protos::temporal::api::{
        enums::v1::EventType,
        history::v1::{
            HistoryEvent, WorkflowExecutionStartedEventAttributes, WorkflowTaskScheduledEventAttributes,
            WorkflowTaskStartedEventAttributes,
        },
        taskqueue::v1::TaskQueue,
    };

    use super::*;

    fn event(event_id: i64, event_type: EventType, attributes: impl Into<Attributes>) -> HistoryEvent {
        HistoryEvent {
            event_id,
            event_type: event_type as i32,
            event_time: Some(SystemTime::UNIX_EPOCH.into()),
            attributes: Some(attributes.into()),
            ..Default::default()
        }
    }

    /// A workflow whose first task is under way.
    pub fn started_history() -> Vec<u8> {
        let started = WorkflowExecutionStartedEventAttributes {
            workflow_type: Some("type".to_owned().into()),
            task_queue: Some(TaskQueue::default()),
            original_execution_run_id: "run".to_owned(),
            ..Default::default()
        };
        let scheduled = WorkflowTaskScheduledEventAttributes::default();
        let task = WorkflowTaskStartedEventAttributes { scheduled_event_id: 2, ..Default::default() };
        let events = vec![
            event(1, EventType::WorkflowExecutionStarted, started),
            event(2, EventType::WorkflowTaskScheduled, scheduled),
            event(3, EventType::WorkflowTaskStarted, task),
        ];
        History { events }.encode_to_vec()
    }

    fn error_of(history: History) -> String {
        checked(&history.encode_to_vec()).err().unwrap_or_default()
    }

    #[test]
    fn a_history_that_does_not_begin_with_a_start_is_refused() {
        let history = History { events: vec![HistoryEvent::default()] };

        assert!(error_of(History::default()).contains("empty"));
        assert!(error_of(history).contains("workflow execution started"));
    }

    #[test]
    fn a_start_without_what_core_needs_is_refused() {
        let started = WorkflowExecutionStartedEventAttributes {
            workflow_type: Some("type".to_owned().into()),
            ..Default::default()
        };
        let event = HistoryEvent { attributes: Some(started.into()), ..Default::default() };

        assert!(error_of(History { events: vec![event] }).contains("original_execution_run_id"));
    }
}

//! The loops that poll for tasks and hand them to the C++ side.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use prost::Message;
use temporalio_protos::{
    coresdk::{
        ActivityTaskCompletion,
        activity_result::ActivityExecutionResult,
        activity_task::{ActivityTask, activity_task},
        workflow_activation::WorkflowActivation,
        workflow_completion::WorkflowActivationCompletion,
    },
    temporal::api::failure::v1::Failure,
};
use temporalio_sdk_core::{PollError, Worker};

use crate::{callback::TaskSink, failure, ffi};

pub const TCORE_TASK_WORKFLOW: u32 = 1;
pub const TCORE_TASK_ACTIVITY: u32 = 2;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A kind of task that a worker polls for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Workflow,
    Activity,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Workflow, Self::Activity];

    /// Its number at the border; also its bit in a set of kinds.
    pub fn number(self) -> u32 {
        match self {
            Self::Workflow => TCORE_TASK_WORKFLOW,
            Self::Activity => TCORE_TASK_ACTIVITY,
        }
    }

    /// Hands the tasks to `sink`.
    pub async fn pump(self, worker: Arc<Worker>, sink: TaskSink) {
        match self {
            Self::Workflow => poll::<Workflows>(&worker, Some(&sink)).await,
            Self::Activity => poll::<Activities>(&worker, Some(&sink)).await,
        }
        // Whoever hears the last call must find the worker let go.
        drop(worker);
        drop(sink);
    }

    /// Polls a kind that nobody serves: core's shutdown waits until that was done.
    pub async fn drain(self, worker: Arc<Worker>) {
        match self {
            Self::Workflow => poll::<Workflows>(&worker, None).await,
            Self::Activity => poll::<Activities>(&worker, None).await,
        }
    }
}

/// The two sides of a kind in core.
trait Source {
    type Task: Message;

    fn next(worker: &Worker) -> impl Future<Output = Result<Self::Task, PollError>> + Send;
    /// Completes a task that nobody is there for.
    fn refuse(worker: &Worker, task: Self::Task) -> impl Future<Output = Result<(), String>> + Send;
}

/// Polls until the shutdown; there is always one poll open, for core does work of its own inside it. Core shuts a
/// worker down by itself after an error that it cannot mend, but goes on to hand out what it still has: so the
/// loop does not end with the error.
async fn poll<S: Source>(worker: &Worker, sink: Option<&TaskSink>) {
    let mut pause = FIRST_PAUSE;
    loop {
        match AssertUnwindSafe(S::next(worker)).catch_unwind().await {
            Ok(Ok(task)) => {
                pause = FIRST_PAUSE;
                serve::<S>(worker, sink, task).await;
            }
            Ok(Err(PollError::ShutDown)) => return,
            Ok(Err(PollError::TonicError(status))) => {
                let reason = failure::chain_of_status(&status);
                report(sink, format!("{:?}: {reason}", status.code()));
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(panic) => {
                report(sink, ffi::panic_message(&*panic));
                worker.initiate_shutdown();
                return;
            }
        }
    }
}

async fn serve<S: Source>(worker: &Worker, sink: Option<&TaskSink>, task: S::Task) {
    match sink {
        Some(sink) => sink.task(task.encode_to_vec()),
        None => {
            if let Err(error) = S::refuse(worker, task).await {
                report(sink, error);
            }
        }
    }
}

fn report(sink: Option<&TaskSink>, error: String) {
    match sink {
        Some(sink) => sink.error(error),
        None => tracing::error!(target: "temporal_core", "while draining: {error}"),
    }
}

struct Workflows;

impl Source for Workflows {
    type Task = WorkflowActivation;

    async fn next(worker: &Worker) -> Result<WorkflowActivation, PollError> {
        worker.poll_workflow_activation().await
    }

    async fn refuse(worker: &Worker, task: WorkflowActivation) -> Result<(), String> {
        let completion = if task.is_only_eviction() {
            WorkflowActivationCompletion::empty(task.run_id)
        } else {
            WorkflowActivationCompletion::fail(task.run_id, shutting_down(), None)
        };
        worker.complete_workflow_activation(completion).await.map_err(|error| error.to_string())
    }
}

struct Activities;

impl Source for Activities {
    type Task = ActivityTask;

    async fn next(worker: &Worker) -> Result<ActivityTask, PollError> {
        worker.poll_activity_task().await
    }

    async fn refuse(worker: &Worker, task: ActivityTask) -> Result<(), String> {
        if !matches!(task.variant, Some(activity_task::Variant::Start(_))) {
            return Ok(()); // the cancel of a task that is refused already
        }
        let completion = ActivityTaskCompletion {
            task_token: task.task_token,
            result: Some(ActivityExecutionResult::fail(shutting_down())),
        };
        worker.complete_activity_task(completion).await.map_err(|error| error.to_string())
    }
}

fn shutting_down() -> Failure {
    Failure::application_failure("the worker is shutting down".to_owned(), false)
}

//! A worker: its pumps, its completions and its end.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use prost::Message;
use temporalio_protos::coresdk::{
    ActivityHeartbeat, ActivityTaskCompletion, workflow_completion::WorkflowActivationCompletion,
};
use temporalio_sdk_core::{
    CompleteActivityError, CompleteWfError, Worker, WorkerValidationError, init_worker,
};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{
    callback::TaskSink, connection::tcore_connection, context::Context, failure, job::Job, pump::Kind,
    runtime::tcore_runtime, slots::ActivitySlots, worker_options::WorkerOptions,
};

/// What the end of a worker may take beyond the graceful shutdown of its activities.
const FINALIZE_LIMIT: Duration = Duration::from_secs(60);

/// The work behind a `tcore_done_fn`.
pub trait Answer: Future<Output = Result<Vec<u8>, String>> {}

impl<F: Future<Output = Result<Vec<u8>, String>>> Answer for F {}

pub struct tcore_worker {
    shared: Arc<Shared>,
}

/// Outlives the handle while pumps and calls go on.
struct Shared {
    context: Context,
    /// None once it is finalized. Sync calls hold the lock, tasks hold the `Arc`: the finalizer waits for both
    /// and then has the only reference, which core's last step demands.
    worker: RwLock<Option<Arc<Worker>>>,
    stage: Mutex<Stage>,
    workflow_pump: TaskTracker,
    activity_pump: TaskTracker,
    completions: TaskTracker,
    /// Ends the pumps without waiting for core.
    abandoned: CancellationToken,
    finalize_limit: Duration,
}

/// How far a worker is in its life.
#[derive(Default)]
struct Stage {
    started: Vec<Kind>,
    finalizing: bool,
}

impl tcore_worker {
    pub fn new(
        runtime: &tcore_runtime,
        connection: &tcore_connection,
        options: WorkerOptions,
        activity_slots: Option<Arc<ActivitySlots>>,
    ) -> Result<Self, String> {
        let context = runtime.context().clone();
        let graceful = options.graceful_shutdown();
        let config = options.build(activity_slots)?;
        let _entered = context.enter();
        let worker = init_worker(runtime.core(), config, connection.connection().clone())
            .map_err(|error| failure::chain(error.as_ref()))?;
        Ok(Self::of(context.clone(), worker, graceful))
    }

    pub fn of(context: Context, worker: Worker, graceful_shutdown: Duration) -> Self {
        let shared = Shared {
            context,
            worker: RwLock::new(Some(Arc::new(worker))),
            stage: Mutex::default(),
            workflow_pump: TaskTracker::new(),
            activity_pump: TaskTracker::new(),
            completions: TaskTracker::new(),
            abandoned: CancellationToken::new(),
            finalize_limit: graceful_shutdown + FINALIZE_LIMIT,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Asks the server for the namespace, and with that for its limits and capabilities.
    pub fn validate(&self) -> Result<Job<impl Answer + use<>>, String> {
        self.shared.job(|worker| async move {
            match worker.validate().await {
                Ok(namespace) => Ok(namespace.encode_to_vec()),
                Err(WorkerValidationError::NamespaceDescribeError { source, namespace }) => {
                    let reason = failure::chain_of_status(&source);
                    Err(format!("namespace '{namespace}': {:?}: {reason}", source.code()))
                }
            }
        })
    }

    /// Starts the pumps of `kinds`, each once.
    pub fn start(&self, kinds: u32, sink: impl Fn(Kind) -> TaskSink) {
        for kind in Kind::ALL {
            if kinds & kind.number() != 0 {
                self.shared.start_pump(kind, sink(kind));
            }
        }
    }

    pub fn complete_activation(&self, completion: &[u8]) -> Result<Job<impl Answer + use<>>, String> {
        let completion = WorkflowActivationCompletion::decode(completion)
            .map_err(|error| format!("not a WorkflowActivationCompletion: {error}"))?;
        self.shared.job(|worker| async move {
            match worker.complete_workflow_activation(completion).await {
                Ok(()) => Ok(Vec::new()),
                Err(CompleteWfError::MalformedWorkflowCompletion { reason, run_id }) => {
                    Err(format!("malformed completion of run {run_id}: {reason}"))
                }
                Err(error) => Err(error.to_string()),
            }
        })
    }

    pub fn complete_activity(&self, completion: &[u8]) -> Result<Job<impl Answer + use<>>, String> {
        let completion = ActivityTaskCompletion::decode(completion)
            .map_err(|error| format!("not an ActivityTaskCompletion: {error}"))?;
        self.shared.job(|worker| async move {
            match worker.complete_activity_task(completion).await {
                Ok(()) => Ok(Vec::new()),
                // Its own text has the whole completion in it, and so the users' data.
                Err(CompleteActivityError::MalformedActivityCompletion { reason, .. }) => {
                    Err(format!("malformed completion of an activity: {reason}"))
                }
                Err(error) => Err(error.to_string()),
            }
        })
    }

    /// Core throttles and sends it later.
    pub fn heartbeat(&self, heartbeat: &[u8]) -> Result<(), String> {
        let heartbeat = ActivityHeartbeat::decode(heartbeat)
            .map_err(|error| format!("not an ActivityHeartbeat: {error}"))?;
        self.shared.call(|worker| worker.record_activity_heartbeat(heartbeat))
    }

    pub fn request_eviction(&self, run_id: &str) -> Result<(), String> {
        self.shared.call(|worker| worker.request_workflow_eviction(run_id))
    }

    pub fn initiate_shutdown(&self) -> Result<(), String> {
        self.shared.call(Worker::initiate_shutdown)
    }

    /// Shuts down, waits for the pumps and the completions, and lets the worker go.
    pub fn finalize(&self) -> Result<Job<impl Answer + use<>>, String> {
        let shared = self.shared.clone();
        shared.begin_finalize()?;
        Ok(Job::new(shared.context.clone(), async move {
            let limit = shared.finalize_limit;
            match tokio::time::timeout(limit, shared.finish()).await {
                Ok(outcome) => outcome.map(|()| Vec::new()),
                Err(_) => Err(shared.abandon(limit)),
            }
        }))
    }

    /// After a finalize this is memory only. Without one, the worker shuts down, and its pumps and calls go on
    /// until they are over.
    pub fn free(self) {
        let shared = self.shared;
        let context = shared.context.clone();
        let _entered = context.enter();
        if let Some(worker) = shared.worker().as_ref() {
            worker.initiate_shutdown();
        }
        drop(shared);
    }
}

impl Shared {
    fn worker(&self) -> RwLockReadGuard<'_, Option<Arc<Worker>>> {
        self.worker.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call that is over when it returns.
    fn call(&self, call: impl FnOnce(&Worker)) -> Result<(), String> {
        let _entered = self.context.enter();
        let guard = self.worker();
        call(guard.as_ref().ok_or_else(finalized)?);
        Ok(())
    }

    /// A call that the finalizer waits for.
    fn job<F>(&self, call: impl FnOnce(Arc<Worker>) -> F) -> Result<Job<F>, String> {
        let guard = self.worker();
        let worker = guard.clone().ok_or_else(finalized)?;
        let token = Some(self.completions.token());
        Ok(Job { context: self.context.clone(), work: call(worker), token })
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pump(&self, kind: Kind) -> &TaskTracker {
        match kind {
            Kind::Workflow => &self.workflow_pump,
            Kind::Activity => &self.activity_pump,
        }
    }

    fn start_pump(&self, kind: Kind, sink: TaskSink) {
        match self.admit_pump(kind) {
            Ok((worker, token)) => {
                let abandoned = self.abandoned.clone();
                self.context.spawn(async move {
                    tokio::select! {
                        () = kind.pump(worker, sink) => {}
                        () = abandoned.cancelled() => {}
                    }
                    drop(token);
                });
            }
            Err(refusal) => sink.error(refusal),
        }
    }

    /// Apart from the start, so that no callback fires under the lock.
    fn admit_pump(&self, kind: Kind) -> Result<(Arc<Worker>, TaskTrackerToken), String> {
        let mut stage = self.stage();
        let worker = self.worker().clone().ok_or_else(finalized)?;
        if stage.finalizing {
            return Err("the worker is being finalized".to_owned());
        }
        if stage.started.contains(&kind) {
            return Err("this kind of task is polled already".to_owned());
        }
        stage.started.push(kind);
        Ok((worker, self.pump(kind).token()))
    }

    fn begin_finalize(&self) -> Result<(), String> {
        let mut stage = self.stage();
        let worker = self.worker().clone().ok_or_else(finalized)?;
        if stage.finalizing {
            return Err("the worker is being finalized already".to_owned());
        }
        stage.finalizing = true;
        let _entered = self.context.enter();
        worker.initiate_shutdown();
        for kind in Kind::ALL {
            if !stage.started.contains(&kind) {
                let drain = kind.drain(worker.clone());
                self.context.spawn(self.pump(kind).track_future(drain));
            }
        }
        Ok(())
    }

    async fn finish(&self) -> Result<(), String> {
        for kind in Kind::ALL {
            self.pump(kind).close();
            self.pump(kind).wait().await;
        }
        // No call can begin after this, and those under way are waited for.
        let worker = self.take();
        self.completions.close();
        self.completions.wait().await;
        let worker = worker.and_then(Arc::into_inner);
        worker.ok_or("the worker is still in use")?.finalize_shutdown().await;
        Ok(())
    }

    fn take(&self) -> Option<Arc<Worker>> {
        self.worker.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Gives up on the pumps, so that no task arrives long after the answer.
    fn abandon(&self, limit: Duration) -> String {
        let polling = Kind::ALL.into_iter().filter(|kind| !self.pump(*kind).is_empty());
        let polling: Vec<_> = polling.map(|kind| format!("{kind:?}")).collect();
        self.abandoned.cancel();
        drop(self.take());
        format!("not shut down after {limit:?}; tasks of these kinds were not completed: {polling:?}")
    }
}

fn finalized() -> String {
    "the worker is finalized".to_owned()
}

#[cfg(test)]
mod tests {
    use std::{
        ffi::c_void,
        ptr,
        sync::mpsc::{Sender, channel},
    };

    use super::*;
    use crate::{
        callback::Reply,
        ffi::{TCORE_OK, TCORE_SHUTDOWN, tcore_buf},
        job, replay,
        runtime::RuntimeOptions,
    };

    unsafe extern "C" fn on_task(user: *mut c_void, _kind: u32, status: i32, task: tcore_buf) {
        unsafe { task.free() };
        let _ = unsafe { &*user.cast::<Sender<i32>>() }.send(status);
    }

    fn outcome<F: Answer + Send + 'static>(job: Result<Job<F>, String>) -> Result<Vec<u8>, String> {
        let (sender, receiver) = channel();
        job::run(Reply::new(move |outcome| sender.send(outcome).unwrap()), || job);
        receiver.recv().unwrap()
    }

    #[test]
    fn a_task_that_is_never_completed_does_not_hold_up_the_end_for_ever() {
        let options = RuntimeOptions::default();
        let (runtime, _) = tcore_runtime::start(options, None, ptr::null_mut()).unwrap();
        let (mut worker, feeder) = replay::start(&runtime, WorkerOptions::default()).unwrap();
        Arc::get_mut(&mut worker.shared).unwrap().finalize_limit = Duration::from_millis(50);
        let (sender, statuses) = channel::<i32>();
        let user = ptr::from_ref(&*Box::leak(Box::new(sender))).cast_mut().cast();
        worker.start(Kind::Workflow.number(), |kind| TaskSink::new(Some(on_task), user, kind.number()));
        outcome(feeder.push("workflow", &replay::tests::started_history())).unwrap();
        assert_eq!(statuses.recv().unwrap(), TCORE_OK);

        let error = outcome(worker.finalize()).unwrap_err();

        assert!(error.contains("not shut down after 50ms") && error.contains("[\"Workflow\"]"), "{error}");
        assert_eq!(statuses.recv().unwrap(), TCORE_SHUTDOWN);
        worker.free();
        runtime.stop();
    }
}

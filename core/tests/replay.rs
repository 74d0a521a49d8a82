//! A worker from its start to its end, over the C functions alone; a replayer needs no server.

mod support;

use std::{iter, ptr, time::SystemTime};

use prost::Message;
use support::{EMPTY, Runtime, Tasks, begin, reference, text, wait};
use temporal_core::*;
use temporalio_protos::{
    coresdk::{
        workflow_activation::{
            WorkflowActivation, remove_from_cache::EvictionReason, workflow_activation_job::Variant,
        },
        workflow_commands::{CompleteWorkflowExecution, StartTimer, workflow_command},
        workflow_completion::WorkflowActivationCompletion,
    },
    temporal::api::{
        enums::v1::EventType,
        history::v1::{
            History, HistoryEvent, WorkflowExecutionCompletedEventAttributes,
            WorkflowExecutionStartedEventAttributes, WorkflowTaskCompletedEventAttributes,
            WorkflowTaskScheduledEventAttributes, WorkflowTaskStartedEventAttributes,
            history_event::Attributes,
        },
        taskqueue::v1::TaskQueue,
    },
};

const RUN_ID: &str = "a-run";

fn event(event_id: i64, event_type: EventType, attributes: impl Into<Attributes>) -> HistoryEvent {
    HistoryEvent {
        event_id,
        event_type: event_type as i32,
        event_time: Some(SystemTime::UNIX_EPOCH.into()),
        attributes: Some(attributes.into()),
        ..Default::default()
    }
}

/// A workflow that completed at its first task.
fn history() -> Vec<u8> {
    let started = WorkflowExecutionStartedEventAttributes {
        workflow_type: Some("Greeting".to_owned().into()),
        task_queue: Some(TaskQueue { name: "queue".to_owned(), ..Default::default() }),
        original_execution_run_id: RUN_ID.to_owned(),
        ..Default::default()
    };
    let task = WorkflowTaskCompletedEventAttributes {
        scheduled_event_id: 2,
        started_event_id: 3,
        ..Default::default()
    };
    let completed = WorkflowExecutionCompletedEventAttributes {
        workflow_task_completed_event_id: 4,
        ..Default::default()
    };
    let scheduled = WorkflowTaskScheduledEventAttributes::default();
    let task_started = WorkflowTaskStartedEventAttributes { scheduled_event_id: 2, ..Default::default() };
    let events = vec![
        event(1, EventType::WorkflowExecutionStarted, started),
        event(2, EventType::WorkflowTaskScheduled, scheduled),
        event(3, EventType::WorkflowTaskStarted, task_started),
        event(4, EventType::WorkflowTaskCompleted, task),
        event(5, EventType::WorkflowExecutionCompleted, completed),
    ];
    History { events }.encode_to_vec()
}

fn replayer(runtime: &Runtime) -> (*mut tcore_worker, *mut tcore_feeder) {
    let (mut worker, mut feeder, mut error) = (ptr::null_mut(), ptr::null_mut(), EMPTY);
    let status =
        unsafe { tcore_replayer_new(runtime.0, reference(b"{}"), &mut worker, &mut feeder, &mut error) };
    assert_eq!((status, text(error)), (TCORE_OK, String::new()));
    (worker, feeder)
}

fn push(feeder: *mut tcore_feeder, history: &[u8]) -> support::Done {
    wait(|done, user| unsafe {
        tcore_feeder_push(feeder, reference(b"a-workflow"), reference(history), done, user);
    })
}

fn complete(worker: *mut tcore_worker, completion: WorkflowActivationCompletion) {
    let bytes = completion.encode_to_vec();
    let done = wait(|done, user| unsafe {
        tcore_worker_complete_activation(worker, reference(&bytes), done, user);
    });
    assert_eq!(done, Ok(Vec::new()));
}

fn finalize(worker: *mut tcore_worker) -> support::Done {
    wait(|done, user| unsafe { tcore_worker_finalize(worker, done, user) })
}

/// Answers the first task with `command` and gives the reason of the eviction that follows.
fn replay(tasks: &Tasks, worker: *mut tcore_worker, command: workflow_command::Variant) -> EvictionReason {
    let mut command = Some(command);
    loop {
        let task = tasks.next();
        assert_eq!((task.kind, task.status), (TCORE_TASK_WORKFLOW, TCORE_OK));
        let activation = WorkflowActivation::decode(task.body.as_slice()).unwrap();
        assert_eq!(activation.run_id, RUN_ID);
        if let Some(reason) = activation.eviction_reason() {
            complete(worker, WorkflowActivationCompletion::empty(RUN_ID));
            return reason;
        }
        assert!(matches!(activation.jobs[0].variant, Some(Variant::InitializeWorkflow(_))));
        complete(worker, WorkflowActivationCompletion::from_cmd(RUN_ID, command.take().unwrap()));
    }
}

fn fitting() -> workflow_command::Variant {
    CompleteWorkflowExecution::default().into()
}

#[test]
fn a_history_is_replayed_and_the_worker_ends() {
    let runtime = Runtime::new();
    let (worker, feeder) = replayer(&runtime);
    let tasks = Tasks::new();
    tasks.start(worker, TCORE_TASK_WORKFLOW);

    assert_eq!(push(feeder, &history()), Ok(Vec::new()));
    assert_eq!(replay(&tasks, worker, fitting()), EvictionReason::LangRequested);
    unsafe { tcore_feeder_free(feeder) };

    assert_eq!(tasks.next().status, TCORE_SHUTDOWN);
    assert_eq!(finalize(worker), Ok(Vec::new()));
    assert!(tasks.is_empty());
    unsafe { tcore_worker_free(worker) };
}

#[test]
fn code_that_does_not_fit_the_history_is_found_out() {
    let runtime = Runtime::new();
    let (worker, feeder) = replayer(&runtime);
    let tasks = Tasks::new();
    tasks.start(worker, TCORE_TASK_WORKFLOW);

    push(feeder, &history()).unwrap();
    let timer = StartTimer { seq: 1, ..Default::default() };
    let reason = replay(&tasks, worker, timer.into());

    assert_eq!(reason, EvictionReason::Nondeterminism);
    unsafe { tcore_feeder_free(feeder) };
    assert_eq!(finalize(worker), Ok(Vec::new()));
    unsafe { tcore_worker_free(worker) };
}

#[test]
fn what_core_would_panic_at_is_refused() {
    let runtime = Runtime::new();
    let (worker, feeder) = replayer(&runtime);

    let without_start = History { events: vec![HistoryEvent::default()] }.encode_to_vec();

    assert!(push(feeder, &without_start).unwrap_err().contains("workflow execution started"));
    assert!(push(feeder, b"\xff").unwrap_err().contains("not a History"));
    unsafe { tcore_feeder_free(feeder) };
    finalize(worker).unwrap();
    unsafe { tcore_worker_free(worker) };
}

#[test]
fn a_worker_that_was_never_started_can_be_finalized() {
    let runtime = Runtime::new();
    let (worker, feeder) = replayer(&runtime);

    assert_eq!(finalize(worker), Ok(Vec::new()));

    assert_eq!(push(feeder, &history()), Err("the replayer is shut down".to_owned()));
    unsafe { tcore_feeder_free(feeder) };
    unsafe { tcore_worker_free(worker) };
}

#[test]
fn a_finalized_worker_refuses_every_call() {
    let runtime = Runtime::new();
    let (worker, feeder) = replayer(&runtime);
    finalize(worker).unwrap();

    let finalized = "the worker is finalized";
    assert_eq!(finalize(worker), Err(finalized.to_owned()));
    let validated = wait(|done, user| unsafe { tcore_worker_validate(worker, done, user) });
    assert_eq!(validated, Err(finalized.to_owned()));
    let mut error = EMPTY;
    assert_eq!(unsafe { tcore_worker_heartbeat(worker, reference(b""), &mut error) }, TCORE_ERROR);
    assert_eq!(text(error), finalized);
    unsafe { tcore_worker_initiate_shutdown(worker) };

    unsafe { tcore_feeder_free(feeder) };
    unsafe { tcore_worker_free(worker) };
}

#[test]
fn a_finalize_waits_for_tasks_that_are_not_completed_yet() {
    let runtime = Runtime::new();
    let (worker, feeder) = replayer(&runtime);
    let tasks = Tasks::new();
    tasks.start(worker, TCORE_TASK_WORKFLOW);
    push(feeder, &history()).unwrap();
    let first = tasks.next();
    assert_eq!(first.status, TCORE_OK);

    let finalized = begin(|done, user| unsafe { tcore_worker_finalize(worker, done, user) });
    complete(worker, WorkflowActivationCompletion::from_cmd(RUN_ID, fitting()));
    for task in iter::from_fn(|| Some(tasks.next())).take_while(|task| task.status == TCORE_OK) {
        let activation = WorkflowActivation::decode(task.body.as_slice()).unwrap();
        assert!(activation.is_only_eviction());
        complete(worker, WorkflowActivationCompletion::empty(RUN_ID));
    }

    assert_eq!(finalized.recv_timeout(support::LIMIT).unwrap(), Ok(Vec::new()));
    unsafe { tcore_feeder_free(feeder) };
    unsafe { tcore_worker_free(worker) };
}

#[test]
fn each_kind_is_polled_once() {
    let runtime = Runtime::new();
    let (worker, feeder) = replayer(&runtime);
    let (first, second) = (Tasks::new(), Tasks::new());
    first.start(worker, TCORE_TASK_WORKFLOW);

    second.start(worker, TCORE_TASK_WORKFLOW);

    assert_eq!(second.next().status, TCORE_ERROR);
    assert_eq!(second.next().status, TCORE_SHUTDOWN);
    assert_eq!(finalize(worker), Ok(Vec::new()));
    assert_eq!(first.next().status, TCORE_SHUTDOWN);
    unsafe { tcore_feeder_free(feeder) };
    unsafe { tcore_worker_free(worker) };
}

#[test]
fn a_runtime_that_ends_first_says_goodbye_to_every_callback() {
    let runtime = Runtime::new();
    let (worker, feeder) = replayer(&runtime);
    let tasks = Tasks::new();
    tasks.start(worker, TCORE_TASK_WORKFLOW);

    drop(runtime);

    assert_eq!(tasks.next().status, TCORE_SHUTDOWN);
    assert!(finalize(worker).unwrap_err().contains("abandoned"));
    unsafe { tcore_feeder_free(feeder) };
    unsafe { tcore_worker_free(worker) };
}

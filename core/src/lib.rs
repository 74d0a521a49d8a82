//! A C ABI over Temporal's Rust core: `include/temporal_core.h`, function by function.
//!
//! The functions here only cross the border: they borrow the arguments, catch panics and answer. What they do is
//! in the modules, and so are the JSON options, each documented at its struct.
//!
//! Common to all of them:
//! - A `tcore_ref` is read before the function returns. A pointer that is null is an error, never a crash; one
//!   that was freed is undefined behaviour.
//! - A function that takes a callback answers through it alone and exactly once: at once, on the caller's thread,
//!   if the arguments are at fault, else on one of the core's threads. So no lock may be held over the call that
//!   the callback takes.
//! - No callback may block, throw, or free the runtime; the log callback may not call any function at all.

// The names are C's.
#![allow(non_camel_case_types)]
// The safety rules are the ones above.
#![allow(clippy::missing_safety_doc)]

mod callback;
mod cancel;
mod connect_failure;
mod connect_options;
mod connection;
mod context;
mod envconfig;
mod failure;
mod ffi;
mod job;
mod log;
mod pump;
mod replay;
mod rpc;
mod runtime;
mod slots;
mod target;
#[cfg(test)]
mod testing;
mod tls;
mod worker;
mod worker_options;

use std::{collections::HashMap, ffi::c_void, time::Duration};

pub use callback::{tcore_connect_fn, tcore_done_fn, tcore_rpc_fn, tcore_task_fn};
pub use cancel::tcore_cancel;
pub use connection::tcore_connection;
pub use ffi::{TCORE_ERROR, TCORE_OK, TCORE_SHUTDOWN, tcore_buf, tcore_ref};
pub use log::tcore_log_fn;
pub use pump::{TCORE_TASK_ACTIVITY, TCORE_TASK_WORKFLOW};
pub use replay::tcore_feeder;
pub use rpc::{TCORE_RPC_RETRY, TCORE_SERVICE_HEALTH, TCORE_SERVICE_OPERATOR, TCORE_SERVICE_WORKFLOW};
pub use runtime::tcore_runtime;
pub use slots::{tcore_slot_end_fn, tcore_slot_fn, tcore_slot_supplier, tcore_slot_try_fn, tcore_slots};
pub use worker::tcore_worker;

use crate::{
    callback::TaskSink,
    ffi::{answer, borrow, clear, guard_quietly, hand_out, take_back},
};

pub const TCORE_ABI_VERSION: u32 = 2;

// Many small messages, allocated here and freed there: the system's allocator costs a tenth of a worker's time.
#[cfg(not(test))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(test)]
#[global_allocator]
static ALLOCATOR: testing::CountingAllocator = testing::CountingAllocator;

/// `TCORE_ABI_VERSION` of the library; a caller that was built against another one must not go on.
#[unsafe(no_mangle)]
pub extern "C" fn tcore_abi_version() -> u32 {
    TCORE_ABI_VERSION
}

/// Frees a buffer of this library, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_buf_free(buf: tcore_buf) {
    unsafe { buf.free() };
}

/// Starts the core's threads. Options: [`runtime::RuntimeOptions`]; the answer: [`runtime::RuntimeInfo`]. Without
/// a log callback nothing is logged. `log_user` lives until `tcore_runtime_free` has returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_runtime_new(
    options_json: tcore_ref,
    log: tcore_log_fn,
    log_user: *mut c_void,
    out: *mut *mut tcore_runtime,
    info_or_error: *mut tcore_buf,
) -> i32 {
    unsafe {
        answer(info_or_error, || {
            clear(out, "out")?;
            let (runtime, info) = tcore_runtime::start(options_json.json("options")?, log, log_user)?;
            hand_out(out, runtime);
            Ok(serde_json::to_vec(&info).unwrap_or_default())
        })
    }
}

/// Ends the runtime; what callbacks are outstanding fire with an error before it returns. Blocks for up to 10 s.
/// To be called after everything made from it was freed. From one of the core's own threads it returns at once,
/// and the log may be called for a while yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_runtime_free(runtime: *mut tcore_runtime) {
    guard_quietly("tcore_runtime_free", || {
        if let Some(runtime) = unsafe { take_back(runtime) } {
            runtime.stop();
        }
        Ok(())
    });
}

/// Reads the standard client configuration. Options: [`envconfig::EnvConfigOptions`]; the answer:
/// [`envconfig::Profile`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_env_config(
    options_json: tcore_ref,
    profile_json_or_error: *mut tcore_buf,
) -> i32 {
    unsafe {
        answer(profile_json_or_error, || {
            let profile = envconfig::load(options_json.json("options")?)?;
            serde_json::to_vec(&profile).map_err(|error| error.to_string())
        })
    }
}

/// Connects and asks the server who it is. Options: [`connect_options::ConnectOptions`]; the error:
/// [`connect_failure::ConnectFailure`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_connect(
    runtime: *mut tcore_runtime,
    options_json: tcore_ref,
    done: tcore_connect_fn,
    user: *mut c_void,
) {
    job::run(callback::connect(done, user), || unsafe {
        connection::connect(borrow(runtime, "runtime")?, options_json)
    });
}

/// Changes the API key or the headers of a connection, for the workers made from it too. Options:
/// [`connection::UpdateOptions`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_connection_update(
    connection: *mut tcore_connection,
    options_json: tcore_ref,
    err: *mut tcore_buf,
) -> i32 {
    unsafe {
        answer(err, || {
            borrow(connection, "connection")?.update(options_json.json("options")?)?;
            Ok(Vec::new())
        })
    }
}

/// Calls and workers made from it go on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_connection_free(connection: *mut tcore_connection) {
    guard_quietly("tcore_connection_free", || {
        drop(unsafe { take_back(connection) });
        Ok(())
    });
}

#[unsafe(no_mangle)]
pub extern "C" fn tcore_cancel_new() -> *mut tcore_cancel {
    Box::into_raw(Box::default())
}

/// The call's callback fires with gRPC code 1, unless it has fired already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_cancel_fire(cancel: *mut tcore_cancel) {
    guard_quietly("tcore_cancel_fire", || {
        unsafe { borrow(cancel, "cancel")? }.fire();
        Ok(())
    });
}

/// Does not fire. The call may still be under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_cancel_free(cancel: *mut tcore_cancel) {
    guard_quietly("tcore_cancel_free", || {
        drop(unsafe { take_back(cancel) });
        Ok(())
    });
}

/// Calls `method` (as in the .proto: `StartWorkflowExecution`) of a service, TCORE_SERVICE_*. `metadata_json` is
/// an object of headers or empty. `timeout_ms` is for all tries together; 0 keeps core's own, 30 s, or 70 s for a
/// long poll of a history or an update. With TCORE_RPC_RETRY core retries what may be retried. `cancel` may be
/// null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_rpc(
    connection: *mut tcore_connection,
    service: u32,
    method: tcore_ref,
    request: tcore_ref,
    metadata_json: tcore_ref,
    flags: u32,
    timeout_ms: u64,
    cancel: *mut tcore_cancel,
    done: tcore_rpc_fn,
    user: *mut c_void,
) {
    job::run(callback::rpc(done, user), || unsafe {
        let connection = borrow(connection, "connection")?;
        let call = rpc::Call {
            connection: connection.connection().clone(),
            method: method.text("method")?,
            request: request.bytes(),
            metadata: metadata_json.json::<HashMap<String, String>>("metadata")?,
            flags,
            timeout: Duration::from_millis(timeout_ms),
            cancel: cancel.as_ref().map(tcore_cancel::token),
        };
        Ok(job::Job::new(connection.context().clone(), rpc::prepare(service, call)?))
    });
}

/// Slots that the caller hands out: see [`slots::tcore_slot_supplier`]. Null if one of its functions is missing.
#[unsafe(no_mangle)]
pub extern "C" fn tcore_slots_new(supplier: tcore_slot_supplier) -> *mut tcore_slots {
    tcore_slots::new(supplier).map_or(std::ptr::null_mut(), |slots| Box::into_raw(Box::new(slots)))
}

/// Answers a reservation, once. False if nobody waits for it any more: the permit is then nobody's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_slots_grant(slots: *mut tcore_slots, reservation: u64, permit: u64) -> bool {
    let mut taken = false;
    guard_quietly("tcore_slots_grant", || {
        taken = unsafe { borrow(slots, "slots")? }.grant(reservation, permit);
        Ok(())
    });
    taken
}

/// The workers made with it go on; `end` is called after the last of them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_slots_free(slots: *mut tcore_slots) {
    guard_quietly("tcore_slots_free", || {
        drop(unsafe { take_back(slots) });
        Ok(())
    });
}

/// Makes a worker; it polls from `tcore_worker_start` on. Options: [`worker_options::WorkerOptions`]. Two workers
/// of one connection and task queue may not serve the same kind of task. `activity_slots` may be null; else they are
/// instead of `max_outstanding_activities`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_new(
    runtime: *mut tcore_runtime,
    connection: *mut tcore_connection,
    options_json: tcore_ref,
    activity_slots: *mut tcore_slots,
    out: *mut *mut tcore_worker,
    err: *mut tcore_buf,
) -> i32 {
    unsafe {
        answer(err, || {
            clear(out, "out")?;
            let runtime = borrow(runtime, "runtime")?;
            let connection = borrow(connection, "connection")?;
            let slots = activity_slots.as_ref().map(tcore_slots::activity_supplier);
            hand_out(out, tcore_worker::new(runtime, connection, options_json.json("options")?, slots)?);
            Ok(Vec::new())
        })
    }
}

/// Fails if the namespace is missing. To be called once, before the start: core learns the namespace's limits
/// from it. The answer is a coresdk.NamespaceInfo.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_validate(
    worker: *mut tcore_worker,
    done: tcore_done_fn,
    user: *mut c_void,
) {
    job::run(callback::done(done, user), || unsafe { borrow(worker, "worker")? }.validate());
}

/// Begins to poll for the kinds TCORE_TASK_*, joined with `|`. Each kind may be started once; all that are
/// enabled in the options should be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_start(
    worker: *mut tcore_worker,
    kinds: u32,
    on_task: tcore_task_fn,
    user: *mut c_void,
) {
    guard_quietly("tcore_worker_start", || {
        let worker = unsafe { borrow(worker, "worker")? };
        worker.start(kinds, |kind| TaskSink::new(on_task, user, kind.number()));
        Ok(())
    });
}

/// Completes an activation, with a coresdk.workflow_completion.WorkflowActivationCompletion. The run's next
/// activation may arrive before `done` fires. `done` may be null, then errors go to the log.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_complete_activation(
    worker: *mut tcore_worker,
    completion: tcore_ref,
    done: tcore_done_fn,
    user: *mut c_void,
) {
    job::run(callback::done(done, user), || unsafe {
        borrow(worker, "worker")?.complete_activation(completion.bytes())
    });
}

/// Completes an activity, with a coresdk.ActivityTaskCompletion. `done` may be null, then errors go to the log.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_complete_activity(
    worker: *mut tcore_worker,
    completion: tcore_ref,
    done: tcore_done_fn,
    user: *mut c_void,
) {
    job::run(callback::done(done, user), || unsafe {
        borrow(worker, "worker")?.complete_activity(completion.bytes())
    });
}

/// Records a coresdk.ActivityHeartbeat; core throttles. A cancel arrives as a task, not as the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_heartbeat(
    worker: *mut tcore_worker,
    heartbeat: tcore_ref,
    err: *mut tcore_buf,
) -> i32 {
    unsafe {
        answer(err, || {
            borrow(worker, "worker")?.heartbeat(heartbeat.bytes())?;
            Ok(Vec::new())
        })
    }
}

/// Asks core to evict a run from its cache, which arrives as an activation. An unknown run is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_request_eviction(worker: *mut tcore_worker, run_id: tcore_ref) {
    guard_quietly("tcore_worker_request_eviction", || unsafe {
        borrow(worker, "worker")?.request_eviction(run_id.text("run_id")?)
    });
}

/// Begins the shutdown and returns at once. Tasks go on to arrive, evictions among them, and have to be
/// completed, until each kind has had its TCORE_SHUTDOWN.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_initiate_shutdown(worker: *mut tcore_worker) {
    guard_quietly("tcore_worker_initiate_shutdown", || {
        unsafe { borrow(worker, "worker")? }.initiate_shutdown()
    });
}

/// Initiates the shutdown if that was not done, waits for both TCORE_SHUTDOWN and for the completions under way,
/// and ends the worker. Answers with an error if tasks were left uncompleted for graceful_shutdown_ms + 60 s.
/// Afterwards no more tasks arrive, and all that is left to do with the worker is to free it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_finalize(
    worker: *mut tcore_worker,
    done: tcore_done_fn,
    user: *mut c_void,
) {
    job::run(callback::done(done, user), || unsafe { borrow(worker, "worker")? }.finalize());
}

/// To be called after the finalize; without one the worker shuts down and its callbacks go on for that long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_worker_free(worker: *mut tcore_worker) {
    guard_quietly("tcore_worker_free", || {
        if let Some(worker) = unsafe { take_back(worker) } {
            worker.free();
        }
        Ok(())
    });
}

/// Makes a worker that replays the histories pushed into `feeder`, one at a time, and is otherwise used like any
/// other: start with TCORE_TASK_WORKFLOW, complete what arrives, finalize. Each history ends with an eviction,
/// whose reason tells whether it fitted. Options: [`worker_options::WorkerOptions`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_replayer_new(
    runtime: *mut tcore_runtime,
    options_json: tcore_ref,
    out: *mut *mut tcore_worker,
    feeder: *mut *mut tcore_feeder,
    err: *mut tcore_buf,
) -> i32 {
    unsafe {
        answer(err, || {
            clear(out, "out")?;
            clear(feeder, "feeder")?;
            let (worker, feed) = replay::start(borrow(runtime, "runtime")?, options_json.json("options")?)?;
            hand_out(out, worker);
            hand_out(feeder, feed);
            Ok(Vec::new())
        })
    }
}

/// Gives the replayer a temporal.api.history.v1.History. `done` fires when there is room for it, not when it was
/// replayed; with an error if it is no history that can be replayed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_feeder_push(
    feeder: *mut tcore_feeder,
    workflow_id: tcore_ref,
    history: tcore_ref,
    done: tcore_done_fn,
    user: *mut c_void,
) {
    job::run(callback::done(done, user), || unsafe {
        borrow(feeder, "feeder")?.push(workflow_id.text("workflow_id")?, history.bytes())
    });
}

/// The end of the stream: the replayer shuts down after the histories pushed so far.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcore_feeder_free(feeder: *mut tcore_feeder) {
    guard_quietly("tcore_feeder_free", || {
        drop(unsafe { take_back(feeder) });
        Ok(())
    });
}

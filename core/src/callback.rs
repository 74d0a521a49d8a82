//! The C callbacks, each wrapped so that it fires exactly once whatever happens to the work behind it.

use std::ffi::c_void;

use crate::{
    connect_failure::ConnectFailure,
    connection::tcore_connection,
    ffi::{TCORE_ERROR, TCORE_OK, TCORE_SHUTDOWN, User, tcore_buf},
    rpc::RpcFailure,
};

/// Fires exactly once. TCORE_OK: `result` is the answer (may be empty). TCORE_ERROR: `result` is the message.
pub type tcore_done_fn = Option<unsafe extern "C" fn(user: *mut c_void, status: i32, result: tcore_buf)>;

/// Fires exactly once; `connection` is null on failure and `error` says why, as JSON {"kind","message"}.
pub type tcore_connect_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, connection: *mut tcore_connection, error: tcore_buf)>;

/// Fires exactly once. grpc_code 0: `response` holds the message. -1: refused locally, `message` says why.
pub type tcore_rpc_fn = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        grpc_code: i32,
        response: tcore_buf,
        message: tcore_buf,
        details: tcore_buf,
    ),
>;

/// Fires once per task; TCORE_SHUTDOWN is the last call for that kind.
pub type tcore_task_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, kind: u32, status: i32, task: tcore_buf)>;

type Deliver<T, E> = Box<dyn FnOnce(Result<T, E>) + Send>;

/// A promise to the C++ side. Dropping it unkept (a panic, a runtime that stops) fires the callback too: a
/// coroutine that waits for it would otherwise wait for ever.
pub struct Reply<T, E: From<String>> {
    deliver: Option<Deliver<T, E>>,
}

impl<T, E: From<String>> Reply<T, E> {
    pub fn new(deliver: impl FnOnce(Result<T, E>) + Send + 'static) -> Self {
        Self { deliver: Some(Box::new(deliver)) }
    }

    pub fn finish(mut self, outcome: Result<T, E>) {
        if let Some(deliver) = self.deliver.take() {
            deliver(outcome);
        }
    }
}

impl<T, E: From<String>> Drop for Reply<T, E> {
    fn drop(&mut self) {
        if let Some(deliver) = self.deliver.take() {
            deliver(Err(E::from("abandoned: the runtime was stopped".to_owned())));
        }
    }
}

/// Without a callback an error goes to the log.
pub fn done(call: tcore_done_fn, user: *mut c_void) -> Reply<Vec<u8>, String> {
    let user = User::new(user);
    Reply::new(move |outcome: Result<Vec<u8>, String>| {
        let (status, result) = match outcome {
            Ok(answer) => (TCORE_OK, answer),
            Err(message) => (TCORE_ERROR, message.into_bytes()),
        };
        match call {
            Some(call) => unsafe { call(user.pointer(), status, result.into()) },
            None if status == TCORE_ERROR => {
                let message = String::from_utf8_lossy(&result);
                tracing::error!(target: "temporal_core", "{message}");
            }
            None => {}
        }
    })
}

pub fn connect(call: tcore_connect_fn, user: *mut c_void) -> Reply<tcore_connection, ConnectFailure> {
    let user = User::new(user);
    Reply::new(move |outcome: Result<tcore_connection, ConnectFailure>| {
        let Some(call) = call else { return };
        let (connection, error) = match outcome {
            Ok(connection) => (Box::into_raw(Box::new(connection)), tcore_buf::EMPTY),
            Err(failure) => (std::ptr::null_mut(), failure.to_json().into()),
        };
        unsafe { call(user.pointer(), connection, error) };
    })
}

pub fn rpc(call: tcore_rpc_fn, user: *mut c_void) -> Reply<Vec<u8>, RpcFailure> {
    let user = User::new(user);
    Reply::new(move |outcome: Result<Vec<u8>, RpcFailure>| {
        let Some(call) = call else { return };
        let (code, response, message, details) = match outcome {
            Ok(response) => (0, response.into(), tcore_buf::EMPTY, tcore_buf::EMPTY),
            Err(failure) => (failure.code, tcore_buf::EMPTY, failure.message.into(), failure.details.into()),
        };
        unsafe { call(user.pointer(), code, response, message, details) };
    })
}

/// Where the tasks of one kind go; dropping it says that no more will come.
pub struct TaskSink {
    call: tcore_task_fn,
    user: User,
    kind: u32,
}

impl TaskSink {
    pub fn new(call: tcore_task_fn, user: *mut c_void, kind: u32) -> Self {
        Self { call, user: User::new(user), kind }
    }

    pub fn task(&self, task: Vec<u8>) {
        self.send(TCORE_OK, task);
    }

    pub fn error(&self, message: String) {
        self.send(TCORE_ERROR, message.into_bytes());
    }

    fn send(&self, status: i32, body: Vec<u8>) {
        if let Some(call) = self.call {
            unsafe { call(self.user.pointer(), self.kind, status, body.into()) };
        }
    }
}

impl Drop for TaskSink {
    fn drop(&mut self) {
        self.send(TCORE_SHUTDOWN, Vec::new());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    fn counting_reply(fired: &Arc<AtomicU32>) -> Reply<(), String> {
        let fired = fired.clone();
        Reply::new(move |_| {
            fired.fetch_add(1, Ordering::Relaxed);
        })
    }

    #[test]
    fn a_reply_that_is_kept_fires_once() {
        let fired = Arc::new(AtomicU32::new(0));

        counting_reply(&fired).finish(Ok(()));

        assert_eq!(fired.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_reply_that_is_dropped_fires_too() {
        let fired = Arc::new(AtomicU32::new(0));

        drop(counting_reply(&fired));

        assert_eq!(fired.load(Ordering::Relaxed), 1);
    }
}

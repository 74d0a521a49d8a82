//! Core's log, handed to a C callback line by line.

use std::{
    ffi::c_void,
    fmt,
    sync::{PoisonError, RwLock},
};

use temporalio_common::telemetry::{CoreLog, CoreLogConsumer};
use tracing::Level;

use crate::ffi::{User, tcore_ref};

/// level: 0 trace, 1 debug, 2 info, 3 warn, 4 error. May be re-entered from any thread; must not call back in.
pub type tcore_log_fn = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        level: i32,
        unix_ms: u64,
        target: tcore_ref,
        message: tcore_ref,
        fields_json: tcore_ref,
    ),
>;

type Callback = unsafe extern "C" fn(*mut c_void, i32, u64, tcore_ref, tcore_ref, tcore_ref);

/// Calls the callback on whatever thread logged: a thread of the core, or the caller's own inside a call. So the
/// callback must neither call back in nor take a lock that is held over a call.
pub struct LogForwarder {
    // A lock and not an atomic: `close` must also wait for the calls under way, for `user` dies after it.
    target: RwLock<Option<(Callback, User)>>,
}

impl LogForwarder {
    pub fn new(callback: Callback, user: *mut c_void) -> Self {
        Self { target: RwLock::new(Some((callback, User::new(user)))) }
    }

    /// After it the callback is called no more.
    pub fn close(&self) {
        *self.target.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl CoreLogConsumer for LogForwarder {
    fn on_log(&self, line: CoreLog) {
        let target = self.target.read().unwrap_or_else(PoisonError::into_inner);
        let Some((callback, user)) = *target else { return };
        let fields = serde_json::to_string(&line.fields).unwrap_or_default();
        let unix_ms = u64::try_from(line.millis_since_epoch()).unwrap_or(u64::MAX);
        unsafe {
            callback(
                user.pointer(),
                level_number(line.level),
                unix_ms,
                line.target.as_str().into(),
                line.message.as_str().into(),
                fields.as_str().into(),
            );
        }
    }
}

impl fmt::Debug for LogForwarder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LogForwarder")
    }
}

fn level_number(level: Level) -> i32 {
    match level {
        Level::TRACE => 0,
        Level::DEBUG => 1,
        Level::INFO => 2,
        Level::WARN => 3,
        Level::ERROR => 4,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        ptr,
        sync::atomic::{AtomicI32, Ordering},
        time::SystemTime,
    };

    use super::*;

    unsafe extern "C" fn record_level(
        user: *mut c_void,
        level: i32,
        _unix_ms: u64,
        _target: tcore_ref,
        _message: tcore_ref,
        _fields_json: tcore_ref,
    ) {
        unsafe { &*user.cast::<AtomicI32>() }.store(level, Ordering::Relaxed);
    }

    fn line(level: Level) -> CoreLog {
        CoreLog {
            target: "target".to_owned(),
            message: "message".to_owned(),
            timestamp: SystemTime::UNIX_EPOCH,
            level,
            fields: HashMap::new(),
            span_contexts: Vec::new(),
        }
    }

    #[test]
    fn a_closed_log_calls_nobody() {
        let last = AtomicI32::new(-1);
        let log = LogForwarder::new(record_level, ptr::from_ref(&last).cast_mut().cast());

        log.on_log(line(Level::WARN));
        log.close();
        log.on_log(line(Level::ERROR));

        assert_eq!(last.load(Ordering::Relaxed), 3);
    }
}

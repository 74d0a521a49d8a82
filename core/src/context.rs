//! What a call needs of the runtime without owning it: a task that owned the runtime would drop it on one of
//! the runtime's own threads, which panics.

use std::sync::Arc;

use tokio::{
    runtime::{EnterGuard, Handle},
    task::JoinHandle,
};
use tracing::{Subscriber, subscriber::DefaultGuard};

pub type LogSubscriber = Arc<dyn Subscriber + Send + Sync>;

#[derive(Clone)]
pub struct Context {
    handle: Handle,
    subscriber: Option<LogSubscriber>,
}

/// Ends what [`Context::enter`] began.
pub struct Entered<'a> {
    _runtime: EnterGuard<'a>,
    _log: Option<DefaultGuard>,
}

impl Context {
    pub fn new(handle: Handle, subscriber: Option<LogSubscriber>) -> Self {
        Self { handle, subscriber }
    }

    /// For calls into the core on the caller's thread: many spawn tasks, and all may log.
    pub fn enter(&self) -> Entered<'_> {
        Entered {
            _runtime: self.handle.enter(),
            _log: self.subscriber.clone().map(tracing::subscriber::set_default),
        }
    }

    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.handle.spawn(work)
    }
}

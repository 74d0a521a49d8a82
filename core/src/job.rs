//! Asynchronous work on the core's threads: argument errors are answered at once, the rest when it is done.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::{callback::Reply, context::Context, ffi};

/// Work that is ready to be spawned.
pub struct Job<F> {
    pub context: Context,
    pub work: F,
    /// Held until the reply has fired, for whoever waits until all such jobs are over.
    pub token: Option<TaskTrackerToken>,
}

impl<F> Job<F> {
    pub fn new(context: Context, work: F) -> Self {
        Self { context, work, token: None }
    }
}

/// Prepares a job on the caller's thread, where borrowed arguments still live, and spawns it.
pub fn run<T, E, F>(reply: Reply<T, E>, prepare: impl FnOnce() -> Result<Job<F>, E>)
where
    T: Send + 'static,
    E: From<String> + Send + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    match ffi::guard(prepare) {
        Ok(job) => spawn(job, reply),
        Err(error) => reply.finish(Err(error)),
    }
}

fn spawn<T, E, F>(job: Job<F>, reply: Reply<T, E>)
where
    T: Send + 'static,
    E: From<String> + Send + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    let Job { context, work, token } = job;
    // A stopped runtime drops the task unrun, which fires the reply.
    context.spawn(async move {
        let outcome = AssertUnwindSafe(work)
            .catch_unwind()
            .await
            .unwrap_or_else(|panic| Err(ffi::panic_message(&*panic).into()));
        reply.finish(outcome);
        drop(token);
    });
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn context(runtime: &tokio::runtime::Runtime) -> Context {
        Context::new(runtime.handle().clone(), None)
    }

    #[test]
    fn a_panic_in_the_work_reaches_the_callback() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (sender, receiver) = mpsc::channel::<Result<(), String>>();
        let reply = Reply::new(move |outcome| sender.send(outcome).unwrap());

        run(reply, || Ok(Job::new(context(&runtime), async { panic!("in the work") })));

        assert_eq!(receiver.recv().unwrap(), Err("panic in the core: in the work".to_owned()));
    }

    #[test]
    fn an_argument_error_is_answered_before_the_call_returns() {
        let (sender, receiver) = mpsc::channel::<Result<(), String>>();
        let reply = Reply::new(move |outcome| sender.send(outcome).unwrap());

        run::<_, _, std::future::Ready<_>>(reply, || Err("bad argument".to_owned()));

        assert_eq!(receiver.try_recv().unwrap(), Err("bad argument".to_owned()));
    }

    #[test]
    fn work_given_to_a_stopped_runtime_is_answered() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let context = context(&runtime);
        drop(runtime);
        let (sender, receiver) = mpsc::channel::<Result<(), String>>();
        let reply = Reply::new(move |outcome| sender.send(outcome).unwrap());

        run(reply, || Ok(Job::new(context, async { Ok(()) })));

        assert!(receiver.try_recv().unwrap().unwrap_err().contains("abandoned"));
    }
}

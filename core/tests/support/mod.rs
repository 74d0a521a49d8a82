//! What C++ would be: callbacks that hand their answer to a waiting thread.

#![allow(dead_code)] // each test file uses some of it

use std::{
    ffi::c_void,
    ptr, slice,
    sync::mpsc::{Receiver, Sender, channel},
    time::Duration,
};

use temporal_core::*;

/// Long enough for a machine under load; nothing waits for it to pass.
pub const LIMIT: Duration = Duration::from_secs(60);

pub fn reference(bytes: &[u8]) -> tcore_ref {
    tcore_ref { data: bytes.as_ptr(), len: bytes.len() }
}

pub fn take(buffer: tcore_buf) -> Vec<u8> {
    let bytes = if buffer.data.is_null() {
        Vec::new()
    } else {
        unsafe { slice::from_raw_parts(buffer.data, buffer.len) }.to_vec()
    };
    unsafe { tcore_buf_free(buffer) };
    bytes
}

pub fn text(buffer: tcore_buf) -> String {
    String::from_utf8(take(buffer)).unwrap()
}

pub const EMPTY: tcore_buf = tcore_buf { data: ptr::null_mut(), len: 0, cap: 0 };

pub struct Runtime(pub *mut tcore_runtime);

impl Runtime {
    pub fn new() -> Self {
        Self::with("{}").unwrap()
    }

    pub fn with(options: &str) -> Result<Self, String> {
        let mut runtime = ptr::null_mut();
        let mut answer = EMPTY;
        let status = unsafe {
            tcore_runtime_new(reference(options.as_bytes()), None, ptr::null_mut(), &mut runtime, &mut answer)
        };
        let answer = text(answer);
        if status == TCORE_OK { Ok(Self(runtime)) } else { Err(answer) }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        unsafe { tcore_runtime_free(self.0) };
    }
}

/// The answer of a `tcore_done_fn`.
pub type Done = Result<Vec<u8>, String>;

/// Calls `function` with a callback, whose answer comes out of the receiver.
pub fn begin(function: impl FnOnce(tcore_done_fn, *mut c_void)) -> Receiver<Done> {
    let (sender, receiver) = channel::<Done>();
    function(Some(on_done), Box::into_raw(Box::new(sender)).cast());
    receiver
}

/// Calls `function` with a callback and waits for it.
pub fn wait(function: impl FnOnce(tcore_done_fn, *mut c_void)) -> Done {
    begin(function).recv_timeout(LIMIT).expect("the callback fires")
}

unsafe extern "C" fn on_done(user: *mut c_void, status: i32, result: tcore_buf) {
    let sender = unsafe { Box::from_raw(user.cast::<Sender<Done>>()) };
    let outcome = if status == TCORE_OK { Ok(take(result)) } else { Err(text(result)) };
    sender.send(outcome).unwrap();
}

/// Connects and gives the error, as JSON; a connection that is made after all is freed.
pub fn connect_error(runtime: &Runtime, options: &str) -> String {
    let (sender, receiver) = channel::<String>();
    let user = Box::into_raw(Box::new(sender)).cast();
    unsafe { tcore_connect(runtime.0, reference(options.as_bytes()), Some(on_connect), user) };
    receiver.recv_timeout(LIMIT).expect("the callback fires")
}

unsafe extern "C" fn on_connect(user: *mut c_void, connection: *mut tcore_connection, error: tcore_buf) {
    let sender = unsafe { Box::from_raw(user.cast::<Sender<String>>()) };
    unsafe { tcore_connection_free(connection) };
    sender.send(text(error)).unwrap();
}

pub struct Task {
    pub kind: u32,
    pub status: i32,
    pub body: Vec<u8>,
}

/// Where a worker's tasks arrive.
pub struct Tasks {
    sender: &'static Sender<Task>,
    receiver: Receiver<Task>,
}

impl Tasks {
    pub fn new() -> Self {
        let (sender, receiver) = channel();
        // For ever: a test that fails leaves a worker behind that still sends.
        Self { sender: Box::leak(Box::new(sender)), receiver }
    }

    pub fn start(&self, worker: *mut tcore_worker, kinds: u32) {
        let user = ptr::from_ref(self.sender).cast_mut().cast();
        unsafe { tcore_worker_start(worker, kinds, Some(on_task), user) };
    }

    pub fn next(&self) -> Task {
        self.receiver.recv_timeout(LIMIT).expect("a task arrives")
    }

    pub fn is_empty(&self) -> bool {
        self.receiver.try_recv().is_err()
    }
}

unsafe extern "C" fn on_task(user: *mut c_void, kind: u32, status: i32, task: tcore_buf) {
    let sender = unsafe { &*user.cast::<Sender<Task>>() };
    let _ = sender.send(Task { kind, status, body: take(task) });
}

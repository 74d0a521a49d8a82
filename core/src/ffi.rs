//! What crosses the border: borrowed bytes in, owned bytes out, and no panic in either direction.

use std::{
    any::Any,
    ffi::c_void,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice, str,
};

use serde::de::DeserializeOwned;

pub const TCORE_OK: i32 = 0;
pub const TCORE_SHUTDOWN: i32 = 1;
pub const TCORE_ERROR: i32 = 2;

/// Bytes of the caller, borrowed for the call. `data` may be null if `len` is 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tcore_ref {
    pub data: *const u8,
    pub len: usize,
}

impl tcore_ref {
    /// # Safety
    /// `data` points to `len` bytes that outlive `'a`, or is null.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.data.is_null() {
            return &[]; // a null slice would be undefined behaviour even with length 0
        }
        unsafe { slice::from_raw_parts(self.data, self.len) }
    }

    /// # Safety
    /// As for [`tcore_ref::bytes`].
    pub unsafe fn text<'a>(self, what: &str) -> Result<&'a str, String> {
        str::from_utf8(unsafe { self.bytes() }).map_err(|error| format!("{what}: not UTF-8: {error}"))
    }

    /// Parses JSON; an unknown key is an error that names it, and no text at all is an empty object.
    ///
    /// # Safety
    /// As for [`tcore_ref::bytes`].
    pub unsafe fn json<T: DeserializeOwned>(self, what: &str) -> Result<T, String> {
        let text = unsafe { self.text(what)? };
        let text = if text.trim().is_empty() { "{}" } else { text };
        serde_json::from_str(text).map_err(|error| format!("{what}: {error}"))
    }
}

impl From<&[u8]> for tcore_ref {
    fn from(bytes: &[u8]) -> Self {
        Self { data: bytes.as_ptr(), len: bytes.len() }
    }
}

impl From<&str> for tcore_ref {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

/// Bytes that the receiver owns and frees once with `tcore_buf_free`. `data` is null if there are none.
#[repr(C)]
pub struct tcore_buf {
    pub data: *mut u8,
    pub len: usize,
    pub cap: usize,
}

impl tcore_buf {
    pub const EMPTY: Self = Self { data: ptr::null_mut(), len: 0, cap: 0 };

    /// # Safety
    /// The buffer came from this library and is used no more.
    pub unsafe fn free(self) {
        if !self.data.is_null() {
            drop(unsafe { Vec::from_raw_parts(self.data, self.len, self.cap) });
        }
    }
}

impl From<Vec<u8>> for tcore_buf {
    fn from(bytes: Vec<u8>) -> Self {
        if bytes.capacity() == 0 {
            return Self::EMPTY; // a dangling, non-null pointer would look like bytes to the other side
        }
        let (data, len, cap) = bytes.into_raw_parts();
        Self { data, len, cap }
    }
}

impl From<String> for tcore_buf {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

/// The caller's `void *user`, which may travel to another thread: the header demands that of it.
#[derive(Clone, Copy)]
pub struct User(*mut c_void);

unsafe impl Send for User {}
unsafe impl Sync for User {}

impl User {
    pub fn new(pointer: *mut c_void) -> Self {
        Self(pointer)
    }

    /// A method and not a field, so that a closure captures the whole `User` and stays `Send`.
    pub fn pointer(self) -> *mut c_void {
        self.0
    }
}

/// Runs `body` and turns a panic into an error: unwinding into C++ would end the process.
pub fn guard<T, E: From<String>>(body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| Err(panic_message(&*panic).into()))
}

/// For functions without an answer: what happened goes to the log.
pub fn guard_quietly(what: &str, body: impl FnOnce() -> Result<(), String>) {
    if let Err(error) = guard(body) {
        tracing::error!(target: "temporal_core", "{what}: {error}");
    }
}

/// For functions that return a status: the bytes of the answer or the message of the error go to `out`.
///
/// # Safety
/// `out` is null or can be written.
pub unsafe fn answer(out: *mut tcore_buf, body: impl FnOnce() -> Result<Vec<u8>, String>) -> i32 {
    let (status, bytes) = match guard(body) {
        Ok(bytes) => (TCORE_OK, bytes),
        Err(message) => (TCORE_ERROR, message.into_bytes()),
    };
    if !out.is_null() {
        unsafe { out.write(bytes.into()) };
    }
    status
}

pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    format!("panic in the core: {text}")
}

/// # Safety
/// `pointer` is null or points to a live `T` that outlives `'a`.
pub unsafe fn borrow<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, String> {
    unsafe { pointer.as_ref() }.ok_or_else(|| format!("{name} is null"))
}

/// Gives `value` to the caller as an opaque pointer.
///
/// # Safety
/// `out` is null or can be written.
pub unsafe fn hand_out<T>(out: *mut *mut T, value: T) {
    if !out.is_null() {
        unsafe { out.write(Box::into_raw(Box::new(value))) };
    }
}

/// Takes back what [`hand_out`] gave; null is nothing.
///
/// # Safety
/// `pointer` is null or came from [`hand_out`], and is used no more.
pub unsafe fn take_back<T>(pointer: *mut T) -> Option<Box<T>> {
    (!pointer.is_null()).then(|| unsafe { Box::from_raw(pointer) })
}

/// So that no caller sees an uninitialised pointer where a function fails.
///
/// # Safety
/// `out` is null or can be written.
pub unsafe fn clear<T>(out: *mut *mut T, name: &str) -> Result<(), String> {
    if out.is_null() {
        return Err(format!("{name} is null"));
    }
    unsafe { out.write(ptr::null_mut()) };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::live_bytes;

    #[test]
    fn a_panic_becomes_an_error_with_its_message() {
        let mut out = tcore_buf::EMPTY;
        let status = unsafe { answer(&mut out, || panic!("boom {}", 1)) };

        assert_eq!(status, TCORE_ERROR);
        let text = tcore_ref { data: out.data, len: out.len };
        assert_eq!(unsafe { text.text("message") }, Ok("panic in the core: boom 1"));
        unsafe { out.free() };
    }

    #[test]
    fn a_freed_buffer_gives_its_memory_back() {
        let before = live_bytes();
        let mut bytes = Vec::with_capacity(4096);
        bytes.extend_from_slice(b"shorter than its capacity");
        let buffer = tcore_buf::from(bytes);
        assert_eq!(live_bytes(), before + 4096);

        unsafe { buffer.free() };

        assert_eq!(live_bytes(), before);
    }

    #[test]
    fn an_empty_buffer_is_null_and_may_be_freed() {
        let buffer = tcore_buf::from(Vec::new());

        assert!(buffer.data.is_null());
        unsafe { buffer.free() };
    }

    #[test]
    fn a_null_ref_is_empty() {
        let null = tcore_ref { data: ptr::null(), len: 0 };

        assert_eq!(unsafe { null.bytes() }, b"");
        assert!(unsafe { null.json::<serde_json::Value>("options") }.is_ok());
    }

    #[test]
    fn an_answer_without_a_place_to_go_is_dropped() {
        let before = live_bytes();

        let status = unsafe { answer(ptr::null_mut(), || Ok(vec![0; 4096])) };

        assert_eq!(status, TCORE_OK);
        assert_eq!(live_bytes(), before);
    }
}

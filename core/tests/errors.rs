//! What a caller is told when it is at fault, through the C functions.

mod support;

use std::{ffi::c_void, ptr, sync::mpsc};

use support::{EMPTY, Runtime, connect_error, reference, text, wait};
use temporal_core::*;

fn runtime_error(options: &str) -> String {
    Runtime::with(options).err().expect("the options are refused")
}

#[test]
fn a_runtime_names_the_option_that_it_does_not_know() {
    assert!(runtime_error(r#"{"worker_thread": 2}"#).contains("`worker_thread`"));
    assert!(runtime_error(r#"{"metrics": {"prometheus": "127.0.0.1:0", "tags": {}}}"#).contains("`tags`"));
}

#[test]
fn a_runtime_names_the_option_whose_value_is_wrong() {
    assert!(runtime_error(r#"{"worker_threads": 0}"#).starts_with("worker_threads:"));
    assert!(
        runtime_error(r#"{"worker_heartbeat_interval_ms": 10}"#).starts_with("worker_heartbeat_interval_ms:")
    );
    assert!(runtime_error(r#"{"log_filter": "a=b=c"}"#).starts_with("log_filter:"));
}

#[test]
fn a_port_in_use_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();

    let error = runtime_error(&format!(r#"{{"metrics": {{"prometheus": "{address}"}}}}"#));

    assert!(error.contains(&format!("cannot listen on {address}")), "{error}");
}

#[test]
fn connecting_with_an_unknown_option_is_an_invalid_option() {
    let error = connect_error(&Runtime::new(), r#"{"target": "127.0.0.1:1", "tsl": {}}"#);

    assert!(error.contains(r#""kind":"invalid_options""#) && error.contains("`tsl`"), "{error}");
}

#[test]
fn connecting_where_nobody_listens_is_unreachable() {
    let error = connect_error(&Runtime::new(), r#"{"target": "127.0.0.1:1"}"#);

    assert!(error.contains(r#""kind":"unreachable""#) && error.contains("Connection refused"), "{error}");
}

#[test]
fn a_server_that_says_nothing_is_unreachable_after_the_timeout() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let target = silent.local_addr().unwrap();

    let options = format!(r#"{{"target": "{target}", "connect_timeout_ms": 100}}"#);
    let error = connect_error(&Runtime::new(), &options);

    assert!(error.contains(r#""kind":"unreachable""#) && error.contains("no answer within 100ms"), "{error}");
}

#[test]
fn a_null_handle_is_an_error() {
    let nothing = ptr::null_mut();
    let mut error = EMPTY;
    let mut worker = ptr::null_mut();

    let status = unsafe {
        tcore_worker_new(nothing, ptr::null_mut(), reference(b"{}"), ptr::null_mut(), &mut worker, &mut error)
    };
    assert_eq!((status, text(error)), (TCORE_ERROR, "runtime is null".to_owned()));
    assert!(worker.is_null());

    let outcome = wait(|done, user| unsafe { tcore_worker_finalize(ptr::null_mut(), done, user) });
    assert_eq!(outcome, Err("worker is null".to_owned()));
}

#[test]
fn freeing_null_is_nothing() {
    unsafe {
        tcore_runtime_free(ptr::null_mut());
        tcore_connection_free(ptr::null_mut());
        tcore_cancel_free(ptr::null_mut());
        tcore_worker_free(ptr::null_mut());
        tcore_feeder_free(ptr::null_mut());
        tcore_buf_free(EMPTY);
    }
}

#[test]
fn a_call_over_no_connection_is_refused_here() {
    let (sender, receiver) = mpsc::channel::<(i32, String)>();
    let user = Box::into_raw(Box::new(sender)).cast();

    unsafe {
        tcore_rpc(
            ptr::null_mut(),
            TCORE_SERVICE_WORKFLOW,
            reference(b"GetSystemInfo"),
            reference(b""),
            reference(b""),
            0,
            0,
            ptr::null_mut(),
            Some(on_rpc),
            user,
        );
    }

    assert_eq!(receiver.try_recv().unwrap(), (-1, "connection is null".to_owned()));
}

unsafe extern "C" fn on_rpc(
    user: *mut c_void,
    code: i32,
    response: tcore_buf,
    message: tcore_buf,
    details: tcore_buf,
) {
    let sender = unsafe { Box::from_raw(user.cast::<mpsc::Sender<(i32, String)>>()) };
    support::take(response);
    support::take(details);
    sender.send((code, text(message))).unwrap();
}

#[test]
fn the_log_arrives_at_the_callback() {
    let (sender, receiver) = mpsc::channel::<String>();
    let sender = Box::new(sender);
    let (mut runtime, mut info) = (ptr::null_mut(), EMPTY);
    let status = unsafe {
        let user = ptr::from_ref(&*sender).cast_mut().cast();
        tcore_runtime_new(
            reference(br#"{"log_filter": "info"}"#),
            Some(on_log),
            user,
            &mut runtime,
            &mut info,
        )
    };
    assert_eq!((status, text(info)), (TCORE_OK, r#"{"metrics_address":null}"#.to_owned()));

    let (mut worker, mut feeder, mut error) = (ptr::null_mut(), ptr::null_mut(), EMPTY);
    unsafe { tcore_replayer_new(runtime, reference(b"{}"), &mut worker, &mut feeder, &mut error) };
    support::take(error);
    let line = receiver.recv_timeout(support::LIMIT).unwrap();
    assert!(
        line.contains("Registering replay worker") && line.contains(r#""task_queue":"replay""#),
        "{line}"
    );

    unsafe {
        tcore_feeder_free(feeder);
        tcore_worker_free(worker);
        tcore_runtime_free(runtime);
    }
    drop(sender);
}

unsafe extern "C" fn on_log(
    user: *mut c_void,
    level: i32,
    _unix_ms: u64,
    target: tcore_ref,
    message: tcore_ref,
    fields: tcore_ref,
) {
    let read = |bytes: tcore_ref| {
        String::from_utf8(unsafe { std::slice::from_raw_parts(bytes.data, bytes.len) }.to_vec()).unwrap()
    };
    let sender = unsafe { &*user.cast::<mpsc::Sender<String>>() };
    let _ = sender.send(format!("{level} {} {} {}", read(target), read(message), read(fields)));
}

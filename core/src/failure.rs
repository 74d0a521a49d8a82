//! Error messages with all their causes: the outermost one tends to say no more than "transport error".

use std::{error::Error, io, iter};

use temporalio_client::tonic::{Status, TimeoutExpired};

/// An error and what caused it, outermost first.
pub fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |error| inner(*error))
}

/// `io::Error::source` skips the error that it wraps, which is where TLS reports a bad certificate.
fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// All messages of a chain, each once: many errors repeat their cause's message in their own.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    join(causes(error).map(ToString::to_string))
}

/// What a server or the transport said of a call, without the status code.
pub fn chain_of_status(status: &Status) -> String {
    let own = iter::once(status.message().to_owned());
    let behind = status.source().into_iter().flat_map(causes).map(ToString::to_string);
    join(own.chain(behind))
}

/// The transport's own timer ended the call, which it calls a cancel.
pub fn ran_out_of_time(status: &Status) -> bool {
    status.source().is_some_and(|source| causes(source).any(|cause| cause.is::<TimeoutExpired>()))
}

/// Joins messages with ": ", without those that the one before ends with.
pub fn join(messages: impl Iterator<Item = String>) -> String {
    let mut joined = String::new();
    for message in messages {
        if message.is_empty() || joined.ends_with(&message) {
            continue;
        }
        if !joined.is_empty() {
            joined.push_str(": ");
        }
        joined.push_str(&message);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_io_error_shows_what_it_wraps_once() {
        let error = io::Error::other(io::Error::other("invalid peer certificate"));

        assert_eq!(chain(&error), "invalid peer certificate");
        assert_eq!(causes(&error).count(), 3);
    }

    #[test]
    fn messages_are_joined_outermost_first() {
        let messages = ["transport error", "tcp connect error", "tcp connect error", ""];

        assert_eq!(join(messages.map(String::from).into_iter()), "transport error: tcp connect error");
    }
}

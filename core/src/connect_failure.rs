//! Why a connection could not be made, by what to do about it.

use std::{error::Error, time::Duration};

use serde::Serialize;
use temporalio_client::{
    errors::ClientConnectError,
    tonic::{Code, Status},
};

use crate::failure;

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The options are at fault.
    InvalidOptions,
    /// The two sides do not trust or do not understand each other.
    Tls,
    /// Nobody answered, or not in time.
    Unreachable,
    /// The server does not let us in.
    Auth,
    Other,
}

/// The error of `tcore_connect`.
#[derive(Debug, Serialize)]
pub struct ConnectFailure {
    pub kind: Kind,
    /// With all causes, outermost first.
    pub message: String,
}

/// How a connection is protected, for a guess at why the server hung up.
#[derive(Clone, Copy)]
pub enum Protection {
    None,
    Tls,
    TlsWithClientCertificate,
}

impl ConnectFailure {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub fn of(target: &str, protection: Protection, error: &ClientConnectError) -> Self {
        let (kind, reason) = match error {
            ClientConnectError::TonicTransportError(error) => transport(error),
            ClientConnectError::SystemInfoCallError(status) => first_call(status, protection),
            ClientConnectError::DnsResolutionError { source, .. } => {
                (Kind::Unreachable, format!("no such host: {source}"))
            }
            other => (Kind::InvalidOptions, failure::chain(other)),
        };
        Self::new(kind, format!("{target}: {reason}"))
    }

    /// Of the whole attempt, which no error of the transport describes.
    pub fn timed_out(target: &str, limit: Duration) -> Self {
        Self::new(Kind::Unreachable, format!("{target}: no answer within {limit:?}"))
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// For panics and a runtime that stops.
impl From<String> for ConnectFailure {
    fn from(message: String) -> Self {
        Self::new(Kind::Other, message)
    }
}

fn transport(error: &(dyn Error + 'static)) -> (Kind, String) {
    let mut message = failure::chain(error);
    let kind = if speaks_of_tls(error, &message) { Kind::Tls } else { Kind::Unreachable };
    let no_tls_at_all = |cause: &(dyn Error + 'static)| {
        matches!(cause.downcast_ref(), Some(rustls::Error::InvalidMessage(_)))
    };
    if failure::causes(error).any(no_tls_at_all) {
        message.push_str(" (the server does not seem to speak TLS)");
    }
    (kind, message)
}

fn first_call(status: &Status, protection: Protection) -> (Kind, String) {
    let reason = failure::chain_of_status(status);
    let (kind, guess) = match status.code() {
        _ if status.source().is_some_and(|source| speaks_of_tls(source, &reason)) => (Kind::Tls, ""),
        Code::Unauthenticated | Code::PermissionDenied => (Kind::Auth, ""),
        _ if hung_up(status) => guess(protection),
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => (Kind::Unreachable, ""),
        _ => (Kind::Other, ""),
    };
    (kind, format!("the first call failed: {reason}{guess}"))
}

/// The connection stood and was closed before an answer came.
fn hung_up(status: &Status) -> bool {
    let closed = matches!(status.code(), Code::Cancelled | Code::Unknown | Code::Internal);
    closed && status.source().is_some() && !failure::ran_out_of_time(status)
}

/// Why a server would hang up on everyone who comes as we did. HTTP/2 often loses the alert that says so.
fn guess(protection: Protection) -> (Kind, &'static str) {
    match protection {
        Protection::None => (Kind::Unreachable, " (the server may speak TLS only)"),
        Protection::Tls => (Kind::Tls, " (the server may require a client certificate)"),
        Protection::TlsWithClientCertificate => (Kind::Tls, " (the server may not accept our certificate)"),
    }
}

/// By type where the chain still has it; HTTP/2 keeps only the text of an alert that arrives after the handshake.
fn speaks_of_tls(error: &(dyn Error + 'static), message: &str) -> bool {
    failure::causes(error).any(|cause| cause.is::<rustls::Error>())
        || message.contains("received fatal alert")
}

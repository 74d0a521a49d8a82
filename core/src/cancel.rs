//! The handle that cancels a call.

use tokio_util::sync::CancellationToken;

/// May be fired before, during and after the call, from any thread, and freed as soon as the call has begun.
#[derive(Default)]
pub struct tcore_cancel {
    token: CancellationToken,
}

impl tcore_cancel {
    pub fn fire(&self) {
        self.token.cancel();
    }

    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }
}

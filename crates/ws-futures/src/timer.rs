//! The clock and the alarm that a runtime lends.

use std::fmt;
use std::task::{Context, Poll};

use ws_driver::Instant;

/// A clock and one alarm.
///
/// With a timer a [`WebSocket`](crate::WebSocket) keeps its deadlines: keep-alive, idle, closing
/// handshake. The features `smol` and `tokio` bring one each; for another runtime, implement
/// this.
pub trait Timer: Send {
    /// The time since a moment of the implementor's choice; must not go backwards.
    fn now(&mut self) -> Instant;

    /// Ready at `deadline` or later; until then the task of `cx` is woken at that time. Only the
    /// deadline of the last call counts.
    fn poll_at(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()>;
}

/// A timer that may not be there.
pub(crate) struct MaybeTimer(pub(crate) Option<Box<dyn Timer>>);

impl fmt::Debug for MaybeTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Timer" } else { "None" })
    }
}

/// A point in time of the system's clock, since this process first asked.
#[cfg(any(feature = "smol", feature = "tokio"))]
pub(crate) fn since_epoch(now: std::time::Instant) -> Instant {
    Instant::from_duration(now.saturating_duration_since(epoch()))
}

/// A point in time as the runtimes have it.
#[cfg(any(feature = "smol", feature = "tokio"))]
pub(crate) fn to_std(instant: Instant) -> std::time::Instant {
    // A deadline that the clock cannot hold is never reached; a year from now will do.
    let far = std::time::Duration::from_secs(365 * 24 * 60 * 60);
    epoch()
        .checked_add(instant.since_epoch())
        .unwrap_or_else(|| std::time::Instant::now() + far)
}

#[cfg(any(feature = "smol", feature = "tokio"))]
fn epoch() -> std::time::Instant {
    static EPOCH: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    *EPOCH.get_or_init(std::time::Instant::now)
}

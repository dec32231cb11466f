//! The clock and the alarm that a runtime lends.

use std::fmt;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ws_driver::Instant;

/// A clock and one alarm.
///
/// With a timer a [`WebSocket`](crate::WebSocket) keeps its deadlines: keep-alive, idle, closing
/// handshake, stalled output; event streams and sources of events keep theirs. The features `smol` and `tokio` bring one each; for another
/// runtime, implement this.
pub trait Timer: Send {
    /// The time since a moment of the implementor's choice; must not go backwards.
    fn now(&mut self) -> Instant;

    /// Ready at `deadline` or later; until then the task of `cx` is woken at that time. Only the
    /// deadline of the last call counts.
    fn poll_at(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()>;
}

impl<T: Timer + ?Sized> Timer for Box<T> {
    fn now(&mut self) -> Instant {
        (**self).now()
    }

    fn poll_at(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        (**self).poll_at(cx, deadline)
    }
}

/// A timer that may not be there, and the two deadlines that share its one alarm: each half of a
/// split socket may wait for either.
pub(crate) struct Alarm {
    timer: Option<Box<dyn Timer>>,
    /// When the timer wakes, and whom.
    set: Option<(Instant, Waker)>,
    /// When the connection wants to be told the time.
    pub(crate) connection: Option<Instant>,
    /// When the transport must have taken something.
    pub(crate) transport: Option<Instant>,
}

/// So much too early a timer may wake, as those that count in milliseconds do.
const EARLY: Duration = Duration::from_millis(20);

impl Alarm {
    pub(crate) fn new(timer: Option<Box<dyn Timer>>) -> Self {
        Self {
            timer,
            set: None,
            connection: None,
            transport: None,
        }
    }

    /// Whether there is a timer, so that anything can be waited for with a limit.
    pub(crate) fn is_there(&self) -> bool {
        self.timer.is_some()
    }

    /// The time, if it can be told.
    pub(crate) fn now(&mut self) -> Option<Instant> {
        self.timer.as_mut().map(Timer::now)
    }

    /// Whether the transport has had `timeout` since this was first asked without an answer
    /// from it.
    pub(crate) fn transport_is_late(&mut self, now: Instant, timeout: Duration) -> bool {
        let by = self
            .transport
            .get_or_insert_with(|| now.saturating_add(timeout));
        now >= *by
    }

    /// Wakes the task at the first deadline that is still to come; ready if one came meanwhile.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, now: Instant) -> Poll<()> {
        let deadlines = [self.connection, self.transport];
        let next = deadlines.into_iter().flatten().filter(|at| *at > now).min();
        let (Some(timer), Some(at)) = (&mut self.timer, next) else {
            return Poll::Pending;
        };
        // One that is set for earlier stays: it goes off for nothing once in a while, which costs
        // less than to move it for every message. Close to its time it is asked all the same: it
        // may have gone off a little early, and would not again.
        if let Some((set, waker)) = &self.set
            && (now.saturating_add(EARLY) < *set && *set <= at)
            && waker.will_wake(cx.waker())
        {
            return Poll::Pending;
        }
        let polled = timer.poll_at(cx, at);
        self.set = polled.is_pending().then(|| (at, cx.waker().clone()));
        polled
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarm")
            .field("connection", &self.connection)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

/// A point in time of the system's clock, as the driver has it.
#[cfg(any(feature = "smol", feature = "tokio"))]
pub(crate) fn since_epoch(now: std::time::Instant) -> Instant {
    Instant::from_duration(now.saturating_duration_since(epoch()))
}

/// A point in time as the runtimes have it.
#[cfg(any(feature = "smol", feature = "tokio"))]
pub(crate) fn to_std(instant: Instant) -> std::time::Instant {
    // A deadline that the clock cannot hold is never reached; a year from now will do.
    let far = Duration::from_secs(365 * 24 * 60 * 60);
    epoch()
        .checked_add(instant.since_epoch())
        .unwrap_or_else(|| std::time::Instant::now() + far)
}

/// A day before this was first asked: a clock that is paused, as in tests, may lie behind.
#[cfg(any(feature = "smol", feature = "tokio"))]
fn epoch() -> std::time::Instant {
    static EPOCH: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    *EPOCH.get_or_init(|| {
        let now = std::time::Instant::now();
        now.checked_sub(Duration::from_secs(24 * 60 * 60))
            .unwrap_or(now)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    /// Shows a time, in milliseconds, and counts how often it is asked to wake.
    #[derive(Clone, Default)]
    struct Clock(Arc<(AtomicU64, AtomicUsize)>);

    impl Timer for Clock {
        fn now(&mut self) -> Instant {
            Instant::from_duration(Duration::from_millis(self.0.0.load(Ordering::Relaxed)))
        }

        fn poll_at(&mut self, _: &mut Context<'_>, _: Instant) -> Poll<()> {
            self.0.1.fetch_add(1, Ordering::Relaxed);
            Poll::Pending
        }
    }

    struct Nobody;

    impl Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn a24_the_timer_is_asked_only_when_it_must_be() {
        let clock = Clock::default();
        let mut alarm = Alarm::new(Some(Box::new(clock.clone())));
        let waker = Waker::from(Arc::new(Nobody));
        let mut cx = Context::from_waker(&waker);
        for (now, deadline, asked) in [
            (0, 1_000, 1),
            // Set for this or for earlier.
            (1, 1_000, 1),
            (2, 2_000, 1),
            // For earlier than it was set.
            (3, 500, 2),
            (4, 700, 2),
            // It may have gone off: a little early, or at its time.
            (490, 700, 3),
            (700, 1_700, 4),
        ] {
            clock.0.0.store(now, Ordering::Relaxed);
            alarm.connection = Some(Instant::from_duration(Duration::from_millis(deadline)));
            let now = alarm.now().unwrap();
            assert!(alarm.poll(&mut cx, now).is_pending());
            assert_eq!(clock.0.1.load(Ordering::Relaxed), asked, "{deadline}");
        }
    }
}

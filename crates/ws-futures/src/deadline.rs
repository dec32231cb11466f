//! Deadlines of single steps, and of them all.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use ws_driver::Instant;

use crate::Timer;

/// That the time is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Elapsed;

/// A timer, and when all must be done.
#[cfg(feature = "client")]
pub(crate) struct Clock {
    timer: Box<dyn Timer>,
    by: Instant,
}

#[cfg(feature = "client")]
impl Clock {
    pub(crate) fn new(mut timer: Box<dyn Timer>, timeout: Duration) -> Self {
        let by = timer.now().saturating_add(timeout);
        Self { timer, by }
    }

    /// How much of `timeout` there is before all must be done.
    pub(crate) fn left(&mut self, timeout: Duration) -> Duration {
        timeout.min(self.by.saturating_since(self.timer.now()))
    }

    /// The deadline of a step that may take so long.
    pub(crate) fn deadline(&mut self, timeout: Duration) -> Deadline<'_> {
        let by = self.timer.now().saturating_add(timeout).min(self.by);
        Deadline(Some((&mut *self.timer, by)))
    }
}

/// When a step must be done, if there is a limit.
pub(crate) struct Deadline<'a>(Option<(&'a mut (dyn Timer + 'static), Instant)>);

#[cfg(feature = "rustls")]
impl<'a> Deadline<'a> {
    /// So long from now, if there is a timer.
    pub(crate) fn after(timer: Option<&'a mut (dyn Timer + 'static)>, timeout: Duration) -> Self {
        Self(timer.map(|timer| {
            let by = timer.now().saturating_add(timeout);
            (timer, by)
        }))
    }
}

impl Deadline<'_> {
    #[cfg(feature = "client")]
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// The same deadline, for a part that takes one.
    #[cfg(feature = "client")]
    pub(crate) fn again(&mut self) -> Deadline<'_> {
        match &mut self.0 {
            Some((timer, by)) => Deadline(Some((&mut **timer, *by))),
            None => Deadline(None),
        }
    }

    /// Moves it to so long from now, if it is later.
    #[cfg(feature = "client")]
    pub(crate) fn hurry(&mut self, timeout: Duration) {
        if let Some((timer, by)) = &mut self.0 {
            *by = timer.now().saturating_add(timeout).min(*by);
        }
    }

    /// Waits for a part of the step.
    pub(crate) async fn within<F: Future>(&mut self, part: F) -> Result<F::Output, Elapsed> {
        let mut part = pin!(part);
        poll_fn(|cx| match (part.as_mut().poll(cx), &mut self.0) {
            (Poll::Ready(output), _) => Poll::Ready(Ok(output)),
            (Poll::Pending, Some((timer, by))) => timer.poll_at(cx, *by).map(|()| Err(Elapsed)),
            (Poll::Pending, None) => Poll::Pending,
        })
        .await
    }
}

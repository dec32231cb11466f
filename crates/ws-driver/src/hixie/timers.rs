//! The two deadlines that a connection without pings has.

use crate::time::Span;
use crate::{Config, Instant, Timer};

/// As the timers of RFC 6455: armed without knowing the time, anchored by the next tick.
#[derive(Debug)]
pub(super) struct Timers {
    idle_timeout: Option<Span>,
    close_timeout: Span,
    idle_at: Option<Instant>,
    close_by: Option<Instant>,
    given_up: bool,
}

impl Timers {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            idle_timeout: config.idle_timeout.map(Span::from),
            close_timeout: config.close_timeout.into(),
            idle_at: None,
            close_by: None,
            given_up: false,
        }
    }

    /// Whether an open connection was without a message for too long.
    pub(super) fn is_idle(&mut self, now: Instant, activity: bool) -> bool {
        let Some(timeout) = self.idle_timeout else {
            return false;
        };
        if activity {
            self.idle_at = None;
        }
        let at = self.idle_at.get_or_insert_with(|| now.after(timeout));
        now >= *at
    }

    /// Whether the time for closing is over; the first time this is asked it begins.
    pub(super) fn is_given_up(&mut self, now: Instant) -> bool {
        let by = self
            .close_by
            .get_or_insert_with(|| now.after(self.close_timeout));
        self.given_up |= now >= *by;
        self.given_up
    }

    /// The next deadline and what it is for.
    pub(super) fn next(&self) -> Option<(Instant, Timer)> {
        if self.given_up {
            return None;
        }
        let close = self.close_by.map(|by| (by, Timer::Close));
        close.or_else(|| self.idle_at.map(|at| (at, Timer::Idle)))
    }
}

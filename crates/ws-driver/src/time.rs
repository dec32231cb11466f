//! Time as a value.

use core::num::NonZero;
use core::time::Duration;

/// A point in time, counted in nanoseconds since a moment that the caller chose.
///
/// The driver never asks for the time; [`Connection::tick`](crate::Connection::tick) is told it.
/// Any clock that does not go backwards will do, on any target, and a test writes
/// `Instant::from_secs(20)`. Reaches 584 years; everything saturates there.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Instant(
    /// One more than the nanoseconds, so that `Option<Instant>` is as small.
    NonZero<u64>,
);

impl Instant {
    /// The moment that the caller chose.
    pub const EPOCH: Self = Self(NonZero::<u64>::MIN);

    /// The point in time `since_epoch` after the caller's moment.
    pub fn from_duration(since_epoch: Duration) -> Self {
        Self::EPOCH.saturating_add(since_epoch)
    }

    /// The point in time `secs` seconds after the caller's moment.
    pub fn from_secs(secs: u64) -> Self {
        Self::from_duration(Duration::from_secs(secs))
    }

    /// The time that has passed since the caller's moment.
    pub fn since_epoch(self) -> Duration {
        self.saturating_since(Self::EPOCH)
    }

    /// The point in time `duration` later, or the last there is.
    pub fn saturating_add(self, duration: Duration) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }

    /// The time from `earlier` to this; zero if it is the other way round.
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.get().saturating_sub(earlier.0.get()))
    }
}

/// A duration that takes no more room than an [`Instant`]; at least a nanosecond.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Span(NonZero<u64>);

impl From<Duration> for Span {
    fn from(duration: Duration) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self(NonZero::new(nanos).unwrap_or(NonZero::<u64>::MIN))
    }
}

impl Instant {
    /// The point in time `span` later, or the last there is.
    pub(crate) fn after(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a24_saturates_at_both_ends() {
        let second = Instant::from_secs(1);
        assert_eq!(
            second.saturating_since(Instant::EPOCH),
            Duration::from_secs(1)
        );
        assert_eq!(Instant::EPOCH.saturating_since(second), Duration::ZERO);
        let last = second.saturating_add(Duration::MAX);
        assert!(last > second && last.saturating_add(Duration::from_secs(1)) == last);
        assert_eq!(Instant::from_duration(Duration::MAX), last);
        assert_eq!(second.since_epoch(), Duration::from_secs(1));
        assert_eq!(size_of::<Option<Instant>>(), 8);
        for (duration, later) in [
            (Duration::MAX, last),
            (Duration::from_secs(1), Instant::from_secs(2)),
        ] {
            assert_eq!(second.after(Span::from(duration)), later);
        }
        assert_eq!(size_of::<Option<Span>>(), 8);
    }
}

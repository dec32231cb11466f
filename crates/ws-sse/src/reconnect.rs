//! How long a client waits before it connects again: WHATWG HTML §9.2.3.

use core::time::Duration;

/// The delays between attempts to connect.
///
/// The first attempt after a stream that was good waits for the reconnection time, which the
/// server may set; each one that fails doubles that, up to a cap. The standard lets a client wait
/// longer than the reconnection time but not shorter, so what is random is added: clients that
/// lost their server all at once do not all come back at once.
///
/// ```
/// use std::time::Duration;
/// use ws_sse::Backoff;
///
/// let mut backoff = Backoff::new();
/// backoff.set_retry(Duration::from_secs(1));
/// // The random number is the caller's; here the smallest and the largest.
/// assert_eq!(backoff.next_delay(0), Duration::from_secs(1));
/// assert_eq!(backoff.next_delay(u64::MAX).as_millis(), 1_999);
/// assert_eq!(backoff.next_delay(u64::MAX).as_millis(), 3_999);
/// // An event has come.
/// backoff.reset();
/// assert_eq!(backoff.next_delay(u64::MAX).as_millis(), 1_249);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Backoff {
    retry: Duration,
    cap: Duration,
    attempts: u32,
}

impl Backoff {
    /// The reconnection time as long as the server has not set one.
    pub const DEFAULT_RETRY: Duration = Duration::from_secs(3);
    /// The shortest reconnection time. A server that says 0 would be asked without a pause.
    pub const MIN_RETRY: Duration = Duration::from_millis(100);
    /// The longest reconnection time, and the largest cap.
    pub const MAX_RETRY: Duration = Duration::from_secs(60 * 60);
    /// The cap of [`new`](Self::new).
    pub const DEFAULT_CAP: Duration = Duration::from_secs(60);

    /// Three seconds, doubling up to a minute.
    pub const fn new() -> Self {
        Self {
            retry: Self::DEFAULT_RETRY,
            cap: Self::DEFAULT_CAP,
            attempts: 0,
        }
    }

    /// The same delays with another bound to their growth; 100 ms to 1 h, what is outside counts
    /// as the nearer of the two.
    ///
    /// A reconnection time beyond it is not cut short: such delays just do not grow.
    #[must_use]
    pub fn with_cap(mut self, cap: Duration) -> Self {
        self.cap = cap.clamp(Self::MIN_RETRY, Self::MAX_RETRY);
        self
    }

    /// Sets the reconnection time, to what [`Decoder::retry`](crate::Decoder::retry) gives or what
    /// the user wants; 100 ms to 1 h, what is outside counts as the nearer of the two.
    pub fn set_retry(&mut self, retry: Duration) {
        self.retry = retry.clamp(Self::MIN_RETRY, Self::MAX_RETRY);
    }

    /// The reconnection time.
    pub const fn retry(&self) -> Duration {
        self.retry
    }

    /// How many attempts there have been since the last reset.
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long to wait before the next attempt, which is counted with this.
    ///
    /// At least [`retry`](Self::retry). At most a quarter more for the first attempt, and
    /// `retry * 2^n` for the nth after it, bounded by the cap; the quarter stays.
    ///
    /// `random` decides where between the two, evenly if all its values are equally likely.
    pub fn next_delay(&mut self, random: u64) -> Duration {
        let doubled = self
            .retry
            .saturating_mul(1_u32.checked_shl(self.attempts).unwrap_or(u32::MAX));
        self.attempts = self.attempts.saturating_add(1);
        let growth = doubled.min(self.cap).saturating_sub(self.retry);
        let spread = growth.max(self.retry / 4);
        // Below `spread`, without a division: an hour in nanoseconds is less than 2^42.
        let part = (spread.as_nanos() * u128::from(random)) >> 64;
        self.retry + Duration::from_nanos(u64::try_from(part).unwrap_or(u64::MAX))
    }

    /// Begins anew: the stream is good.
    ///
    /// Not to be called for a mere status 200, or a server that accepts and then closes at once is
    /// asked again and again: the first event is a good time, or half a minute of a stream
    /// without one.
    pub const fn reset(&mut self) {
        self.attempts = 0;
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;

//! Which of our pings a Pong answers: RFC 6455 §5.5.3.

use alloc::vec::Vec;
use core::time::Duration;

use ws_frame::ControlPayload;

use crate::Instant;

/// Names a Ping of ours; a later one is greater.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PingId(u64);

impl PingId {
    /// A payload that no other ping of the connection has.
    pub(crate) fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

/// The pings that wait for their Pong, oldest first; holds nothing while none does.
#[derive(Debug, Default)]
pub(crate) struct Pings {
    waiting: Vec<Waiting>,
    next: u64,
    /// When the last answered ping was sent, until a tick measures it.
    answered: Option<Instant>,
    round_trip: Option<Duration>,
}

#[derive(Debug)]
struct Waiting {
    id: PingId,
    payload: ControlPayload,
    /// Anchored by the first tick after the ping was written.
    sent: Option<Instant>,
}

impl Pings {
    /// A peer that answers none is not remembered without end: the oldest is forgotten.
    const MAX_WAITING: usize = 16;

    /// The name of the next ping.
    pub(crate) fn next_id(&self) -> PingId {
        PingId(self.next)
    }

    /// Notes that a ping was written.
    pub(crate) fn sent(&mut self, payload: ControlPayload) -> PingId {
        let id = self.next_id();
        self.next += 1;
        if self.waiting.len() == Self::MAX_WAITING {
            self.waiting.remove(0);
        }
        self.waiting.push(Waiting {
            id,
            payload,
            sent: None,
        });
        id
    }

    /// Which ping a Pong answers.
    ///
    /// §5.5.3: a Pong carries the payload of its Ping, and a peer that got several may answer
    /// only the latest; so those before the one that matches are answered too.
    pub(crate) fn answer(&mut self, payload: &[u8]) -> Option<PingId> {
        let at = self
            .waiting
            .iter()
            .position(|ping| *ping.payload == *payload)?;
        let answered = self.waiting.drain(..=at).next_back()?;
        if self.waiting.is_empty() {
            self.waiting = Vec::new();
        }
        self.answered = answered.sent;
        Some(answered.id)
    }

    /// Lets time pass: measures the round trip that ended, anchors what was sent.
    pub(crate) fn tick(&mut self, now: Instant) {
        if let Some(sent) = self.answered.take() {
            self.round_trip = Some(now.saturating_since(sent));
        }
        for ping in self.waiting.iter_mut().rev() {
            if ping.sent.is_some() {
                break;
            }
            ping.sent = Some(now);
        }
    }

    /// The last round trip that was measured.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pings: &mut Pings, payload: &[u8]) -> PingId {
        pings.sent(ControlPayload::new(payload).unwrap())
    }

    // RFC 6455 §5.5.3
    #[test]
    fn a17_pongs_answer_the_ping_they_name_and_all_before() {
        let mut pings = Pings::default();
        let [a, b, c] = [b"a", b"b", b"c"].map(|p| sent(&mut pings, p));
        assert!(a < b && b < c);
        assert_eq!(pings.answer(b"x"), None, "wrong payload");
        assert_eq!(pings.answer(b"b"), Some(b));
        assert_eq!(pings.answer(b"a"), None, "answered with b");
        assert_eq!(pings.answer(b"b"), None, "duplicate");
        assert_eq!(pings.answer(b"c"), Some(c));
        assert_eq!(pings.waiting.capacity(), 0, "nothing is held");
    }

    #[test]
    fn equal_payloads_are_answered_in_order() {
        let mut pings = Pings::default();
        let [a, b] = [b"", b""].map(|p| sent(&mut pings, p));
        assert_eq!(pings.answer(b""), Some(a));
        assert_eq!(pings.answer(b""), Some(b));
        assert_eq!(pings.answer(b""), None);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut pings = Pings::default();
        for n in 0..=16u8 {
            sent(&mut pings, &[n]);
        }
        assert_eq!(pings.waiting.len(), 16);
        assert_eq!(pings.answer(&[0]), None);
        assert!(pings.answer(&[1]).is_some());
    }

    #[test]
    fn round_trips_lie_between_ticks() {
        let mut pings = Pings::default();
        sent(&mut pings, b"1");
        pings.tick(Instant::from_secs(10));
        sent(&mut pings, b"2");
        pings.tick(Instant::from_secs(11));
        assert_eq!(pings.round_trip(), None);
        assert!(pings.answer(b"2").is_some());
        pings.tick(Instant::from_secs(14));
        assert_eq!(pings.round_trip(), Some(Duration::from_secs(3)));
    }
}

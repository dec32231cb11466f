//! Which pings are answered while nothing can be written: RFC 6455 §5.5.2, §5.5.3.

use alloc::boxed::Box;

use ws_frame::ControlPayload;

/// How many pongs lie in `out`, and the one that waits.
///
/// Every Ping is answered in order while `out` is written in time. A peer that floods pings and
/// does not read makes `out` stay; then only the newest Ping is answered, which §5.5.3 allows.
/// So a flood costs at most 15 pongs in `out` and one here: 2 KiB.
#[derive(Debug, Default)]
pub(crate) struct Pongs {
    /// Pongs appended since `out` was last empty when something was received.
    pending: u8,
    newest: Option<Box<ControlPayload>>,
}

impl Pongs {
    /// How many are answered in order. Ten at once are usual in tests of peers.
    const IN_ORDER: u8 = 14;

    /// Notes that `out` has been written.
    pub(crate) fn written(&mut self) {
        self.pending = 0;
    }

    /// Whether a Ping that just came is to be answered now; if not, it is kept.
    pub(crate) fn admit(&mut self, payload: &[u8]) -> bool {
        // A newer Pong stands for all before it (§5.5.3).
        self.newest = None;
        if self.pending < Self::IN_ORDER {
            self.pending += 1;
            return true;
        }
        self.newest = ControlPayload::new(payload).map(Box::new);
        false
    }

    /// The Pong that waited, if it is to be written now: all input is used up (`starved`) or
    /// `out` has been written.
    pub(crate) fn take_newest(&mut self, starved: bool) -> Option<Box<ControlPayload>> {
        let room = if starved { Self::IN_ORDER + 1 } else { 1 };
        if self.pending >= room {
            return None;
        }
        self.pending += 1;
        self.newest.take()
    }

    /// Whether a Pong waits for `out` to be written.
    pub(crate) fn is_waiting(&self) -> bool {
        self.newest.is_some()
    }
}

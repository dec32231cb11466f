//! Which pings are answered while nothing can be written: RFC 6455 §5.5.2, §5.5.3.

use alloc::boxed::Box;

use ws_frame::ControlPayload;

/// How many pongs wait to be written, and the one that waits for them.
///
/// Every Ping is answered in order while pongs are written in time. A peer that floods pings and
/// does not read makes them stay; then only the newest Ping is answered, which §5.5.3 allows. So
/// a flood costs at most 15 pongs in `out` and one here: 2 KiB.
#[derive(Debug, Default)]
pub(crate) struct Pongs {
    /// Pongs appended since the last of them was written.
    pending: u8,
    /// Where the last of them ends, counted in bytes of all frames.
    end: u64,
    newest: Option<Box<ControlPayload>>,
}

impl Pongs {
    /// How many are answered in order. Ten at once are usual in tests of peers.
    const IN_ORDER: u8 = 14;

    /// Whether a Ping that just came is to be answered now; if not, it is kept.
    pub(crate) fn admit(&mut self, payload: &[u8]) -> bool {
        // A newer Pong stands for all before it (§5.5.3).
        self.newest = None;
        if self.pending < Self::IN_ORDER {
            return true;
        }
        self.newest = ControlPayload::new(payload).map(Box::new);
        false
    }

    /// Notes that a Pong was appended, which ends at `end`.
    pub(crate) fn appended(&mut self, end: u64) {
        self.pending += 1;
        self.end = end;
    }

    /// Notes that everything up to `written` was written.
    pub(crate) fn written(&mut self, written: u64) {
        if written >= self.end {
            self.pending = 0;
        }
    }

    /// The Pong that waited, if it is to be written now: all input is used up (`starved`) or
    /// those before it have been written.
    pub(crate) fn take_newest(&mut self, starved: bool) -> Option<Box<ControlPayload>> {
        let room = if starved { Self::IN_ORDER + 1 } else { 1 };
        if self.pending >= room {
            return None;
        }
        self.newest.take()
    }

    /// Whether a Pong waits for those before it to be written.
    pub(crate) fn is_waiting(&self) -> bool {
        self.newest.is_some()
    }
}

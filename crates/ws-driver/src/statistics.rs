//! What a connection has done so far.

use core::time::Duration;

/// Counts since the connection was made.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// What came from the peer.
    pub received: Traffic,
    /// What was written for the peer.
    pub sent: Traffic,
    /// From the last Ping that was answered to its Pong, as seen by whoever tells the time:
    /// [`tick`](crate::Connection::tick) or [`time_pings`](crate::Writer::time_pings). `None`
    /// before the first.
    pub round_trip: Option<Duration>,
}

/// Counts of one direction.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Traffic {
    /// Frames of every kind.
    pub frames: u64,
    /// Messages, counted when their last frame was dealt with.
    pub messages: u64,
    /// Bytes of payload in all these frames, without their headers.
    pub bytes: u64,
}

impl Traffic {
    #[inline]
    pub(crate) fn frame(&mut self, payload_len: u64) {
        self.frames += 1;
        self.bytes = self.bytes.saturating_add(payload_len);
    }
}

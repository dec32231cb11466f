//! The transport, what waits to be written to it, and the clock.

use std::time::Duration;

use crate::output::Output;
use crate::timer::Alarm;

/// What both halves of a connection share.
#[derive(Debug)]
pub(crate) struct Wire<T> {
    pub(crate) io: T,
    pub(crate) output: Output,
    pub(crate) alarm: Alarm,
    pub(crate) limits: Limits,
}

/// How much may be gathered, how long it may wait, and how much may come meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Above this, whoever sends waits; at most 4 GiB, as the next.
    pub(crate) soft: u32,
    /// Above this, nothing is added to what already waits.
    pub(crate) hard: u32,
    /// How long the transport may take nothing of it.
    pub(crate) stall: Duration,
    /// How large a message of the peer may be.
    pub(crate) message: usize,
}

impl<T> Wire<T> {
    pub(crate) fn new(io: T, alarm: Alarm, limits: Limits) -> Self {
        Self {
            io,
            output: Output::new(),
            alarm,
            limits,
        }
    }
}

//! The deadlines of a connection; the only file that compares instants.

use core::time::Duration;

use alloc::vec::Vec;

use crate::reader::Reader;
use crate::writer::Writer;
use crate::{Config, Error, Instant, KeepAlive, Timer};

/// Four timers, armed without knowing the time and anchored by the next tick.
///
/// ```text
///            armed                       due                        then
/// KeepAlive  nothing came for interval   last sign + interval       a Ping goes out
/// Pong       that Ping                   the Ping + timeout         Error::TimedOut(Pong)
/// Idle       no message either way       last message + timeout     a Close (1001) goes out
/// Close      our Close                   the Close + timeout        Error::TimedOut(Close), or
///                                                                   the transport is given up
/// ```
#[derive(Debug)]
pub(crate) struct Timers {
    keep_alive: Option<KeepAlive>,
    idle_timeout: Option<Duration>,
    close_timeout: Duration,
    ping_at: Option<Instant>,
    pong_by: Option<Instant>,
    idle_at: Option<Instant>,
    close_by: Option<Instant>,
    /// The time for closing is over.
    given_up: bool,
    /// Where the last Ping of ours ends, counted in bytes of all frames.
    ping_end: u64,
}

impl Timers {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            keep_alive: config.keep_alive.map(|keep_alive| KeepAlive {
                interval: keep_alive.interval.max(KeepAlive::MIN_INTERVAL),
                ..keep_alive
            }),
            idle_timeout: config.idle_timeout,
            close_timeout: config.close_timeout,
            ping_at: None,
            pong_by: None,
            idle_at: None,
            close_by: None,
            given_up: false,
            ping_end: 0,
        }
    }

    /// Lets time pass; see [`Connection::tick`](crate::Connection::tick).
    pub(crate) fn tick(
        &mut self,
        now: Instant,
        reader: &mut Reader,
        writer: &mut Writer,
        out: &mut Vec<u8>,
    ) -> Result<Option<Instant>, Error> {
        writer.time_pings(now);
        if !reader.is_over() {
            self.idle(now, reader, writer, out);
        }
        if writer.is_closed() || reader.is_over() {
            return self.close(now, reader, writer, out);
        }
        self.keep_alive(now, reader, writer, out)?;
        Ok(self.next().map(|(at, _)| at))
    }

    /// The next deadline and what it is for.
    pub(crate) fn next(&self) -> Option<(Instant, Timer)> {
        if self.given_up {
            return None;
        }
        if let Some(by) = self.close_by {
            return Some((by, Timer::Close));
        }
        [
            (self.ping_at, Timer::KeepAlive),
            (self.pong_by, Timer::Pong),
            (self.idle_at, Timer::Idle),
        ]
        .into_iter()
        .filter_map(|(at, timer)| at.map(|at| (at, timer)))
        .min_by_key(|(at, _)| *at)
    }

    fn idle(&mut self, now: Instant, reader: &mut Reader, writer: &mut Writer, out: &mut Vec<u8>) {
        let Some(timeout) = self.idle_timeout else {
            return;
        };
        let received = core::mem::take(&mut reader.message_activity);
        if core::mem::take(&mut writer.activity) || received {
            self.idle_at = None;
        }
        let at = *self
            .idle_at
            .get_or_insert_with(|| now.saturating_add(timeout));
        if now >= at && !writer.is_closed() {
            writer.close_idle(out);
        }
    }

    fn keep_alive(
        &mut self,
        now: Instant,
        reader: &mut Reader,
        writer: &mut Writer,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let Some(KeepAlive { interval, timeout }) = self.keep_alive else {
            return Ok(());
        };
        let progress = core::mem::take(&mut writer.progress);
        if core::mem::take(&mut reader.activity) {
            self.ping_at = None;
            self.pong_by = None;
        }
        if let Some(by) = &mut self.pong_by {
            // A slow reader cannot answer a Ping that waits behind what it still reads.
            if progress && !writer.has_written(self.ping_end) {
                *by = now.saturating_add(timeout);
            }
            return if now < *by {
                Ok(())
            } else {
                Err(reader.fail(Error::TimedOut(Timer::Pong), writer, out))
            };
        }
        let at = *self
            .ping_at
            .get_or_insert_with(|| now.saturating_add(interval));
        if now >= at {
            writer.ping_by_name(out);
            self.ping_end = writer.appended();
            self.ping_at = None;
            self.pong_by = Some(now.saturating_add(timeout));
        }
        Ok(())
    }

    /// RFC 6455 §7.1.1: the transport should end after the Closes, and is not waited for
    /// without end.
    fn close(
        &mut self,
        now: Instant,
        reader: &mut Reader,
        writer: &mut Writer,
        out: &mut Vec<u8>,
    ) -> Result<Option<Instant>, Error> {
        (self.ping_at, self.pong_by, self.idle_at) = (None, None, None);
        let by = *self
            .close_by
            .get_or_insert_with(|| now.saturating_add(self.close_timeout));
        if now < by {
            return Ok(Some(by));
        }
        self.given_up = true;
        reader.at_eof = true;
        if reader.is_over() {
            Ok(None)
        } else {
            Err(reader.fail(Error::TimedOut(Timer::Close), writer, out))
        }
    }
}

#[cfg(test)]
mod tests;

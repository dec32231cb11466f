//! The deadlines of a connection; the only file that compares instants.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use ws_frame::Framing;

use crate::reader::Reader;
use crate::time::Span;
use crate::writer::Writer;
use crate::{Config, Error, Instant, KeepAlive, Timer};

/// Five timers, armed without knowing the time and anchored by the next tick.
///
/// ```text
///            armed                       due                        then
/// KeepAlive  nothing came for interval   last sign + interval       a Ping goes out
/// Pong       that Ping                   the Ping + timeout         Error::TimedOut(Pong)
/// Idle       no message either way       last message + timeout     a Close (1001) goes out
/// Sleep      a message with extensions   last message + sleep_after  extensions sleep
/// Close      our Close                   the Close + timeout        Error::TimedOut(Close), or
///                                                                   the transport is given up
/// ```
#[derive(Debug)]
pub(crate) struct Timers {
    keep_alive: Option<Intervals>,
    idle_timeout: Option<Span>,
    close_timeout: Span,
    /// When a Ping is due, or by when something must have come after one.
    sign_by: Option<Instant>,
    /// A Ping went out, and nothing has come since.
    pinged: bool,
    idle_at: Option<Instant>,
    /// There with extensions.
    sleep: Option<Box<Sleep>>,
    close_by: Option<Instant>,
    /// The time for closing is over.
    given_up: bool,
    /// Where the last Ping of ours ends, counted in bytes of all frames.
    ping_end: u64,
}

impl Timers {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            keep_alive: config.keep_alive.map(Intervals::from),
            idle_timeout: config.idle_timeout.map(Span::from),
            close_timeout: config.close_timeout.into(),
            sign_by: None,
            pinged: false,
            idle_at: None,
            sleep: None,
            close_by: None,
            given_up: false,
            ping_end: 0,
        }
    }

    /// Puts extensions to sleep from now on.
    pub(crate) fn sleep_after(&mut self, config: &Config) {
        let sleep = |after: Duration| {
            let after = after.into();
            Box::new(Sleep { after, at: None })
        };
        self.sleep = config.sleep_after.map(sleep);
    }

    /// Lets time pass; see [`Connection::tick`](crate::Connection::tick).
    pub(crate) fn tick<F: Framing>(
        &mut self,
        now: Instant,
        reader: &mut Reader<F>,
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Instant>, Error> {
        writer.time_pings(now);
        let received = core::mem::take(&mut reader.message_activity);
        let active = core::mem::take(&mut writer.activity) || received;
        if !reader.is_over() {
            self.idle(now, active, writer, out);
        }
        self.sleep(now, active, reader, writer);
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
        let sign = if self.pinged {
            Timer::Pong
        } else {
            Timer::KeepAlive
        };
        let sleep_at = self.sleep.as_ref().and_then(|sleep| sleep.at);
        let all = [
            (self.sign_by, sign),
            (self.idle_at, Timer::Idle),
            (sleep_at, Timer::Sleep),
        ];
        all.into_iter()
            .filter_map(|(at, timer)| at.map(|at| (at, timer)))
            .min_by_key(|(at, _)| *at)
    }

    fn idle<F: Framing>(
        &mut self,
        now: Instant,
        active: bool,
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) {
        let Some(timeout) = self.idle_timeout else {
            return;
        };
        if active {
            self.idle_at = None;
        }
        let at = *self.idle_at.get_or_insert_with(|| now.after(timeout));
        if now >= at && !writer.is_closed() {
            writer.close_idle(out);
        }
    }

    fn sleep<F: Framing>(
        &mut self,
        now: Instant,
        active: bool,
        reader: &mut Reader<F>,
        writer: &mut Writer<F>,
    ) {
        let Some(sleep) = &mut self.sleep else {
            return;
        };
        if active {
            sleep.at = Some(now.after(sleep.after));
        }
        if sleep.at.is_some_and(|at| now >= at) {
            sleep.at = None;
            reader.sleep();
            writer.sleep();
        }
    }

    fn keep_alive<F: Framing>(
        &mut self,
        now: Instant,
        reader: &mut Reader<F>,
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let Some(Intervals { interval, timeout }) = self.keep_alive else {
            return Ok(());
        };
        let progress = core::mem::take(&mut writer.progress);
        if core::mem::take(&mut reader.activity) {
            self.sign_by = None;
            self.pinged = false;
        }
        // A slow reader cannot answer a Ping that waits behind what it still reads.
        if self.pinged && progress && !writer.has_written(self.ping_end) {
            self.sign_by = Some(now.after(timeout));
        }
        let by = *self.sign_by.get_or_insert_with(|| now.after(interval));
        if now < by {
            return Ok(());
        }
        if self.pinged {
            return Err(reader.fail(Error::TimedOut(Timer::Pong), writer, out));
        }
        writer.ping_by_name(out);
        self.ping_end = writer.appended();
        self.sign_by = Some(now.after(timeout));
        self.pinged = true;
        Ok(())
    }

    /// RFC 6455 §7.1.1: the transport should end after the Closes, and is not waited for
    /// without end.
    fn close<F: Framing>(
        &mut self,
        now: Instant,
        reader: &mut Reader<F>,
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Instant>, Error> {
        (self.sign_by, self.idle_at, self.sleep) = (None, None, None);
        let by = *self
            .close_by
            .get_or_insert_with(|| now.after(self.close_timeout));
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

/// When extensions are put to sleep.
#[derive(Debug)]
struct Sleep {
    after: Span,
    at: Option<Instant>,
}

/// A [`KeepAlive`] in half the room.
#[derive(Clone, Copy, Debug)]
struct Intervals {
    interval: Span,
    timeout: Span,
}

impl From<KeepAlive> for Intervals {
    fn from(keep_alive: KeepAlive) -> Self {
        Self {
            interval: keep_alive.interval.max(KeepAlive::MIN_INTERVAL).into(),
            timeout: keep_alive.timeout.into(),
        }
    }
}

#[cfg(test)]
mod tests;

//! The one place where bytes are read.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{Driver, Halves, PingId};

use crate::Error;
use crate::buffers::{self, Spare};
use crate::input::{Input, at_most};
use crate::outbox::Outbox;
use crate::timer::Alarm;
use crate::trace::{self, Life};
use crate::wakers::Wakers;
use crate::wire::{Limits, Wire};

mod closing;
mod lend;

/// The connection and its transport, and what lies between them.
#[derive(Debug)]
pub(crate) struct Core<T> {
    pub(crate) wire: Wire<T>,
    pub(crate) connection: Driver,
    pub(crate) input: Input,
    pub(crate) life: Life,
    /// That it has ended was told.
    is_told: bool,
    /// There once two tasks may poll.
    pub(crate) wakers: Option<Arc<Wakers>>,
    /// What reads and control frames since the last wait have cost, in units of [`TURN`].
    spent: u8,
    /// The write side of the transport is closed.
    shut: bool,
    /// Nothing more can be read.
    read_ended: bool,
    /// Input that was dropped behind our Close, in bytes.
    dropped: usize,
    /// Input that was dropped behind the end of the connection, in bytes.
    lingered: u32,
}

/// How messages are received.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    Whole,
    Streamed,
}

/// That there will be no more events, and why if that is an error.
///
/// As small as a pointer, so that the way of a message is not paved with the size of errors.
#[derive(Debug)]
pub(crate) struct Ended(Option<Box<Error>>);

impl Ended {
    /// What a receiving method returns.
    #[cold]
    #[inline(never)]
    pub(crate) fn told<E>(self) -> Result<Option<E>, Error> {
        self.0.map_or(Ok(None), |error| Err(*error))
    }
}

/// What the passing of time has led to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Tick {
    /// Something is to be written.
    Write,
    /// The task is woken at the next deadline.
    Wait,
    /// Writing failed, and the peer has had time to say why.
    GiveUp,
}

/// After so many control frames without a wait other tasks get their turn.
const TURN: u8 = 32;
/// How many control frames a read is worth.
const READ: u8 = 2;
/// How long after a failed write the peer's last words are waited for.
const LAST_WORDS: Duration = Duration::from_secs(5);

impl<T> Core<T> {
    pub(crate) fn new(io: T, connection: Driver, alarm: Alarm, limits: Limits) -> Self {
        Self {
            wire: Wire::new(io, alarm, limits),
            connection,
            input: Input::default(),
            life: Life::default(),
            is_told: false,
            wakers: None,
            spent: 0,
            shut: false,
            read_ended: false,
            dropped: 0,
            lingered: 0,
        }
    }

    /// Puts bytes in front of what will be read and written.
    pub(crate) fn restore(&mut self, unread: &[u8], unsent: &[u8]) {
        self.input = Input::new(unread);
        self.wire.output.buffer.extend_from_slice(unsent);
    }

    pub(crate) fn outbox(&mut self) -> Outbox<'_, T> {
        Outbox {
            writer: self.connection.split_mut().1,
            wire: &mut self.wire,
        }
    }

    /// Passes over the rest of a message of which chunks were received.
    pub(crate) fn skip_message(&mut self) {
        self.connection.split_mut().0.skip_message();
    }

    /// Adds a Ping.
    pub(crate) fn add_ping(&mut self, payload: &[u8]) -> Result<PingId, Error> {
        self.wire.output.prepare();
        let id = self
            .connection
            .ping(payload, &mut self.wire.output.buffer)?;
        if let Some(now) = self.wire.alarm.now() {
            self.connection.split_mut().1.time_pings(now);
        }
        Ok(id)
    }

    pub(crate) fn add_pong(&mut self, payload: &[u8]) -> Result<(), Error> {
        self.wire.output.prepare();
        let out = &mut self.wire.output.buffer;
        Ok(self.connection.split_mut().1.pong(payload, out)?)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Core<T> {
    /// Reads until an event stands ready.
    ///
    /// Whatever waits to be written is written before this waits to read.
    #[inline]
    pub(crate) fn poll_advance(
        &mut self,
        cx: &mut Context<'_>,
        mode: Mode,
    ) -> Poll<Result<(), Ended>> {
        // Most messages came together with others, and are found without more ado.
        if let Halves::Usual(reader, _) = self.connection.halves()
            && mode == Mode::Whole
            && self.spent < TURN
            && reader.peek(self.input.unread())
        {
            return Poll::Ready(Ok(()));
        }
        self.poll_next(cx, mode)
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, mode: Mode) -> Poll<Result<(), Ended>> {
        let advanced = if self.spent < TURN {
            self.advance(mode)
        } else {
            Ok(false)
        };
        let polled = match advanced {
            Ok(true) => return Poll::Ready(Ok(())),
            Ok(false) => self.poll_more(cx, mode),
            Err(error) => Poll::Ready(Err(self.failed(cx, error))),
        };
        let error = match polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(true)) => return Poll::Ready(Ok(())),
            Poll::Ready(Ok(false)) => None,
            Poll::Ready(Err(error)) => {
                trace::failed(&self.life, &error);
                Some(Box::new(error))
            }
        };
        self.end();
        Poll::Ready(Err(Ended(error)))
    }

    /// Nothing more will come.
    fn end(&mut self) {
        if !self.is_told {
            trace::ended(&self.life, &self.connection);
            self.is_told = true;
        }
        // Whoever waits to send need not wait any longer.
        self.wire.output.ended = true;
        self.release();
    }

    /// Writes and reads until an event stands ready; `false` once there will be none.
    fn poll_more(&mut self, cx: &mut Context<'_>, mode: Mode) -> Poll<Result<bool, Error>> {
        loop {
            if self.spent >= TURN {
                self.spent = 0;
                // Whoever keeps this busy does not stop the time.
                match self.tick(cx) {
                    Ok(Tick::Write | Tick::Wait) => {}
                    Ok(Tick::GiveUp) => return Poll::Ready(Err(self.broken_off())),
                    Err(error) => return Poll::Ready(Err(self.failed(cx, error))),
                }
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let written = self.poll_output(cx);
            // A Pong that waited for others to be written comes before anything is read.
            if written.is_pending() || !self.connection.split_mut().1.has_waiting_pong() {
                if let Some(over) = self.poll_over(cx, written) {
                    return over.map(|()| Ok(false));
                }
                match self.poll_read(cx) {
                    Poll::Ready(Ok(true)) => {}
                    Poll::Ready(Ok(false)) => {
                        self.read_ended = true;
                        if self.connection.receive_eof().is_err() {
                            return Poll::Ready(Err(self.broken_off()));
                        }
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => match self.tick(cx) {
                        // A Ping or a Close is due: write it before waiting.
                        Ok(Tick::Write) => {}
                        // The time for closing is over.
                        Ok(Tick::Wait) if self.connection.wants_shutdown() => {}
                        Ok(Tick::Wait) => {
                            self.release();
                            return Poll::Pending;
                        }
                        Ok(Tick::GiveUp) => return Poll::Ready(Err(self.broken_off())),
                        Err(error) => return Poll::Ready(Err(self.failed(cx, error))),
                    },
                }
            }
            match self.advance(mode) {
                Ok(true) => return Poll::Ready(Ok(true)),
                Ok(false) => {}
                Err(error) => return Poll::Ready(Err(self.failed(cx, error))),
            }
        }
    }

    /// Lets the driver take what was read.
    fn advance(&mut self, mode: Mode) -> Result<bool, ws_driver::Error> {
        let Halves::Usual(reader, writer) = self.connection.halves() else {
            return self.advance_rare(mode);
        };
        let (mut unread, mark) = self.input.split();
        let out = &mut self.wire.output.buffer;
        let ready = match mode {
            Mode::Whole => reader.advance(&mut unread, writer, out),
            Mode::Streamed => reader.advance_chunk(&mut unread, writer, out),
        };
        mark.leave(unread.len());
        ready
    }

    #[cold]
    #[inline(never)]
    fn advance_rare(&mut self, mode: Mode) -> Result<bool, ws_driver::Error> {
        let (mut unread, mark) = self.input.split();
        let out = &mut self.wire.output.buffer;
        let (mut reader, mut writer) = self.connection.split_mut();
        let ready = match mode {
            Mode::Whole => reader.advance(&mut unread, &mut writer, out),
            Mode::Streamed => reader.advance_chunk(&mut unread, &mut writer, out),
        };
        mark.leave(unread.len());
        ready
    }

    /// Writes what waits. A failure is kept for whoever sends, and for the end of the input: the
    /// peer may have said why before it left.
    fn poll_output(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.wire.output.failure().is_some() {
            self.wire.output.clear();
            return Poll::Ready(());
        }
        if self.wire.output.is_flushed() {
            return Poll::Ready(());
        }
        self.outbox().poll_written(cx).map(|_| ())
    }

    /// Reads once; `false` at the end.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        // For the answers to what will be read.
        self.wire.output.prepare();
        loop {
            let (mut reader, mut writer) = self.connection.split_mut();
            let read = match reader.reborrow().room() {
                Some(room) => {
                    let limit = room.len();
                    let read = Pin::new(&mut self.wire.io).poll_read(cx, room);
                    read.map(|read| {
                        let len = at_most(read?, limit)?;
                        Ok((
                            len,
                            reader.filled(len, &mut writer, &mut self.wire.output.buffer),
                        ))
                    })
                }
                None => self.poll_read_buffer(cx).map_ok(|len| (len, Ok(()))),
            };
            return match read {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Ok((len, Ok(())))) => {
                    self.spent = self.spent.saturating_add(READ);
                    Poll::Ready(Ok(len > 0))
                }
                Poll::Ready(Ok((_, Err(error)))) => Poll::Ready(Err(self.failed(cx, error))),
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
                Poll::Ready(Err(error)) => {
                    self.read_ended = true;
                    // After the peer's Close it does not matter how the transport ends.
                    if self.connection.receive_eof().is_ok() {
                        return Poll::Ready(Ok(false));
                    }
                    Poll::Ready(Err(Error::Io(error)))
                }
            };
        }
    }

    /// Reads into the buffer, all of which has been received.
    fn poll_read_buffer(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if !self.input.is_leased() {
            let mut reader = self.connection.split_mut().0;
            if !reader.has_storage() {
                reader.give_storage(buffers::lease_spare(Spare::Storage));
            }
        }
        self.input.poll_read(&mut self.wire.io, cx)
    }

    /// Lets time pass.
    fn tick(&mut self, cx: &mut Context<'_>) -> Result<Tick, ws_driver::Error> {
        let failed = self.wire.output.failure().is_some();
        loop {
            let Some(now) = self.wire.alarm.now() else {
                return Ok(if failed { Tick::GiveUp } else { Tick::Wait });
            };
            self.wire.output.prepare();
            let before = self.wire.output.pending().len();
            self.wire.alarm.connection = self.connection.tick(now, &mut self.wire.output.buffer)?;
            if failed {
                self.wire.output.clear();
                if self.wire.alarm.transport_is_late(now, LAST_WORDS) {
                    return Ok(Tick::GiveUp);
                }
            } else if self.wire.output.pending().len() > before {
                return Ok(Tick::Write);
            }
            if self.wire.alarm.poll(cx, now).is_pending() {
                return Ok(Tick::Wait);
            }
        }
    }

    /// Gives back what is not needed while nothing happens.
    fn release(&mut self) {
        self.spent = 0;
        self.wire.output.release();
        if self.input.is_empty() {
            self.input.release();
            if let Some(storage) = self.connection.split_mut().0.take_storage() {
                buffers::return_spare(Spare::Storage, storage);
            }
        }
    }

    /// The connection failed: says so to the peer, as far as that goes without waiting.
    fn failed(&mut self, cx: &mut Context<'_>, error: ws_driver::Error) -> Error {
        if self.poll_output(cx).is_ready() {
            let _ = self.poll_shutdown(cx);
        }
        error.into()
    }

    /// The transport ended without a closing handshake; if writing failed before, that says more.
    fn broken_off(&mut self) -> Error {
        let _ = self.connection.receive_eof();
        match self.wire.output.failure() {
            Some(kind) => Error::Io(kind.into()),
            None => ws_driver::Error::UnexpectedEof.into(),
        }
    }
}

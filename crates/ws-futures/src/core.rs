//! The one place where bytes are read and written.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{Chunk, Connection, Event, PingId, State};

use crate::Error;
use crate::buffers::{self, Spare};
use crate::input::{Input, at_most};
use crate::outbox::Outbox;
use crate::output::{Output, WriteLimits};
use crate::parts::Parts;
use crate::timer::MaybeTimer;

mod closing;

/// The connection, its transport, and what lies between them.
#[derive(Debug)]
pub(crate) struct Core<T> {
    pub(crate) io: T,
    pub(crate) connection: Connection,
    pub(crate) output: Output,
    pub(crate) timer: MaybeTimer,
    pub(crate) limits: WriteLimits,
    pub(crate) input: Input,
    /// Reads and control frames since the last wait.
    spent: u8,
    /// The write side of the transport is closed.
    shut: bool,
    /// Input that was dropped while closing, in bytes.
    dropped: usize,
}

/// How messages are received.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    Whole,
    Streamed,
}

/// After so many reads and control frames without a wait other tasks get their turn.
const TURN: u8 = 32;
impl<T> Core<T> {
    pub(crate) fn new(
        io: T,
        connection: Connection,
        timer: MaybeTimer,
        limits: WriteLimits,
    ) -> Self {
        Self {
            io,
            connection,
            output: Output::new(),
            timer,
            limits,
            input: Input::default(),
            spent: 0,
            shut: false,
            dropped: 0,
        }
    }

    /// Puts bytes in front of what will be read and written.
    pub(crate) fn restore(&mut self, unread: &[u8], unsent: &[u8]) {
        self.input = Input::new(unread);
        self.output.buffer.extend_from_slice(unsent);
    }

    pub(crate) fn into_parts(self) -> Parts<T> {
        Parts {
            io: self.io,
            connection: self.connection,
            unread: self.input.unread().to_vec(),
            unsent: self.output.into_unsent(),
        }
    }

    /// Passes over the rest of a message of which chunks were received.
    pub(crate) fn skip_message(&mut self) {
        self.connection.split_mut().0.skip_message();
    }

    /// Adds a Ping.
    pub(crate) fn add_ping(&mut self, payload: &[u8]) -> Result<PingId, Error> {
        self.output.prepare();
        Ok(self.connection.ping(payload, &mut self.output.buffer)?)
    }

    pub(crate) fn outbox(&mut self) -> Outbox<'_, T> {
        Outbox {
            io: &mut self.io,
            writer: self.connection.split_mut().1,
            output: &mut self.output,
            limits: self.limits,
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Core<T> {
    /// Reads until an event stands ready; `false` once there will be none.
    ///
    /// Whatever waits to be written is written before this waits to read.
    pub(crate) fn poll_advance(
        &mut self,
        cx: &mut Context<'_>,
        mode: Mode,
    ) -> Poll<Result<bool, Error>> {
        loop {
            if self.spent >= TURN {
                self.spent = 0;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match self.advance(mode) {
                Ok(true) => return Poll::Ready(Ok(true)),
                Ok(false) => {}
                Err(error) => return Poll::Ready(Err(self.failed(cx, error))),
            }
            let written = self.poll_output(cx);
            if self.connection.split_mut().1.has_waiting_pong() && written.is_ready() {
                // It waited for the output to be written.
                continue;
            }
            if self.connection.state() != State::Open
                && let Err(error) = self.tick(cx)
            {
                // Whoever sends without end after our Close is not listened to without end.
                return Poll::Ready(Err(self.failed(cx, error)));
            }
            if let Some(over) = self.poll_over(cx, written) {
                return over.map(|()| Ok(false));
            }
            match self.poll_read(cx) {
                Poll::Ready(Ok(true)) => {}
                Poll::Ready(Ok(false)) => {
                    let eof = self.connection.receive_eof();
                    if let Err(error) = eof {
                        return Poll::Ready(Err(self.broken_off(error)));
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => match self.tick(cx) {
                    // A Ping or a Close is due: write it before waiting.
                    Ok(true) => {}
                    // The time for closing is over.
                    Ok(false) if self.connection.wants_shutdown() => {}
                    Ok(false) => {
                        self.release();
                        return Poll::Pending;
                    }
                    Err(error) => return Poll::Ready(Err(self.failed(cx, error))),
                },
            }
        }
    }

    /// Lends the event that [`poll_advance`](Self::poll_advance) found.
    pub(crate) fn take_event(&mut self) -> Result<Option<(Event<'_>, Outbox<'_, T>)>, Error> {
        let Self {
            io,
            connection,
            output,
            input,
            limits,
            spent,
            ..
        } = self;
        output.prepare();
        let (reader, writer) = connection.split_mut();
        let (mut unread, mark) = input.split();
        let event = reader.event(&mut unread, writer, &mut output.buffer);
        mark.leave(unread.len());
        match event {
            Ok(Some(event)) => {
                if !matches!(event, Event::Message(_)) {
                    *spent = spent.saturating_add(1);
                }
                let outbox = Outbox {
                    io,
                    writer,
                    output,
                    limits: *limits,
                };
                Ok(Some((event, outbox)))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                write_now(output, io);
                Err(error.into())
            }
        }
    }

    /// Lends the chunk that [`poll_advance`](Self::poll_advance) found.
    pub(crate) fn take_chunk(&mut self) -> Result<Option<Event<'_, Chunk<'_>>>, Error> {
        let Self {
            io,
            connection,
            output,
            input,
            spent,
            ..
        } = self;
        output.prepare();
        let (reader, writer) = connection.split_mut();
        let (mut unread, mark) = input.split();
        let event = reader.event_chunk(&mut unread, writer, &mut output.buffer);
        mark.leave(unread.len());
        match event {
            Ok(Some(event)) => {
                if !matches!(event, Event::Message(_)) {
                    *spent = spent.saturating_add(1);
                }
                Ok(Some(event))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                write_now(output, io);
                Err(error.into())
            }
        }
    }

    /// Lets the driver take what was read.
    fn advance(&mut self, mode: Mode) -> Result<bool, ws_driver::Error> {
        self.output.prepare();
        let (reader, writer) = self.connection.split_mut();
        let (mut unread, mark) = self.input.split();
        let out = &mut self.output.buffer;
        let ready = match mode {
            Mode::Whole => reader.advance(&mut unread, writer, out),
            Mode::Streamed => reader.advance_chunk(&mut unread, writer, out),
        };
        mark.leave(unread.len());
        ready
    }

    /// Writes what waits. A failure is kept for whoever sends, and for the end of the input: the
    /// peer may have said why before it left.
    fn poll_output(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.output.failure().is_some() {
            self.output.buffer.clear();
            return Poll::Ready(());
        }
        self.output.poll_flush(&mut self.io, cx).map(|_| ())
    }

    /// Reads once; `false` at the end.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        loop {
            let (reader, writer) = self.connection.split_mut();
            let read = match reader.room() {
                Some(room) => {
                    let limit = room.len();
                    let read = Pin::new(&mut self.io).poll_read(cx, room);
                    read.map(|read| {
                        let len = at_most(read?, limit)?;
                        Ok((len, reader.filled(len, writer, &mut self.output.buffer)))
                    })
                }
                None => self.poll_read_buffer(cx).map_ok(|len| (len, Ok(()))),
            };
            return match read {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Ok((len, Ok(())))) => {
                    self.spent = self.spent.saturating_add(1);
                    Poll::Ready(Ok(len > 0))
                }
                Poll::Ready(Ok((_, Err(error)))) => Poll::Ready(Err(self.failed(cx, error))),
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
                Poll::Ready(Err(error)) => {
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
            let storage = buffers::lease_spare(Spare::Storage);
            self.connection.split_mut().0.give_storage(storage);
        }
        self.input.poll_read(&mut self.io, cx)
    }

    /// Lets time pass; tells whether something is to be written because of it. If not, the task
    /// is woken at the next deadline.
    fn tick(&mut self, cx: &mut Context<'_>) -> Result<bool, ws_driver::Error> {
        let Some(timer) = &mut self.timer.0 else {
            return Ok(false);
        };
        let before = self.output.pending().len();
        loop {
            self.output.prepare();
            let now = timer.now();
            let deadline = self.connection.tick(now, &mut self.output.buffer)?;
            if self.output.pending().len() > before {
                return Ok(true);
            }
            let Some(deadline) = deadline else {
                return Ok(false);
            };
            if timer.poll_at(cx, deadline).is_pending() {
                return Ok(false);
            }
        }
    }

    /// Gives back what is not needed while nothing happens.
    fn release(&mut self) {
        self.spent = 0;
        self.output.release();
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
        self.release();
        error.into()
    }

    /// The transport ended without a closing handshake; if writing failed before, that says more.
    fn broken_off(&mut self, error: ws_driver::Error) -> Error {
        self.release();
        match self.output.failure() {
            Some(kind) => Error::Io(kind.into()),
            None => error.into(),
        }
    }
}

/// Writes what the transport takes at once.
fn write_now<T: AsyncWrite + Unpin>(output: &mut Output, io: &mut T) {
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let _ = output.poll_flush(io, &mut cx);
}

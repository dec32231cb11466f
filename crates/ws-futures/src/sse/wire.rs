//! What waits to be written to the client of an event stream, and whether the client is there.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use ws_sse::{EncodedEvent, StreamFraming};

use crate::Error;
use crate::input::at_most;
use crate::output::{Output, check_write};
use crate::timer::Alarm;

/// The transport of an event stream. All progress is kept here, so any future may be dropped.
#[derive(Debug)]
pub(super) struct Wire<T> {
    pub(super) io: T,
    /// What is for this client alone. It is written first.
    pub(super) output: Output,
    /// What is for many, by reference. Nothing is added to `output` before it has been written.
    /// Mostly it is one event, for which nothing is allocated.
    first: Option<EncodedEvent>,
    /// How much of that has been written.
    written: usize,
    /// What comes behind it.
    rest: VecDeque<EncodedEvent>,
    /// How much of all of these has not.
    queued: usize,
    framing: StreamFraming,
    /// The deadline of the connection is that of the next ping.
    pub(super) alarm: Alarm,
    stall: Duration,
    /// What the client has sent behind its request, in bytes.
    dropped: usize,
    has_left: bool,
}

/// So much of what a client sends behind its request is read and dropped, in bytes. Then it is no
/// longer read from, and that it leaves is noticed by writing.
const MAX_DROPPED: usize = 64 << 10;
/// So many events are written at once.
const MAX_SLICES: usize = 32;
/// So many events of a few bytes may wait, which cost more than their bytes.
const MAX_QUEUED: usize = 1024;

impl<T> Wire<T> {
    pub(super) fn new(
        io: T,
        output: Output,
        alarm: Alarm,
        framing: StreamFraming,
        stall: Duration,
    ) -> Self {
        Self {
            io,
            output,
            first: None,
            written: 0,
            rest: VecDeque::new(),
            queued: 0,
            framing,
            alarm,
            stall,
            dropped: 0,
            has_left: false,
        }
    }

    /// Adds an event behind all that waits.
    pub(super) fn push(&mut self, event: EncodedEvent) {
        self.queued += event.framed(self.framing).len();
        if self.first.is_none() {
            self.first = Some(event);
        } else {
            self.rest.push_back(event);
        }
    }

    /// Whether there is something that has not been written.
    pub(super) fn is_empty(&self) -> bool {
        self.output.is_empty() && self.first.is_none()
    }

    /// How much there is, in bytes.
    pub(super) fn waiting(&self) -> usize {
        self.output.pending().len() + self.queued
    }

    /// Notes that the transport has taken `len` bytes.
    fn advance(&mut self, len: usize) {
        self.alarm.transport = None;
        let own = self.output.pending().len().min(len);
        self.output.advance(own);
        let mut left = len - own;
        if left == 0 {
            return;
        }
        self.output.note_write();
        self.queued -= left;
        while let Some(first) = &self.first {
            let rest = first.framed(self.framing).len() - self.written;
            if left < rest {
                self.written += left;
                return;
            }
            left -= rest;
            self.written = 0;
            self.first = self.rest.pop_front();
        }
    }

    /// Gives back what is not needed while nothing waits.
    fn release(&mut self) {
        self.output.release();
        self.rest = VecDeque::new();
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        match self.output.failure() {
            Some(kind) => Err(Error::Io(kind.into())),
            None => Ok(()),
        }
    }

    fn fail(&mut self, error: io::Error) -> Error {
        self.alarm.transport = None;
        self.output.fail(error.kind());
        self.first = None;
        self.rest.clear();
        (self.written, self.queued) = (0, 0);
        Error::Io(error)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire<T> {
    /// Waits until something for this client alone may be added.
    pub(super) fn poll_room(
        &mut self,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Result<(), Error>> {
        self.check()?;
        while self.first.is_some() || self.output.pending().len() >= limit.max(1) {
            ready!(self.poll_write(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Waits until an event for many may be added.
    pub(super) fn poll_queue_room(
        &mut self,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Result<(), Error>> {
        self.check()?;
        while self.waiting() >= limit.max(1) || self.rest.len() >= MAX_QUEUED {
            ready!(self.poll_write(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Writes all there is, and flushes the transport.
    pub(super) fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.check()?;
        while !self.is_empty() {
            ready!(self.poll_write(cx))?;
        }
        match self.output.poll_flush(&mut self.io, cx) {
            Poll::Ready(Ok(())) => {
                self.alarm.transport = None;
                self.release();
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(self.fail(error))),
            Poll::Pending => self.poll_stall(cx),
        }
    }

    /// Ends the write side of the transport.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match Pin::new(&mut self.io).poll_close(cx) {
            Poll::Ready(Ok(())) => Poll::Ready(Ok(())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(self.fail(error))),
            Poll::Pending => self.poll_stall(cx),
        }
    }

    /// Waits for the client to leave; what it sends is dropped.
    pub(super) fn poll_left(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut dropped = [0; 512];
        while !self.has_left && self.dropped < MAX_DROPPED {
            let read = ready!(Pin::new(&mut self.io).poll_read(cx, &mut dropped));
            match read.and_then(|len| at_most(len, dropped.len())) {
                Ok(0) => self.has_left = true,
                Ok(len) => self.dropped += len,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(self.fail(error))),
            }
        }
        if self.has_left {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }

    /// Writes once.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut slices = [IoSlice::new(&[]); MAX_SLICES];
        let own = self.output.pending();
        let framing = self.framing;
        let first = self.first.as_ref().map(|event| event.framed(framing));
        let rest = self.rest.iter().map(|event| event.framed(framing));
        let parts = (!own.is_empty()).then_some(own).into_iter();
        let parts = parts.chain(first.map(|first| &first[self.written..]));
        let parts = parts.chain(rest);
        let (mut count, mut all) = (0, 0);
        for (slice, part) in slices.iter_mut().zip(parts) {
            *slice = IoSlice::new(part);
            count += 1;
            all += part.len();
        }
        match Pin::new(&mut self.io).poll_write_vectored(cx, &slices[..count]) {
            Poll::Ready(result) => match check_write(result, all) {
                Ok(len) => {
                    self.advance(len);
                    Poll::Ready(Ok(()))
                }
                Err(error) => Poll::Ready(Err(self.fail(error))),
            },
            Poll::Pending => self.poll_stall(cx),
        }
    }

    /// Waits for a transport that takes nothing, but not without end.
    fn poll_stall<R>(&mut self, cx: &mut Context<'_>) -> Poll<Result<R, Error>> {
        loop {
            let Some(now) = self.alarm.now() else {
                return Poll::Pending;
            };
            if self.alarm.transport_is_late(now, self.stall) {
                return Poll::Ready(Err(self.fail(io::ErrorKind::TimedOut.into())));
            }
            ready!(self.alarm.poll(cx, now));
        }
    }
}

//! What is to be written: gathered, and written in one go.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_io::AsyncWrite;
use ws_driver::{Message, Writer};

use crate::Error;
use crate::buffers::{self, Spare};

/// The buffer that the driver appends to, and how much of it has been written.
///
/// A frame is appended whole in one step and what is appended is owned here, so dropping any
/// future leaves no frame torn: the next write goes on where the last one stopped.
#[derive(Debug)]
pub(crate) struct Output {
    /// What the driver appends to.
    pub(crate) buffer: Vec<u8>,
    written: usize,
    needs_flush: bool,
    /// Writing failed; nothing can be sent any more.
    failed: Option<io::ErrorKind>,
}

/// How much may be gathered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteLimits {
    /// Above this, whoever sends waits.
    pub(crate) soft: usize,
    /// Above this, nothing is added to what already waits.
    pub(crate) hard: usize,
}

/// From this size on a payload is written from where it lies.
const VECTORED: usize = 8 << 10;
/// When this much has been written of a buffer that never gets empty, it is moved to the front.
const COMPACT: usize = 64 << 10;

impl Output {
    pub(crate) fn new() -> Self {
        Self {
            buffer: Vec::new(),
            written: 0,
            needs_flush: false,
            failed: None,
        }
    }

    /// What has not been written.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.buffer[self.written..]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pending().is_empty()
    }

    /// Whether writing has failed.
    pub(crate) fn failure(&self) -> Option<io::ErrorKind> {
        self.failed
    }

    /// Writes all that is pending, and flushes the transport.
    pub(crate) fn poll_flush<T: AsyncWrite + Unpin>(
        &mut self,
        io: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        if let Some(kind) = self.failed {
            return Poll::Ready(Err(Error::Io(kind.into())));
        }
        while !self.is_empty() {
            let polled = Pin::new(&mut *io).poll_write(cx, self.pending());
            self.wrote(ready!(polled))?;
        }
        while self.needs_flush {
            match ready!(Pin::new(&mut *io).poll_flush(cx)) {
                Ok(()) => self.needs_flush = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(self.fail(error))),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Waits until a message of `len` bytes may be added.
    pub(crate) fn poll_room<T: AsyncWrite + Unpin>(
        &mut self,
        io: &mut T,
        cx: &mut Context<'_>,
        len: usize,
        limits: WriteLimits,
    ) -> Poll<Result<(), Error>> {
        if let Some(kind) = self.failed {
            return Poll::Ready(Err(Error::Io(kind.into())));
        }
        while !self.has_room(len, limits) {
            let polled = Pin::new(&mut *io).poll_write(cx, self.pending());
            self.wrote(ready!(polled))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Whether a message of `len` bytes may be added: one always may to what is empty.
    pub(crate) fn has_room(&self, len: usize, limits: WriteLimits) -> bool {
        let pending = self.pending().len();
        pending == 0 || pending < limits.soft && pending.saturating_add(len) <= limits.hard
    }

    /// Whether a message of `len` bytes may be added by someone who asked for room before its
    /// length was known: then what waits is below the soft limit, and one message comes on top.
    pub(crate) fn has_room_after_ready(&self, len: usize, limits: WriteLimits) -> bool {
        self.pending().len() < limits.soft || self.has_room(len, limits)
    }

    /// Leases the buffer that the driver is about to append to.
    pub(crate) fn prepare(&mut self) {
        if self.buffer.capacity() == 0 {
            self.buffer = buffers::lease_spare(Spare::Output);
            self.buffer.clear();
        }
    }

    /// Adds a message, and writes a large one at once, from where it lies; what the transport
    /// does not take is copied behind what waits.
    pub(crate) fn push<T: AsyncWrite + Unpin>(
        &mut self,
        io: &mut T,
        cx: &mut Context<'_>,
        writer: &mut Writer,
        message: Message<'_>,
    ) -> Result<(), Error> {
        self.prepare();
        if message.len() < VECTORED {
            return Ok(writer.send(message, &mut self.buffer)?);
        }
        let Some(header) = writer.send_header(message)? else {
            return Ok(writer.send(message, &mut self.buffer)?);
        };
        self.buffer.extend_from_slice(&header);
        let mut payload = message.as_bytes();
        while !payload.is_empty() {
            let slices = [IoSlice::new(self.pending()), IoSlice::new(payload)];
            let Poll::Ready(result) = Pin::new(&mut *io).poll_write_vectored(cx, &slices) else {
                break;
            };
            let (pending, all) = (self.pending().len(), self.pending().len() + payload.len());
            match result {
                Ok(len @ 1..) if len <= all => {
                    self.needs_flush = true;
                    payload = &payload[len.saturating_sub(pending)..];
                    self.advance(len.min(pending));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return Err(self.fail(impossible(other))),
            }
        }
        self.buffer.extend_from_slice(payload);
        Ok(())
    }

    /// Gives the buffer back, if all of it has been written.
    pub(crate) fn release(&mut self) {
        if self.is_empty() {
            self.written = 0;
            self.buffer.clear();
            buffers::return_spare(Spare::Output, std::mem::take(&mut self.buffer));
        }
    }

    /// Takes what has not been written out.
    pub(crate) fn into_unsent(mut self) -> Vec<u8> {
        self.buffer.drain(..self.written);
        std::mem::take(&mut self.buffer)
    }

    /// Takes note of what one write did.
    fn wrote(&mut self, result: io::Result<usize>) -> Result<(), Error> {
        match result {
            Ok(len @ 1..) if len <= self.pending().len() => {
                self.needs_flush = true;
                self.advance(len);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            other => Err(self.fail(impossible(other))),
        }
    }

    fn advance(&mut self, len: usize) {
        self.written += len;
        if self.written == self.buffer.len() {
            self.buffer.clear();
            self.written = 0;
        } else if self.written >= COMPACT && self.written * 2 >= self.buffer.len() {
            self.buffer.drain(..self.written);
            self.written = 0;
        }
    }

    fn fail(&mut self, error: io::Error) -> Error {
        self.failed = Some(error.kind());
        self.buffer.clear();
        self.written = 0;
        Error::Io(error)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        buffers::return_spare(Spare::Output, std::mem::take(&mut self.buffer));
    }
}

/// The error of a write that failed, or that claims what no write can do.
fn impossible(result: io::Result<usize>) -> io::Error {
    match result {
        Ok(0) => io::ErrorKind::WriteZero.into(),
        Ok(_) => io::Error::other("transport claims to have written more than it was given"),
        Err(error) => error,
    }
}

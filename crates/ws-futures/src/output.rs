//! What is to be written.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_io::AsyncWrite;

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
    /// Something was written since the transport was last flushed.
    needs_flush: bool,
    /// Writing failed; nothing can be sent any more.
    failed: Option<io::ErrorKind>,
    /// The connection has ended: what is left is not waited for.
    pub(crate) ended: bool,
}

/// When this much has been written of a buffer that never gets empty, it is moved to the front.
const COMPACT: usize = 64 << 10;

impl Output {
    pub(crate) fn new() -> Self {
        Self {
            buffer: Vec::new(),
            written: 0,
            needs_flush: false,
            failed: None,
            ended: false,
        }
    }

    /// What has not been written.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.buffer[self.written..]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pending().is_empty()
    }

    /// Whether all has been written, and the transport flushed since.
    pub(crate) fn is_flushed(&self) -> bool {
        self.is_empty() && !self.needs_flush
    }

    /// Why writing failed, if it has.
    pub(crate) fn failure(&self) -> Option<io::ErrorKind> {
        self.failed
    }

    /// Leases the buffer that the driver is about to append to.
    #[inline]
    pub(crate) fn prepare(&mut self) {
        if self.buffer.capacity() == 0 {
            self.lease();
        }
    }

    #[inline(never)]
    fn lease(&mut self) {
        self.buffer = buffers::lease_spare(Spare::Output);
        self.buffer.clear();
    }

    /// Writes once; gives how much was written, which is 0 if it is to be done again.
    pub(crate) fn poll_write<T: AsyncWrite + Unpin>(
        &mut self,
        io: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let pending = self.pending();
        let all = pending.len();
        let result = ready!(Pin::new(io).poll_write(cx, pending));
        let len = check_write(result, all)?;
        self.advance(len);
        Poll::Ready(Ok(len))
    }

    /// Flushes the transport, if something was written since it last was.
    pub(crate) fn poll_flush<T: AsyncWrite + Unpin>(
        &mut self,
        io: &mut T,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.needs_flush {
            match ready!(Pin::new(&mut *io).poll_flush(cx)) {
                Ok(()) => self.needs_flush = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Notes that `len` bytes of what was pending have been written.
    pub(crate) fn advance(&mut self, len: usize) {
        self.needs_flush |= len > 0;
        self.written += len;
        if self.written == self.buffer.len() {
            self.clear();
        } else if self.written >= COMPACT && self.written * 2 >= self.buffer.len() {
            self.buffer.drain(..self.written);
            self.written = 0;
        }
    }

    /// Notes that something has been written past this buffer.
    #[cfg(feature = "sse")]
    pub(crate) fn note_write(&mut self) {
        self.needs_flush = true;
    }

    /// Notes that writing failed.
    pub(crate) fn fail(&mut self, kind: io::ErrorKind) {
        self.failed = Some(kind);
        self.clear();
    }

    /// Forgets what has not been written.
    pub(crate) fn clear(&mut self) {
        self.buffer.clear();
        self.written = 0;
    }

    /// Gives the buffer back, if all of it has been written.
    pub(crate) fn release(&mut self) {
        if self.is_empty() {
            self.clear();
            buffers::return_spare(Spare::Output, std::mem::take(&mut self.buffer));
        }
    }

    /// Takes what has not been written out.
    pub(crate) fn into_unsent(mut self) -> Vec<u8> {
        self.buffer.drain(..self.written);
        std::mem::take(&mut self.buffer)
    }
}

/// How much one write of `all` bytes did; 0 if it is to be done again.
pub(crate) fn check_write(result: io::Result<usize>, all: usize) -> io::Result<usize> {
    match result {
        Ok(len) if (1..=all).contains(&len) => Ok(len),
        Ok(0) => Err(io::ErrorKind::WriteZero.into()),
        Ok(_) => {
            let lie = "transport claims to have written more than it was given";
            Err(io::Error::other(lie))
        }
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
        Err(error) => Err(error),
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        buffers::return_spare(Spare::Output, std::mem::take(&mut self.buffer));
    }
}

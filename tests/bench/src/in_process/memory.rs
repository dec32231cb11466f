//! A transport in memory, from which the same bytes come again and again.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Reads `wire` in a circle; what is written is counted and gone.
#[derive(Debug)]
pub(super) struct Memory<'a> {
    wire: &'a [u8],
    at: usize,
    /// At most so much comes at once.
    chunk: usize,
}

impl<'a> Memory<'a> {
    pub(super) fn new(wire: &'a [u8], chunk: usize) -> Self {
        Self { wire, at: 0, chunk }
    }

    fn next(&mut self, limit: usize) -> &'a [u8] {
        let end = self.wire.len().min(self.at + limit.min(self.chunk));
        let part = &self.wire[self.at..end];
        self.at = end % self.wire.len();
        part
    }
}

impl io::Read for Memory<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let part = self.next(buffer.len());
        buffer[..part.len()].copy_from_slice(part);
        Ok(part.len())
    }
}

impl io::Write for Memory<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(std::hint::black_box(bytes).len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Memory<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let part = self.next(buffer.remaining());
        buffer.put_slice(part);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Memory<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(std::hint::black_box(bytes).len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The result of a future that never waits, as nothing does in memory.
pub(super) fn now<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
}

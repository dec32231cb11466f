//! One direction of a pipe: the bytes under way and the two wakers that wait for them.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::mem;
use core::task::{Context, Poll, Waker};
use std::io::{self, ErrorKind, IoSlice, Read};

use super::Behaviour;

/// What one end writes and the other reads. A socket remembers one waker per direction, so this
/// does too.
#[derive(Debug, Default)]
pub(super) struct Half {
    bytes: VecDeque<u8>,
    /// How many of `bytes`, at the back, no flush has released yet.
    held: usize,
    /// The writing end is done; the reading end may take what is left.
    ended: bool,
    /// The reading end is gone.
    abandoned: bool,
    broken: Option<Broken>,
    reader: Option<Waker>,
    writer: Option<Waker>,
    wakes: Wakes,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Broken {
    Reset,
    Severed,
}

/// Wakers to be used, and wakers to be dropped, once the lock is given back: either may run code
/// that comes back to this pipe.
#[derive(Debug, Default)]
pub(super) struct Wakes {
    due: Vec<Waker>,
    replaced: Vec<Waker>,
}

impl Wakes {
    pub(super) fn wake(self) {
        self.due.into_iter().for_each(Waker::wake);
        drop(self.replaced);
    }
}

impl Half {
    pub(super) fn poll_read(
        &mut self,
        cx: &Context<'_>,
        buf: &mut [u8],
        most: usize,
    ) -> Poll<io::Result<usize>> {
        if self.broken == Some(Broken::Reset) {
            return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
        }
        let ready = self.bytes.len() - self.held;
        let ended = self.ended && self.broken.is_none();
        if ready == 0 && !ended && !buf.is_empty() {
            self.wakes
                .replaced
                .extend(self.reader.replace(cx.waker().clone()));
            return Poll::Pending;
        }
        let len = buf.len().min(most.max(1)).min(ready);
        self.bytes.read_exact(&mut buf[..len])?;
        self.wake_writer();
        Poll::Ready(Ok(len))
    }

    pub(super) fn poll_write(
        &mut self,
        cx: &Context<'_>,
        bufs: &[IoSlice<'_>],
        behaviour: &Behaviour,
    ) -> Poll<io::Result<usize>> {
        let offered = bufs.iter().map(|buf| buf.len()).sum::<usize>();
        match self.broken {
            Some(Broken::Reset) => return Poll::Ready(Err(ErrorKind::ConnectionReset.into())),
            _ if self.ended || self.abandoned => {
                return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
            }
            Some(Broken::Severed) => {
                return Poll::Ready(Ok(offered.min(behaviour.max_write.max(1))));
            }
            None if offered == 0 => return Poll::Ready(Ok(0)),
            None => {}
        }
        let room = behaviour.capacity.saturating_sub(self.bytes.len());
        if room == 0 {
            // A full buffer empties itself, or its owner would wait for ever.
            self.release();
            self.wakes
                .replaced
                .extend(self.writer.replace(cx.waker().clone()));
            return Poll::Pending;
        }
        let len = offered.min(room).min(behaviour.max_write.max(1));
        self.bytes
            .extend(bufs.iter().flat_map(|buf| buf.iter()).take(len));
        self.held += len;
        if !behaviour.hold_until_flush {
            self.release();
        }
        Poll::Ready(Ok(len))
    }

    pub(super) fn flush(&mut self) -> Poll<io::Result<()>> {
        if self.broken == Some(Broken::Reset) {
            return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
        }
        if self.abandoned && self.held > 0 {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        self.release();
        Poll::Ready(Ok(()))
    }

    pub(super) fn close(&mut self) -> Poll<io::Result<()>> {
        if self.broken == Some(Broken::Reset) {
            return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
        }
        self.end();
        Poll::Ready(Ok(()))
    }

    /// No more will be written.
    pub(super) fn end(&mut self) {
        self.release();
        self.ended = true;
        self.wake_reader();
        self.wake_writer();
    }

    /// No more will be read.
    pub(super) fn abandon(&mut self) {
        self.abandoned = true;
        self.wake_writer();
    }

    /// Both ends fail from here on; bytes under way are lost.
    pub(super) fn reset(&mut self) {
        self.lose(Broken::Reset);
        self.wake_reader();
    }

    /// From here on bytes are lost, those under way too. The reader hears nothing of it.
    pub(super) fn sever(&mut self) {
        self.lose(Broken::Severed);
    }

    fn lose(&mut self, broken: Broken) {
        self.broken = Some(broken);
        self.bytes.clear();
        self.held = 0;
        self.wake_writer();
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) const fn is_ended(&self) -> bool {
        self.ended
    }

    pub(super) fn wake_reader(&mut self) {
        self.wakes.due.extend(self.reader.take());
    }

    pub(super) fn wake_writer(&mut self) {
        self.wakes.due.extend(self.writer.take());
    }

    /// Wakes a task that is not ready by choice and not for want of bytes or room.
    pub(super) fn wake_also(&mut self, waker: &Waker) {
        self.wakes.due.push(waker.clone());
    }

    pub(super) fn take_wakes(&mut self) -> Wakes {
        mem::take(&mut self.wakes)
    }

    fn release(&mut self) {
        self.held = 0;
        if !self.bytes.is_empty() {
            self.wake_reader();
        }
    }
}

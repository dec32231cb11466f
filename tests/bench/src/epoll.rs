//! The loop of the servers that have no runtime: level-triggered epoll in one thread.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use slab::Slab;

/// How much is read at once.
const READ_LEN: usize = 256 << 10;
/// Names the listener among the events.
const LISTENER: u64 = u64::MAX;
/// How often time passes for connections at which nothing happens.
const SWEEP: Duration = Duration::from_secs(1);

/// What one connection does.
pub trait Connection {
    /// Something can be read or, if this has asked for that, written.
    fn ready(&mut self, stream: &mut TcpStream, shared: &mut Shared) -> io::Result<Next>;

    /// A while has passed.
    fn tick(&mut self, _stream: &mut TcpStream, _shared: &mut Shared) -> io::Result<Next> {
        Ok(Next::Read)
    }
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Input.
    Read,
    /// Room for output; it does not want to read before.
    Write,
    /// Nothing.
    Close,
}

/// Buffers that no connection owns.
#[derive(Debug)]
pub struct Shared {
    /// To read into.
    pub input: Vec<u8>,
    /// To gather output in; empty between calls.
    pub out: Vec<u8>,
    /// For what was read and must be kept from one call to the next.
    storage: Vec<Vec<u8>>,
    /// For what could not be written. Apart, so that each is soon as large as it needs to be.
    backlogs: Vec<Vec<u8>>,
    /// When the loop woke up.
    pub now: Instant,
}

struct Slot<C> {
    stream: TcpStream,
    waits_for: Next,
    connection: C,
}

/// Serves with a connection of `open`'s each.
pub fn run<C: Connection>(mut open: impl FnMut() -> C) -> io::Result<()> {
    let listener = crate::serve::listen()?;
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(
        &epoll,
        &listener,
        EventData::new_u64(LISTENER),
        EventFlags::IN,
    )?;
    let mut shared = Shared {
        input: vec![0; READ_LEN],
        out: Vec::new(),
        storage: Vec::new(),
        backlogs: Vec::new(),
        now: Instant::now(),
    };
    let mut slots: Slab<Slot<C>> = Slab::new();
    let mut events = Vec::with_capacity(256);
    let mut swept = Instant::now();
    let timeout = Timespec {
        tv_sec: 1,
        tv_nsec: 0,
    };
    loop {
        epoll::wait(&epoll, spare_capacity(&mut events), Some(&timeout))?;
        shared.now = Instant::now();
        for event in events.drain(..) {
            if event.data.u64() == LISTENER {
                let (stream, _) = listener.accept()?;
                stream.set_nonblocking(true)?;
                stream.set_nodelay(true)?;
                let slot = slots.vacant_entry();
                let name = EventData::new_u64(slot.key() as u64);
                epoll::add(&epoll, &stream, name, EventFlags::IN)?;
                slot.insert(Slot {
                    stream,
                    waits_for: Next::Read,
                    connection: open(),
                });
                continue;
            }
            let key = usize::try_from(event.data.u64()).map_err(io::Error::other)?;
            let Slot {
                stream, connection, ..
            } = &mut slots[key];
            let next = connection.ready(stream, &mut shared).unwrap_or(Next::Close);
            settle(&epoll, &mut slots, key, next)?;
        }
        if shared.now - swept >= SWEEP {
            swept = shared.now;
            for key in 0..slots.capacity() {
                let Some(slot) = slots.get_mut(key) else {
                    continue;
                };
                if slot.waits_for == Next::Read {
                    let next = slot.connection.tick(&mut slot.stream, &mut shared);
                    let next = next.unwrap_or(Next::Close);
                    settle(&epoll, &mut slots, key, next)?;
                }
            }
        }
    }
}

/// Waits for what a connection wants, or closes it.
fn settle<C>(
    epoll: &impl std::os::fd::AsFd,
    slots: &mut Slab<Slot<C>>,
    key: usize,
    next: Next,
) -> io::Result<()> {
    let slot = &mut slots[key];
    if next == slot.waits_for {
        return Ok(());
    }
    let flags = match next {
        Next::Read => EventFlags::IN,
        Next::Write => EventFlags::OUT,
        Next::Close => {
            // Dropping the socket closes it and takes it out of epoll.
            slots.remove(key);
            return Ok(());
        }
    };
    slot.waits_for = next;
    epoll::modify(epoll, &slot.stream, EventData::new_u64(key as u64), flags)?;
    Ok(())
}

/// Reads once; `None` when there is nothing to be read.
pub fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    nonblocking(stream.read(buffer))
}

/// Writes once; 0 when there is no room.
pub fn write(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<usize> {
    Ok(nonblocking(stream.write(bytes))?.unwrap_or(0))
}

/// Writes several pieces once; 0 when there is no room.
pub fn write_vectored(stream: &mut TcpStream, pieces: &[io::IoSlice<'_>]) -> io::Result<usize> {
    Ok(nonblocking(stream.write_vectored(pieces))?.unwrap_or(0))
}

fn nonblocking(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(len) => Ok(Some(len)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the socket had no room for.
#[derive(Debug, Default)]
pub struct Backlog {
    bytes: Vec<u8>,
    written: usize,
}

impl Backlog {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Adds `pieces` but for the first `skip` bytes of them, which have been written.
    pub fn keep<'a>(
        &mut self,
        pieces: impl IntoIterator<Item = &'a [u8]>,
        mut skip: usize,
        shared: &mut Shared,
    ) {
        for piece in pieces {
            let rest = piece.get(skip..).unwrap_or_default();
            skip = skip.saturating_sub(piece.len());
            if !rest.is_empty() {
                if self.bytes.capacity() == 0 {
                    self.bytes = shared.backlogs.pop().unwrap_or_default();
                }
                self.bytes.extend_from_slice(rest);
            }
        }
    }

    /// Writes what waits; whether all of it went out.
    pub fn flush(&mut self, stream: &mut TcpStream, shared: &mut Shared) -> io::Result<bool> {
        if self.bytes.is_empty() {
            return Ok(true);
        }
        self.written += write(stream, &self.bytes[self.written..])?;
        if self.written < self.bytes.len() {
            return Ok(false);
        }
        self.written = 0;
        self.bytes.clear();
        give_back(&mut shared.backlogs, std::mem::take(&mut self.bytes));
        Ok(true)
    }
}

impl Shared {
    /// Storage; what it holds is nobody's any more.
    pub fn lease(&mut self) -> Vec<u8> {
        self.storage.pop().unwrap_or_default()
    }

    /// Takes storage back.
    pub fn give_back(&mut self, storage: Vec<u8>) {
        give_back(&mut self.storage, storage);
    }
}

fn give_back(pool: &mut Vec<Vec<u8>>, storage: Vec<u8>) {
    if storage.capacity() > 0 && pool.len() < 16 {
        pool.push(storage);
    }
}

//! Our driver without a runtime, in an epoll loop.

use std::io::{self, IoSlice};
use std::net::{Shutdown, TcpStream};
use std::sync::LazyLock;
use std::time::Instant as Clock;

use hybi::driver::{Config, Connection, Event, Instant, Message};
use hybi::handshake::{Accept, NeedsInput, ServerConfig, ServerHandshake};
use hybi_bench::epoll::{self, Backlog, Next, Shared};

/// From this many bytes on a payload is written from where it lies: a write of its own costs more
/// than copying less than this.
const LARGE: usize = 32 << 10;

static EPOCH: LazyLock<Clock> = LazyLock::new(Clock::now);

struct Echo {
    stage: Stage,
    unsent: Backlog,
    /// When time has to pass, for a connection at which nothing happens.
    deadline: Option<Instant>,
}

enum Stage {
    Opening(Option<NeedsInput>),
    Open(Box<Connection>),
}

impl Echo {
    fn new() -> Self {
        Self {
            stage: Stage::Opening(Some(ServerHandshake::start(&ServerConfig::default()))),
            unsent: Backlog::default(),
            deadline: None,
        }
    }

    /// Takes one step of the handshake; whether the connection is open.
    fn open(&mut self, input: &mut &mut [u8], out: &mut Vec<u8>) -> io::Result<bool> {
        let Stage::Opening(handshake) = &mut self.stage else {
            return Ok(true);
        };
        let handshake = handshake.take().ok_or(io::ErrorKind::InvalidInput)?;
        let mut unread = &input[..];
        let step = handshake
            .receive(&mut unread, out)
            .map_err(io::Error::other)?;
        let taken = input.len() - unread.len();
        *input = &mut std::mem::take(input)[taken..];
        match step {
            ServerHandshake::NeedsInput(again) => {
                self.stage = Stage::Opening(Some(again));
                Ok(false)
            }
            ServerHandshake::Requested(requested) => {
                requested
                    .accept(Accept::default(), out)
                    .map_err(io::Error::other)?;
                let connection = Connection::server(&Config::server());
                self.stage = Stage::Open(Box::new(connection));
                Ok(true)
            }
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

impl epoll::Connection for Echo {
    fn ready(&mut self, stream: &mut TcpStream, shared: &mut Shared) -> io::Result<Next> {
        if !self.unsent.flush(stream, shared)? {
            return Ok(Next::Write);
        }
        let (mut buffer, mut out) = (
            std::mem::take(&mut shared.input),
            std::mem::take(&mut shared.out),
        );
        let next = self.exchange(stream, &mut buffer, &mut out, shared);
        out.clear();
        (shared.input, shared.out) = (buffer, out);
        next
    }

    fn tick(&mut self, stream: &mut TcpStream, shared: &mut Shared) -> io::Result<Next> {
        let now = now(shared);
        if self.deadline.is_none_or(|deadline| deadline > now) {
            return Ok(Next::Read);
        }
        let mut out = Vec::new();
        self.finish(stream, &mut out, shared)
    }
}

impl Echo {
    /// Reads once and answers.
    fn exchange(
        &mut self,
        stream: &mut TcpStream,
        buffer: &mut [u8],
        out: &mut Vec<u8>,
        shared: &mut Shared,
    ) -> io::Result<Next> {
        let room = match &mut self.stage {
            Stage::Open(connection) => connection.split_mut().0.room(),
            Stage::Opening(_) => None,
        };
        let in_place = room.is_some();
        let len = match epoll::read(stream, room.unwrap_or(buffer))? {
            None => return Ok(Next::Read),
            Some(0) => return Ok(Next::Close),
            Some(len) => len,
        };
        let mut input = if in_place {
            &mut [][..]
        } else {
            &mut buffer[..len]
        };
        if !self.open(&mut input, out)? {
            return Ok(Next::Read);
        }
        let Stage::Open(connection) = &mut self.stage else {
            return Ok(Next::Close);
        };
        let (reader, writer) = connection.split_mut();
        if in_place && reader.filled(len, writer, out).is_err() {
            return self.finish(stream, out, shared);
        }
        if !in_place && !reader.has_storage() {
            // For a message that does not come whole.
            reader.give_storage(shared.lease());
        }
        while let Ok(Some(event)) = reader.receive(&mut input, writer, out) {
            let Event::Message(message) = event else {
                continue;
            };
            if message.len() < LARGE || !self.unsent.is_empty() {
                writer.send(message, out).map_err(io::Error::other)?;
                continue;
            }
            write_large(message, writer, out, stream, &mut self.unsent, shared)?;
        }
        if let Some(storage) = reader.take_storage() {
            shared.give_back(storage);
        }
        self.finish(stream, out, shared)
    }

    /// Lets time pass and writes what there is.
    fn finish(
        &mut self,
        stream: &mut TcpStream,
        out: &mut Vec<u8>,
        shared: &mut Shared,
    ) -> io::Result<Next> {
        let Stage::Open(connection) = &mut self.stage else {
            return Ok(Next::Read);
        };
        self.deadline = connection
            .tick(now(shared), out)
            .map_err(io::Error::other)?;
        let mut written = 0;
        if self.unsent.is_empty() && !out.is_empty() {
            written = epoll::write(stream, out)?;
        }
        if written < out.len() {
            self.unsent.keep([&out[..]], written, shared);
        }
        if !self.unsent.is_empty() {
            return Ok(Next::Write);
        }
        if connection.wants_shutdown() {
            stream.shutdown(Shutdown::Write)?;
            return Ok(Next::Close);
        }
        Ok(Next::Read)
    }
}

/// Writes what there is and then a message, from where it lies.
fn write_large(
    message: Message<'_>,
    writer: &mut hybi::driver::Writer,
    out: &mut Vec<u8>,
    stream: &mut TcpStream,
    unsent: &mut Backlog,
    shared: &mut Shared,
) -> io::Result<()> {
    let Some(header) = writer.send_header(message).map_err(io::Error::other)? else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let pieces = [&out[..], &header, message.as_bytes()];
    let written = epoll::write_vectored(stream, &pieces.map(IoSlice::new))?;
    unsent.keep(pieces, written, shared);
    out.clear();
    Ok(())
}

fn now(shared: &Shared) -> Instant {
    Instant::from_duration(shared.now.saturating_duration_since(*EPOCH))
}

fn main() -> io::Result<()> {
    LazyLock::force(&EPOCH);
    epoll::run(Echo::new)
}

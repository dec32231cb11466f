//! The load generator: its own sockets and epoll, no WebSocket library.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use hybi_bench::wire;
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};

use super::batch::Batch;
use super::deflate::Takeover;
use super::verify::Verifier;
use super::workload::{Content, Echo, Idle};

/// When nothing comes for so long, a server is broken.
const PATIENCE: Duration = Duration::from_secs(10);

/// When to stop sending.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// When so much time has passed.
    After(Duration),
    /// When every connection has sent so many batches.
    Batches(u64),
}

/// Connections that send batches and await the answers.
pub(crate) struct Load {
    epoll: OwnedFd,
    clients: Vec<Client>,
    batches: Vec<Batch>,
    inflight: u64,
    buffer: Vec<u8>,
}

struct Client {
    stream: TcpStream,
    verifier: Verifier,
    /// Which batch is under way.
    batch: usize,
    sent: usize,
    waits_to_write: bool,
    /// Batches of this run.
    answered: u64,
}

impl Load {
    /// Connects.
    pub(crate) fn new(echo: &Echo, port: u16, raw: bool) -> Result<Self> {
        let batches = echo.batches()?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let clients = (0..echo.connections)
            .map(|number| {
                let mut stream = connect(port)?;
                if !raw {
                    open(&mut stream, port, echo.deflate)?;
                }
                stream.set_nonblocking(true)?;
                let name = EventData::new_u64(number as u64);
                epoll::add(&epoll, &stream, name, EventFlags::IN)?;
                Ok(Client {
                    stream,
                    verifier: Verifier::new(raw, echo.deflate),
                    // A compressed message may need what was sent before it.
                    batch: match echo.deflate {
                        Some(_) => 0,
                        None => number % batches.len(),
                    },
                    sent: 0,
                    waits_to_write: false,
                    answered: 0,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            epoll,
            clients,
            batches,
            inflight: echo.inflight as u64,
            buffer: vec![0; 256 << 10],
        })
    }

    /// Inflates no more answers but those of the first connection.
    pub(crate) fn trust(&mut self) {
        for client in &mut self.clients[1..] {
            client.verifier.trust();
        }
    }

    /// Bytes of payload that have come back, as they came.
    pub(crate) fn payload(&self) -> u64 {
        self.clients
            .iter()
            .map(|client| client.verifier.payload())
            .sum()
    }

    /// Sends batches, and tells how many messages came back.
    pub(crate) fn run(&mut self, stop: Stop) -> Result<u64> {
        let start = Instant::now();
        let mut under_way = self.clients.len();
        let mut messages = 0;
        for number in 0..self.clients.len() {
            self.send(number)?;
        }
        let mut events = Vec::with_capacity(128);
        let patience = Timespec {
            tv_sec: PATIENCE.as_secs().try_into()?,
            tv_nsec: 0,
        };
        while under_way > 0 {
            epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&patience))?;
            ensure!(!events.is_empty(), "no answer for {PATIENCE:?}");
            let late = matches!(stop, Stop::After(time) if start.elapsed() >= time);
            for event in events.drain(..) {
                let number = usize::try_from(event.data.u64())?;
                let flags = event.flags;
                if flags.contains(EventFlags::OUT) {
                    self.send(number)?;
                }
                if !flags.intersects(EventFlags::IN | EventFlags::HUP) {
                    continue;
                }
                if !self.receive(number)? {
                    continue;
                }
                messages += self.inflight;
                let client = &mut self.clients[number];
                client.batch = (client.batch + 1) % self.batches.len();
                client.sent = 0;
                client.answered += 1;
                let enough = matches!(stop, Stop::Batches(count) if client.answered >= count);
                if late || enough {
                    client.answered = 0;
                    under_way -= 1;
                } else {
                    self.send(number)?;
                }
            }
        }
        Ok(messages)
    }

    /// Writes what is left of a batch, as much as there is room for.
    fn send(&mut self, number: usize) -> Result<()> {
        let client = &mut self.clients[number];
        let wire = &self.batches[client.batch].wire;
        while client.sent < wire.len() {
            match client.stream.write(&wire[client.sent..]) {
                Ok(len) => client.sent += len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error).context("sending"),
            }
        }
        let unsent = client.sent < wire.len();
        if unsent != client.waits_to_write {
            client.waits_to_write = unsent;
            let flags = if unsent {
                EventFlags::IN | EventFlags::OUT
            } else {
                EventFlags::IN
            };
            let name = EventData::new_u64(number as u64);
            epoll::modify(&self.epoll, &client.stream, name, flags)?;
        }
        Ok(())
    }

    /// Reads once; whether the whole batch is answered.
    fn receive(&mut self, number: usize) -> Result<bool> {
        let client = &mut self.clients[number];
        match client.stream.read(&mut self.buffer) {
            Ok(0) => bail!("the server closed the connection"),
            Ok(len) => {
                let batch = &self.batches[client.batch];
                client.verifier.take(&self.buffer[..len], batch)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error).context("receiving"),
        }
    }
}

/// Opens connections and closes them, `wave` at a time, for so long or so many.
pub(crate) fn handshakes(port: u16, wave: usize, time: Duration, at_most: u64) -> Result<u64> {
    let (start, request) = (Instant::now(), wire::request(port));
    let mut count = 0;
    while start.elapsed() < time && count < at_most {
        let mut streams = Vec::with_capacity(wave);
        for _ in 0..wave {
            streams.push(connect(port)?);
        }
        for stream in &mut streams {
            stream.write_all(&request)?;
        }
        for stream in &mut streams {
            await_response(stream, None)?;
        }
        count += wave as u64;
    }
    Ok(count)
}

/// Opens connections that stay, each of which echoes one message: of 32 bytes, or a compressed
/// one of 1 KiB.
pub(crate) fn idle(port: u16, idle: &Idle, raw: bool) -> Result<Vec<TcpStream>> {
    let (content, len) = match idle.deflate {
        Some(_) => (Content::Json, 1024),
        None => (Content::Binary, 32),
    };
    let echo = Echo {
        connections: 1,
        inflight: 1,
        content,
        len,
        fragments: 1,
        // For each connection its message is the first.
        deflate: idle.deflate.and(Some(Takeover::No)),
    };
    let batches = echo.batches()?;
    let mut buffer = [0; 2048];
    (0..idle.connections)
        .map(|number| {
            let mut stream = connect(port)?;
            if !raw {
                open(&mut stream, port, idle.deflate)?;
            }
            let batch = &batches[number % batches.len()];
            stream.write_all(&batch.wire)?;
            let mut verifier = Verifier::new(raw, idle.deflate);
            loop {
                let len = stream.read(&mut buffer)?;
                ensure!(len > 0, "the server closed the connection");
                if verifier.take(&buffer[..len], batch)? {
                    return Ok(stream);
                }
            }
        })
        .collect()
}

/// The opening handshake, whose offer of permessage-deflate has to be agreed to.
fn open(stream: &mut TcpStream, port: u16, deflate: Option<Takeover>) -> Result<()> {
    let offer = deflate.map(Takeover::offer);
    stream.write_all(&wire::request_with(port, offer))?;
    await_response(stream, deflate)
}

fn connect(port: u16) -> Result<TcpStream> {
    let stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Reads the response to the handshake and nothing more: nothing was sent that could be answered.
fn await_response(stream: &mut TcpStream, deflate: Option<Takeover>) -> Result<()> {
    let (mut buffer, mut len) = ([0; 4096], 0);
    loop {
        let more = stream.read(&mut buffer[len..])?;
        ensure!(more > 0, "closed in the handshake");
        len += more;
        if let Some(head) = wire::read_response(&buffer[..len])? {
            ensure!(head == len, "something follows the response");
            if let Some(deflate) = deflate {
                deflate.confirm(wire::extensions(&buffer[..len]))?;
            }
            return Ok(());
        }
    }
}

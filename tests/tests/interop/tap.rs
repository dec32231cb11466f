//! A wire that is listened in on: what goes through it, as the network sees it.

use core::net::{Ipv4Addr, SocketAddr};
use core::sync::atomic::{AtomicU64, Ordering};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// So many bytes of each direction are kept.
const RECORDED: usize = 64 << 10;

/// Passes connections on to a server, each way byte by byte as it comes, and counts.
#[derive(Debug)]
pub(crate) struct Tap {
    address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    up: Direction,
    down: Direction,
}

#[derive(Debug, Default)]
struct Direction {
    bytes: AtomicU64,
    /// The first of them, up to [`RECORDED`].
    first: Mutex<Vec<u8>>,
    /// The heads of all messages of HTTP.
    heads: Mutex<Vec<String>>,
}

impl Tap {
    /// A tap in front of `server`, which need not listen yet.
    pub(crate) fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let seen = Arc::<Seen>::default();
        let shared = Arc::clone(&seen);
        // Ends with the test's process; the rest with the connections.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect(server) {
                    pass_both_ways(&client, &server, &shared);
                }
            }
        });
        Self { address, seen }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many bytes went to the server and to clients.
    pub(crate) fn bytes(&self) -> [u64; 2] {
        [&self.seen.up, &self.seen.down].map(|way| way.bytes.load(Ordering::Relaxed))
    }

    /// What went to the server, as far as it was kept; of all connections as it came.
    pub(crate) fn sent(&self) -> Vec<u8> {
        let first = &self.seen.up.first;
        let first = first.lock().unwrap_or_else(PoisonError::into_inner);
        first.clone()
    }

    /// The heads of the first requests of all connections.
    pub(crate) fn requests(&self) -> Vec<String> {
        let heads = &self.seen.up.heads;
        let heads = heads.lock().unwrap_or_else(PoisonError::into_inner);
        heads.clone()
    }

    /// What servers have granted, for each connection whose answer has come.
    pub(crate) fn granted(&self) -> Vec<Option<String>> {
        let heads = &self.seen.down.heads;
        let heads = heads.lock().unwrap_or_else(PoisonError::into_inner);
        let upgraded = heads.iter().filter(|head| head.contains(" 101 "));
        upgraded.map(|head| extensions(head)).collect()
    }

    /// What the first client has offered.
    pub(crate) fn offered(&self) -> Option<String> {
        self.requests().iter().find_map(|head| extensions(head))
    }
}

/// The extensions that a head names.
fn extensions(head: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let wanted = name.eq_ignore_ascii_case("Sec-WebSocket-Extensions");
        wanted.then(|| value.trim().to_owned())
    })
}

fn pass_both_ways(client: &TcpStream, server: &TcpStream, seen: &Arc<Seen>) {
    for stream in [client, server] {
        // As on a wire without a tap.
        let _ = stream.set_nodelay(true);
    }
    let ways: [(_, _, fn(&Seen) -> &Direction); 2] = [
        (client, server, |seen| &seen.up),
        (server, client, |seen| &seen.down),
    ];
    for (from, to, way) in ways {
        if let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) {
            let seen = Arc::clone(seen);
            thread::spawn(move || pass(from, to, way(&seen)));
        }
    }
}

/// Passes on what comes until it ends; then the other side is told.
fn pass(mut from: TcpStream, mut to: TcpStream, way: &Direction) {
    let mut buffer = vec![0; 64 << 10];
    let mut head = Some(Vec::new());
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..len];
        way.bytes.fetch_add(len as u64, Ordering::Relaxed);
        {
            let mut first = way.first.lock().unwrap_or_else(PoisonError::into_inner);
            let left = RECORDED - first.len();
            first.extend_from_slice(&bytes[..len.min(left)]);
        }
        if let Some(begun) = &mut head {
            begun.extend_from_slice(bytes);
            if let Some(end) = begun.windows(4).position(|four| four == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&begun[..end]).into_owned();
                let mut heads = way.heads.lock().unwrap_or_else(PoisonError::into_inner);
                heads.push(text);
                head = None;
            }
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    // One of them may be gone.
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}

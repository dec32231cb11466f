//! A driver whose methods are called in any order, with frames that may be right.

use core::time::Duration;

use hybi_testkit::wire::Frame;
use ws_driver::{
    Config, Connection, Error, Instant, KeepAlive, Kind, Message, Misuse, Role, Seed, State,
};

use crate::{M0, Random};

/// A connection, what its peer has sent and it has not taken, and what it has to write.
struct Session {
    connection: Connection,
    now: u64,
    unread: Vec<u8>,
    out: Vec<u8>,
    errors: usize,
}

impl Session {
    fn new(random: &mut Random) -> Self {
        let is_server = random.once_in(2);
        let mut config = Config::server();
        config.max_message_size = 40_000;
        config.max_streamed_size = 50_000;
        config.max_fragments = 5;
        config.keep_alive = Some(KeepAlive::DEFAULT);
        config.idle_timeout = Some(Duration::from_secs(7));
        let connection = if is_server {
            Connection::server(&config)
        } else {
            Connection::client(&config, Seed([1; 32]))
        };
        Self {
            connection,
            now: 0,
            unread: Vec::new(),
            out: Vec::new(),
            errors: 0,
        }
    }

    /// The peer sends a frame: most are right by themselves, few where they come.
    fn peer_sends(&mut self, random: &mut Random) {
        let opcode = random.one_of(&[0, 0, 1, 1, 1, 2, 2, 8, 9, 10, 3]);
        let byte = random.one_of(b"aaaa\xC3\xFF");
        let len = random.one_of(&[0, 1, 2, 5, 125, 126, 30_000]);
        let mut frame = Frame::new(opcode, vec![byte; len]);
        if random.once_in(3) {
            frame = frame.fragment();
        }
        if self.connection.role() == Role::Server {
            frame = frame.masked(M0);
        }
        self.unread.extend(frame.bytes());
    }

    /// Takes some of what the peer has sent, one way or the other.
    fn receive(&mut self, random: &mut Random) {
        let len = random.below(self.unread.len() + 1);
        let mut piece: Vec<u8> = self.unread.drain(..len).collect();
        let mut input = &mut piece[..];
        let (reader, writer) = self.connection.split_mut();
        for _ in 0..50 {
            let received = if random.once_in(2) {
                let event = reader.receive(&mut input, writer, &mut self.out);
                event.map(|event| event.is_some())
            } else {
                let event = reader.receive_chunk(&mut input, writer, &mut self.out);
                event.map(|event| event.is_some())
            };
            if received == Ok(true) {
                continue;
            }
            assert!(input.is_empty(), "{received:?} with input left");
            self.note(received.map(|_| ()));
            break;
        }
        self.unread.splice(..0, input.iter().copied());
    }

    /// Takes some of it into place.
    fn fill(&mut self) {
        let (reader, writer) = self.connection.split_mut();
        let Some(room) = reader.room() else {
            return;
        };
        assert!(!room.is_empty(), "a read into it would be the end");
        let len = room.len().min(self.unread.len());
        room[..len].copy_from_slice(&self.unread[..len]);
        self.unread.drain(..len);
        let filled = reader.filled(len, writer, &mut self.out);
        self.note(filled);
    }

    /// Sends, or tries to.
    fn send(&mut self, random: &mut Random) {
        let closed = self.connection.split_mut().1.is_closed();
        let before = self.out.len();
        let sent = match random.below(4) {
            0 => self.connection.send(Message::Text("x"), &mut self.out),
            1 => self.connection.ping(b"", &mut self.out).map(|_| ()),
            2 => {
                let outgoing = self.connection.start(Kind::Text);
                outgoing.and_then(|mut outgoing| outgoing.write(b"\xC3", &mut self.out))
            }
            _ if random.once_in(5) => self.connection.close(None, &mut self.out),
            _ => return,
        };
        if closed {
            assert_eq!(sent, Err(Misuse::SendAfterClose));
            assert_eq!(self.out.len(), before);
        }
    }

    /// An error comes once, and ends the connection.
    fn note(&mut self, result: Result<(), Error>) {
        if result.is_err() {
            self.errors += 1;
            assert_eq!(self.connection.state(), State::Closed);
        }
    }
}

#[test]
fn calls_in_any_order_keep_their_promises() {
    let mut closed = 0;
    for seed in 1..2_000 {
        let mut random = Random::new(seed);
        let mut session = Session::new(&mut random);
        for _ in 0..random.below(40) {
            match random.below(15) {
                0..5 => session.peer_sends(&mut random),
                5..9 => session.receive(&mut random),
                9 => {
                    session.now += random.below(10) as u64;
                    let now = Instant::from_secs(session.now);
                    let ticked = session.connection.tick(now, &mut session.out);
                    session.note(ticked.map(|_| ()));
                }
                10 => session.fill(),
                11 => session.connection.split_mut().0.skip_message(),
                12 => drop(session.connection.split_mut().0.take_storage()),
                13 => session.send(&mut random),
                _ => session.out.clear(),
            }
            let is_closed = session.connection.state() == State::Closed;
            let is_told = session.connection.closure().is_some();
            assert_eq!(is_closed, is_told, "seed {seed}");
        }
        assert!(session.errors <= 1, "seed {seed}");
        closed += usize::from(session.connection.state() == State::Closed);
    }
    assert!((200..1_800).contains(&closed), "{closed} of 2,000");
}

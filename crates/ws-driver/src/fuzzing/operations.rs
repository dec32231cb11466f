//! Whatever an application does and a peer sends, what goes out is what a peer may be sent.

use alloc::vec::Vec;
use core::time::Duration;

use crate::{
    Chunk, CloseCode, CloseFrame, Config, Connection, Event, Instant, KeepAlive, Kind, Message,
    Role, Seed,
};

/// Drives one end with operations read from `data`, one after the other, and gives all that it
/// writes to an end that must find nothing wrong with it; nothing panics, and no buffer grows
/// beyond what was put in.
pub fn operations(data: &[u8]) {
    let Some((&seed, operations)) = data.split_first() else {
        return;
    };
    for role in [Role::Client, Role::Server] {
        let mut ends = Ends::new(role, seed);
        let mut rest = operations;
        while let Some((&operation, parameters)) = rest.split_first() {
            let (len, parameters) = match parameters.split_first() {
                Some((&len, parameters)) => (usize::from(len).min(parameters.len()), parameters),
                None => (0, parameters),
            };
            let (bytes, after) = parameters.split_at(len);
            rest = after;
            ends.act(operation, bytes);
        }
        ends.check();
    }
}

struct Ends {
    end: Connection,
    /// Takes what `end` writes.
    peer: Connection,
    out: Vec<u8>,
    now: Duration,
}

impl Ends {
    fn new(role: Role, seed: u8) -> Self {
        let mut config = Config::server();
        config.max_message_size = 300;
        config.max_streamed_size = 400;
        config.keep_alive = Some(KeepAlive::DEFAULT);
        config.idle_timeout = Some(Duration::from_secs(100));
        let strict = Config::client();
        let seed = Seed([seed; 32]);
        let (end, peer) = match role {
            Role::Client => (
                Connection::client(&config, seed),
                Connection::server(&strict),
            ),
            Role::Server => (
                Connection::server(&config),
                Connection::client(&strict, seed),
            ),
        };
        Self {
            end,
            peer,
            out: Vec::new(),
            now: Duration::ZERO,
        }
    }

    /// Misuse is refused and is no failure.
    fn act(&mut self, operation: u8, bytes: &[u8]) {
        let Self { end, out, .. } = self;
        let before = out.len();
        match operation % 16 {
            0 => {
                let _ = end.send(Message::Binary(bytes), out);
            }
            1 => {
                let text = core::str::from_utf8(bytes).unwrap_or("ä");
                let _ = end.send(Message::Text(text), out);
            }
            2 => {
                let _ = end.ping(bytes, out);
            }
            3 => {
                let _ = end.split_mut().1.pong(bytes, out);
            }
            4 => {
                let kind = if bytes.is_empty() {
                    Kind::Binary
                } else {
                    Kind::Text
                };
                let _ = end.start(kind).map(|_| ());
            }
            5 | 6 => {
                if let Some(mut outgoing) = end.split_mut().1.resume() {
                    let _ = outgoing.write(bytes, out);
                }
            }
            7 => {
                if let Some(outgoing) = end.split_mut().1.resume() {
                    let _ = outgoing.finish(bytes, out);
                }
            }
            8 => {
                self.now += Duration::from_secs(bytes.len() as u64);
                let _ = end.tick(Instant::from_duration(self.now), out);
            }
            9 => self.flush(),
            10 => self.end.split_mut().0.skip_message(),
            11 if bytes.len() > 100 => {
                let _ = end.receive_eof();
            }
            12 if bytes.len() > 60 => {
                let code = CloseCode::new(1000 + u16::from(bytes[0]));
                let reason = core::str::from_utf8(&bytes[1..]).unwrap_or("");
                let _ = end.close(code.map(|code| CloseFrame { code, reason }), out);
            }
            13 => self.receive_in_place(bytes),
            14 => self.receive_chunks(bytes),
            _ => self.receive(bytes),
        }
        // A message, a frame's header and mask, a Close and what may answer a burst of pings.
        assert!(
            self.out.len() <= before + bytes.len() + 2500,
            "what goes out is bounded"
        );
    }

    fn receive(&mut self, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        let mut input = &mut bytes[..];
        while let Ok(Some(_)) = self.end.receive(&mut input, &mut self.out) {}
        assert!(input.is_empty(), "every input is consumed whole");
    }

    fn receive_chunks(&mut self, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        let mut input = &mut bytes[..];
        while let Ok(Some(event)) = self.end.receive_chunk(&mut input, &mut self.out) {
            if let Event::Message(Chunk { data, .. }) = event {
                assert!(
                    data.len() <= 400,
                    "no chunk is larger than a message may be"
                );
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }

    fn receive_in_place(&mut self, bytes: &[u8]) {
        let (reader, writer) = self.end.split_mut();
        if let Some(room) = reader.room() {
            let len = room.len().min(bytes.len());
            room[..len].copy_from_slice(&bytes[..len]);
            let _ = reader.filled(len, writer, &mut self.out);
        }
        if let Some(storage) = reader.take_storage() {
            reader.give_storage(storage);
        }
    }

    /// What was written reaches the peer.
    fn flush(&mut self) {
        let len = self.out.len();
        let mut replies = Vec::new();
        let mut input = &mut self.out[..];
        loop {
            match self.peer.receive(&mut input, &mut replies) {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => panic!("the peer was sent what breaks a rule: {error}"),
            }
        }
        self.out.clear();
        self.end.split_mut().1.written(len);
    }

    fn check(&mut self) {
        self.flush();
        let (sent, received) = (self.end.statistics().sent, self.peer.statistics().received);
        // Behind our Close, and behind a failure that could be told, nothing was sent.
        assert_eq!((sent.frames, sent.bytes), (received.frames, received.bytes));
    }
}

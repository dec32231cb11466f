//! What a driver makes of messages does not depend on how they are cut, read and received.

use hybi_testkit::wire::Frame;
use ws_driver::{Config, Connection, Error, Event, Kind, Message};

use crate::Random;

/// A message as it was made, or as it came out.
#[derive(Debug, Eq, PartialEq)]
struct Whole {
    kind: Kind,
    payload: Vec<u8>,
}

/// Takes events, and puts messages that come in chunks together.
struct Observer {
    server: Connection,
    streamed: bool,
    out: Vec<u8>,
    messages: Vec<Whole>,
    pings: usize,
    chunks: Vec<u8>,
}

impl Observer {
    fn new(streamed: bool) -> Self {
        Self {
            server: Connection::server(&Config::server()),
            streamed,
            out: Vec::new(),
            messages: Vec::new(),
            pings: 0,
            chunks: Vec::new(),
        }
    }

    /// Takes one event; `false` once there is none.
    fn receive(&mut self, input: &mut &mut [u8]) -> Result<bool, Error> {
        let whole = |message: Message<'_>, payload| Whole {
            kind: message.kind(),
            payload,
        };
        if self.streamed {
            match self.server.receive_chunk(input, &mut self.out)? {
                Some(Event::Message(chunk)) => {
                    self.chunks.extend_from_slice(chunk.data.as_bytes());
                    if chunk.last {
                        let payload = core::mem::take(&mut self.chunks);
                        self.messages.push(whole(chunk.data, payload));
                    }
                }
                Some(_) => self.pings += 1,
                None => return Ok(false),
            }
        } else {
            match self.server.receive(input, &mut self.out)? {
                Some(Event::Message(message)) => {
                    let payload = message.as_bytes().to_vec();
                    self.messages.push(whole(message, payload));
                }
                Some(_) => self.pings += 1,
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// The frames of a message cut anywhere, with pings between them; gives how many.
fn cut(random: &mut Random, message: &Whole, wire: &mut Vec<u8>) -> usize {
    let (mut rest, mut pings) = (&message.payload[..], 0);
    let fragments = 1 + random.below(4);
    for number in 0..fragments {
        let last = number + 1 == fragments;
        let len = if last {
            rest.len()
        } else {
            random.below(rest.len() + 1)
        };
        let (piece, after) = rest.split_at(len);
        rest = after;
        let frame = match (number, message.kind) {
            (0, Kind::Text) => Frame::text(piece),
            (0, Kind::Binary) => Frame::binary(piece),
            _ => Frame::continuation(piece),
        };
        let frame = if last { frame } else { frame.fragment() };
        let key = [(); 4].map(|()| u8::try_from(random.below(256)).expect("a byte"));
        wire.extend(frame.masked(key).bytes());
        if random.once_in(3) {
            wire.extend(Frame::ping(vec![1; random.below(126)]).masked(key).bytes());
            pings += 1;
        }
    }
    pings
}

#[test]
fn messages_arrive_however_they_are_cut_and_read() {
    for seed in 1..120 {
        let mut random = Random::new(seed);
        let (mut wire, mut messages, mut pings) = (Vec::new(), Vec::new(), 0);
        for _ in 0..=random.below(6) {
            let len = random.one_of(&[0, 1, 3, 10, 130, 3000, 70_000, 40_000]);
            let text = random.once_in(2);
            let message = if text {
                let payload = random.text(len).into_bytes();
                let kind = Kind::Text;
                Whole { kind, payload }
            } else {
                let payload = vec![b'z'; len];
                let kind = Kind::Binary;
                Whole { kind, payload }
            };
            pings += cut(&mut random, &message, &mut wire);
            messages.push(message);
        }
        let mut observer = Observer::new(random.once_in(2));
        read(&mut random, &mut observer, &wire);
        assert!(observer.messages == messages, "seed {seed}");
        assert_eq!(observer.pings, pings, "seed {seed}");
        let received = observer.server.statistics().received;
        assert_eq!(received.messages, messages.len() as u64, "seed {seed}");
    }
}

/// Hands `wire` over in reads of any length, some of them into place; and takes storage away and
/// writes what is to be written at any time.
fn read(random: &mut Random, observer: &mut Observer, mut wire: &[u8]) {
    let most = random.one_of(&[1, 2, 7, 100, 5000, 65_536]);
    while !wire.is_empty() {
        if random.once_in(4) {
            let (reader, writer) = observer.server.split_mut();
            if let Some(room) = reader.room() {
                let len = random.below(room.len() + 1).min(wire.len());
                room[..len].copy_from_slice(&wire[..len]);
                wire = &wire[len..];
                reader
                    .filled(len, writer, &mut observer.out)
                    .expect("all of it is right");
            }
        }
        let len = (1 + random.below(most)).min(wire.len());
        let mut piece = wire[..len].to_vec();
        wire = &wire[len..];
        let mut input = &mut piece[..];
        while observer.receive(&mut input).expect("all of it is right") {
            let reader = observer.server.split_mut().0;
            if random.once_in(5) && reader.take_storage().is_some() && random.once_in(2) {
                reader.give_storage(vec![9; random.below(200)]);
            }
            if random.once_in(3) {
                observer.out.clear();
            }
        }
        assert!(input.is_empty());
    }
    // What was read into place last.
    while observer
        .receive(&mut &mut [][..])
        .expect("all of it is right")
    {}
}

// RFC 6455 §8.1
#[test]
fn text_is_judged_alike_however_it_is_cut() {
    // The first four are right by themselves.
    const PARTS: [&[u8]; 9] = [
        b"a",
        "é".as_bytes(),
        "€".as_bytes(),
        "🦀".as_bytes(),
        b"\xED\xA0\x80",
        b"\xF4\x90",
        b"\xE2\x82",
        b"\xC3",
        b"\xFF",
    ];
    let mut count = [0, 0];
    for seed in 1..20_000 {
        let mut random = Random::new(seed);
        let mut payload = Vec::new();
        for _ in 0..random.below(8) {
            let known = if random.once_in(4) { PARTS.len() } else { 4 };
            payload.extend_from_slice(PARTS[random.below(known)]);
        }
        let is_text = core::str::from_utf8(&payload).is_ok();
        let kind = Kind::Text;
        let message = Whole { kind, payload };
        let mut wire = Vec::new();
        cut(&mut random, &message, &mut wire);
        let mut observer = Observer::new(random.once_in(2));
        let mut pieces = wire.chunks_mut(1 + random.below(12));
        let judged = pieces.try_for_each(|mut piece| {
            while observer.receive(&mut piece)? {}
            Ok(())
        });
        count[usize::from(is_text)] += 1;
        if is_text {
            assert_eq!(judged, Ok(()), "seed {seed}");
            assert_eq!(observer.messages, [message], "seed {seed}");
        } else {
            assert_eq!(judged, Err(Error::InvalidUtf8), "seed {seed}");
            assert_eq!(observer.messages, [], "seed {seed}");
        }
    }
    assert!(count.iter().all(|count| *count > 1000), "{count:?}");
}

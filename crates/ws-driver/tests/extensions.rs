//! Extensions of strangers inside a connection: RFC 6455 §9.

use ws_driver::{
    CloseCode, CloseFrame, Config, Connection, Error, Event, Instant, Message, Misuse, Rsv, Seed,
    Timer, Wish,
};
use ws_extensions::{
    Decoded, Decoder, Encoder, Extension, Fault, FaultKind, Negotiator, Params, Refusal, Session,
    SessionError,
};

/// Adds to each byte how many went before it on the connection, so that both ends must see all
/// messages in their order.
#[derive(Debug)]
struct Count;

#[derive(Debug, Default)]
struct Counter(u8);

/// Repeats each byte; one that is repeated wrongly is an error. Takes part in every message.
#[derive(Debug)]
struct Twice;

#[derive(Debug, Default)]
struct Pairs {
    first: Option<u8>,
    /// The second half of a pair had no room.
    owed: Option<u8>,
}

/// A byte on the wire becomes a thousand.
#[derive(Debug)]
struct Swell;

#[derive(Debug, Default)]
struct Swollen {
    byte: u8,
    left: usize,
}

static UNEQUAL: Fault = Fault::new("x-twice", FaultKind::InvalidData, "two bytes differ");
static ODD: Fault = Fault::new("x-twice", FaultKind::InvalidData, "odd number of bytes");
static TIRED: Fault = Fault::new("x-count", FaultKind::Failed, "counted far enough");

macro_rules! extension {
    ($type:ty, $name:literal, $rsv:expr, $encoder:expr, $decoder:expr) => {
        impl Extension for $type {
            fn name(&self) -> &'static str {
                $name
            }
            fn rsv(&self) -> Rsv {
                $rsv
            }
            fn offers(&self) -> Vec<Params<'static>> {
                vec![Params::new($name)]
            }
            fn confirm(&self, _: &Params<'_>) -> Result<Session, Refusal> {
                Ok(Session {
                    encoder: Box::new($encoder),
                    decoder: Box::new($decoder),
                })
            }
            fn grant(&self, _: &Params<'_>) -> Result<(Params<'static>, Session), Refusal> {
                Ok((Params::new($name), self.confirm(&Params::new($name))?))
            }
        }
    };
}

extension!(Count, "x-count", Rsv::RSV2, Counter(0), Counter(0));
extension!(
    Twice,
    "x-twice",
    Rsv::NONE,
    Pairs::default(),
    Pairs::default()
);
extension!(
    Swell,
    "x-swell",
    Rsv::RSV3,
    Swollen::default(),
    Swollen::default()
);

impl Encoder for Counter {
    fn start(&mut self, _: Option<usize>, wish: Wish) -> Option<Rsv> {
        (wish != Wish::Never).then_some(Rsv::RSV2)
    }

    fn encode(&mut self, piece: &[u8], _: bool, out: &mut Vec<u8>) -> Result<(), SessionError> {
        for byte in piece {
            if *byte == b'!' {
                return Err(SessionError::new(&TIRED));
            }
            out.push(byte.wrapping_add(self.0));
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

impl Decoder for Counter {
    fn start(&mut self, rsv: Rsv) -> bool {
        !rsv.is_empty()
    }

    fn decode(
        &mut self,
        input: &mut &[u8],
        _: bool,
        room: &mut [u8],
    ) -> Result<Decoded, SessionError> {
        let len = input.len().min(room.len());
        let (taken, rest) = input.split_at(len);
        for (to, from) in room.iter_mut().zip(taken) {
            *to = from.wrapping_sub(self.0);
            self.0 = self.0.wrapping_add(1);
        }
        *input = rest;
        let done = rest.is_empty();
        Ok(Decoded { len, done })
    }
}

impl Encoder for Pairs {
    fn start(&mut self, _: Option<usize>, _: Wish) -> Option<Rsv> {
        Some(Rsv::NONE)
    }

    fn encode(&mut self, piece: &[u8], _: bool, out: &mut Vec<u8>) -> Result<(), SessionError> {
        out.extend(piece.iter().flat_map(|byte| [*byte; 2]));
        Ok(())
    }
}

impl Decoder for Pairs {
    fn start(&mut self, _: Rsv) -> bool {
        true
    }

    fn decode(
        &mut self,
        input: &mut &[u8],
        end: bool,
        room: &mut [u8],
    ) -> Result<Decoded, SessionError> {
        let mut len = 0;
        loop {
            if let Some(owed) = self.owed {
                let Some(place) = room.get_mut(len) else {
                    return Ok(Decoded { len, done: false });
                };
                *place = owed;
                self.owed = None;
                len += 1;
            }
            let Some((byte, rest)) = input.split_first() else {
                break;
            };
            *input = rest;
            match self.first.take() {
                None => self.first = Some(*byte),
                Some(first) if first == *byte => self.owed = Some(first),
                Some(_) => return Err(SessionError::new(&UNEQUAL)),
            }
        }
        if end && self.first.is_some() {
            return Err(SessionError::new(&ODD));
        }
        Ok(Decoded { len, done: true })
    }
}

impl Encoder for Swollen {
    fn start(&mut self, _: Option<usize>, _: Wish) -> Option<Rsv> {
        None
    }

    fn encode(&mut self, _: &[u8], _: bool, _: &mut Vec<u8>) -> Result<(), SessionError> {
        Ok(())
    }
}

impl Decoder for Swollen {
    fn start(&mut self, rsv: Rsv) -> bool {
        !rsv.is_empty()
    }

    fn decode(
        &mut self,
        input: &mut &[u8],
        _: bool,
        room: &mut [u8],
    ) -> Result<Decoded, SessionError> {
        let mut len = 0;
        loop {
            let more = self.left.min(room.len() - len);
            room[len..len + more].fill(self.byte);
            len += more;
            self.left -= more;
            if self.left > 0 {
                return Ok(Decoded { len, done: false });
            }
            let Some((byte, rest)) = input.split_first() else {
                return Ok(Decoded { len, done: true });
            };
            *input = rest;
            (self.byte, self.left) = (*byte, 1000);
        }
    }
}

/// A client and a server that have agreed on all that `negotiator` has.
fn pair(negotiator: &Negotiator, config: &Config) -> (Connection, Connection) {
    let offer = negotiator.offer();
    let granted = negotiator.grant(offer.as_deref()).expect("an offer");
    let answer = granted.response.as_deref();
    let confirmed = negotiator.confirm(answer).expect("an answer");
    let client = Connection::client(config, Seed([1; 32]));
    let server = Connection::server(config);
    (
        client.with_extensions(confirmed, config),
        server.with_extensions(granted.sessions, config),
    )
}

fn both() -> Negotiator {
    Negotiator::new().with(Count).with(Twice)
}

/// The messages that `wire` brings, cut into steps, whole or in chunks, and the last error.
fn receive(
    connection: &mut Connection,
    wire: &[u8],
    step: usize,
    streamed: bool,
) -> (Vec<Vec<u8>>, Option<Error>) {
    let (mut messages, mut out) = (Vec::new(), Vec::new());
    let mut begun = Vec::new();
    for piece in wire.to_vec().chunks_mut(step) {
        let mut input = piece;
        loop {
            let (bytes, last) = if streamed {
                match connection.receive_chunk(&mut input, &mut out) {
                    Ok(Some(Event::Message(chunk))) => {
                        assert!(chunk.data.len() <= (64 << 10) + 3, "a bounded chunk");
                        (chunk.data.as_bytes(), chunk.last)
                    }
                    Ok(Some(_)) => continue,
                    Ok(None) => break,
                    Err(error) => return (messages, Some(error)),
                }
            } else {
                match connection.receive(&mut input, &mut out) {
                    Ok(Some(Event::Message(message))) => (message.as_bytes(), true),
                    Ok(Some(_)) => continue,
                    Ok(None) => break,
                    Err(error) => return (messages, Some(error)),
                }
            };
            begun.extend_from_slice(bytes);
            if last {
                messages.push(core::mem::take(&mut begun));
            }
        }
        assert!(input.is_empty(), "all input is taken");
    }
    (messages, None)
}

#[test]
fn two_extensions_work_together() {
    let (mut client, mut server) = pair(&both(), &Config::server());
    let mut wire = Vec::new();
    server.send(Message::Text("aaa"), &mut wire).unwrap();
    // Counted first, as the server's answer has it, and then doubled; RSV2 is Count's.
    assert_eq!(wire, b"\xA1\x06aabbcc");
    assert_eq!(
        receive(&mut client, &wire, 1, false),
        (vec![b"aaa".to_vec()], None)
    );
    // It is counted on, in the other direction from the beginning.
    wire.clear();
    let (_, writer) = server.split_mut();
    writer
        .send_with(Message::Binary(b"a"), Wish::Never, &mut wire)
        .unwrap();
    writer.send(Message::Binary(b"a"), &mut wire).unwrap();
    assert_eq!(wire, b"\x82\x02aa\xA2\x02dd");
    assert_eq!(receive(&mut client, &wire, 3, true).0, [b"a", b"a"]);
    let mut up = Vec::new();
    client.send(Message::Text("a"), &mut up).unwrap();
    assert_eq!(receive(&mut server, &up, 2, false).0, [b"a"]);
}

#[test]
fn messages_pass_at_every_split_whole_and_in_chunks() {
    let texts = ["", "x", "a€🦀é", "0123456789".repeat(30).leak()];
    for streamed in [false, true] {
        let (_, mut server) = pair(&both(), &Config::server());
        let mut wire = Vec::new();
        for text in texts {
            server.send(Message::Text(text), &mut wire).unwrap();
        }
        // In pieces, with a Ping between them.
        let (_, writer) = server.split_mut();
        let mut outgoing = writer.start(ws_driver::Kind::Text).unwrap();
        outgoing.write("é€".as_bytes(), &mut wire).unwrap();
        outgoing.write(b"\xE2\x82", &mut wire).unwrap();
        writer.ping(b"?", &mut wire).unwrap();
        let mut outgoing = writer.resume().unwrap();
        outgoing.write(b"", &mut wire).unwrap();
        outgoing.finish(b"\xAC.", &mut wire).unwrap();
        server.send(Message::Text("end"), &mut wire).unwrap();
        for step in 1..=wire.len() {
            let (mut client, _) = pair(&both(), &Config::client());
            let (messages, error) = receive(&mut client, &wire, step, streamed);
            assert_eq!(error, None);
            let expected = [&texts[..], &["é€€.", "end"]].concat();
            assert_eq!(messages.len(), expected.len(), "step {step}");
            for (message, text) in messages.iter().zip(expected) {
                assert_eq!(message, text.as_bytes(), "step {step}");
            }
            assert_eq!(client.statistics().received.messages, 6);
        }
    }
}

#[test]
fn large_messages_are_streamed_in_bounded_chunks() {
    let text = "αβγ€🦀".repeat(40_000);
    let (mut client, mut server) = pair(&both(), &Config::server());
    let mut wire = Vec::new();
    server.send(Message::Text(&text), &mut wire).unwrap();
    server.send(Message::Text("next"), &mut wire).unwrap();
    let (messages, error) = receive(&mut client, &wire, 100_000, true);
    assert_eq!(error, None);
    assert!(messages == [text.as_bytes(), b"next"]);
    // Nothing is read into place: it would have to be decoded there.
    let (mut client, mut server) = pair(&both(), &Config::server());
    let mut wire = Vec::new();
    server.send(Message::Text(&text), &mut wire).unwrap();
    let mut front = wire[..100].to_vec();
    assert_eq!(
        client.receive(&mut &mut front[..], &mut Vec::new()),
        Ok(None)
    );
    assert!(client.split_mut().0.room().is_none());
}

#[test]
fn a_message_that_is_skipped_or_joined_later_is_decoded_all_the_same() {
    for handed_out in [true, false] {
        let (mut client, mut server) = pair(&both(), &Config::server());
        let mut wire = Vec::new();
        server
            .send(Message::Text("0123456789€"), &mut wire)
            .unwrap();
        server.send(Message::Text("next"), &mut wire).unwrap();
        let mut out = Vec::new();
        let mut all = wire.clone();
        let (first, rest) = all.split_at_mut(2 + 2 * 4);
        let mut input = first;
        if handed_out {
            let event = client.receive_chunk(&mut input, &mut out).unwrap();
            assert!(matches!(event, Some(Event::Message(chunk)) if chunk.data.len() == 4));
        } else {
            let (reader, writer) = client.split_mut();
            assert_eq!(reader.advance_chunk(&mut input, writer, &mut out), Ok(true));
        }
        assert!(input.is_empty());
        let (messages, error) = receive(&mut client, rest, 5, false);
        assert_eq!(error, None);
        let expected: &[&[u8]] = if handed_out {
            &[b"next"]
        } else {
            &["0123456789€".as_bytes(), b"next"]
        };
        assert_eq!(messages, expected, "handed out: {handed_out}");
    }
}

#[test]
fn joined_at_first_and_then_in_chunks() {
    let (mut client, mut server) = pair(&both(), &Config::server());
    let mut wire = Vec::new();
    server.send(Message::Text("0123€567"), &mut wire).unwrap();
    let mut out = Vec::new();
    let (first, rest) = wire.split_at_mut(2 + 2 * 6);
    assert_eq!(client.receive(&mut &mut first[..], &mut out), Ok(None));
    let (messages, error) = receive(&mut client, rest, 1, true);
    assert_eq!(
        (&messages[..], error),
        (&["0123€567".as_bytes().to_vec()][..], None)
    );
}

// RFC 6455 §7.4.1
#[test]
fn what_cannot_be_decoded_fails_after_what_came_before() {
    for (bad, fault, bytes) in [
        (
            &b"\x82\x02ab"[..],
            &UNEQUAL,
            &b"x-twice: two bytes differ"[..],
        ),
        (b"\x82\x01a", &ODD, b"x-twice: odd number of bytes"),
        (b"\x02\x01a\x80\x00", &ODD, b"x-twice: odd number of bytes"),
    ] {
        for streamed in [false, true] {
            let (mut client, _) = pair(&both(), &Config::server());
            let wire = [b"\x81\x02aa", bad].concat();
            let (messages, error) = receive(&mut client, &wire, wire.len(), streamed);
            assert_eq!(messages, [b"a"]);
            assert_eq!(error, Some(Error::Extension(SessionError::new(fault))));
            assert_eq!(
                error.unwrap().close_code(),
                Some(CloseCode::INVALID_PAYLOAD)
            );
            assert_eq!(error.unwrap().to_string().as_bytes(), bytes);
        }
    }
}

#[test]
fn text_is_judged_as_it_was_before_it_was_encoded() {
    for wire in [
        &b"\x81\x02\xFF\xFF"[..],
        b"\x81\x02\xE2\xE2",
        b"\x01\x04\xE2\xE2aa",
    ] {
        for streamed in [false, true] {
            let (mut client, _) = pair(&both(), &Config::server());
            let (_, error) = receive(&mut client, wire, wire.len(), streamed);
            assert_eq!(error, Some(Error::InvalidUtf8), "{wire:x?}");
        }
    }
}

// RFC 6455 §5.2, RFC 7692 §6
#[test]
fn d09_bits_are_allowed_on_first_frames_of_messages_only() {
    for wire in [
        &b"\xC1\x00"[..],
        b"\x91\x00",
        b"\x21\x02aa\xA0\x02aa",
        b"\xA9\x00",
        b"\xA8\x00",
    ] {
        let (mut client, _) = pair(&both(), &Config::server());
        let (_, error) = receive(&mut client, wire, wire.len(), false);
        assert!(
            matches!(error, Some(Error::Frame(_))),
            "{wire:x?}: {error:?}"
        );
    }
}

#[test]
fn d19_to_d22_what_is_decoded_is_bounded_as_it_comes() {
    let mut config = Config::client();
    let swell = Negotiator::new().with(Swell);
    for (limit, fits) in [(2999, false), (3000, true), (3001, true), (1000, false)] {
        for wire in [&b"\x92\x03abc"[..], b"\x12\x01a\x00\x01b\x00\x00\x80\x01c"] {
            for streamed in [false, true] {
                config.max_message_size = if streamed { 10 } else { limit };
                config.max_streamed_size = if streamed { limit as u64 } else { 10 };
                for step in [1, wire.len()] {
                    let (mut client, _) = pair(&swell, &config);
                    let (messages, error) = receive(&mut client, wire, step, streamed);
                    let limit = limit as u64;
                    if fits {
                        assert_eq!((messages.len(), error), (1, None));
                        assert_eq!(messages[0].len(), 3000);
                    } else {
                        assert_eq!(error, Some(Error::MessageTooBig { limit }));
                        assert_eq!(messages.len(), 0);
                    }
                }
            }
        }
    }
}

#[test]
fn d23_what_comes_over_the_wire_is_bounded_too() {
    let mut config = Config::client();
    config.max_message_size = 10;
    let swell = Negotiator::new().with(Swell);
    // 1 MiB and 10 bytes, and one more.
    for (len, fits) in [((1u64 << 20) + 10, true), ((1 << 20) + 11, false)] {
        let (mut client, _) = pair(&swell, &config);
        let mut wire = vec![0x92, 127];
        wire.extend_from_slice(&len.to_be_bytes());
        let (_, error) = receive(&mut client, &wire, 1, false);
        let too_big = Error::MessageTooBig { limit: 10 };
        assert_eq!(error, (!fits).then_some(too_big));
    }
    // Without the bit the limit is that of the message.
    let (mut client, _) = pair(&swell, &config);
    let (_, error) = receive(&mut client, b"\x82\x0b", 2, false);
    assert_eq!(error, Some(Error::MessageTooBig { limit: 10 }));
}

#[test]
fn an_encoder_that_fails_stops_its_direction_alone() {
    let (mut client, mut server) = pair(&both(), &Config::server());
    let mut wire = Vec::new();
    server.send(Message::Text("a"), &mut wire).unwrap();
    let before = wire.clone();
    let failed = Err(Misuse::ExtensionFailed);
    assert_eq!(server.send(Message::Text("b!"), &mut wire), failed);
    assert_eq!(server.send(Message::Text("c"), &mut wire), failed);
    assert_eq!(wire, before, "nothing of it is sent");
    let failure = server.split_mut().1.extension_failure();
    assert_eq!(failure, Some(SessionError::new(&TIRED)));
    assert_eq!(server.start(ws_driver::Kind::Text).map(|_| ()), Ok(()));
    // The other direction goes on, and a Close goes out.
    let mut up = Vec::new();
    client.send(Message::Text("up"), &mut up).unwrap();
    assert_eq!(receive(&mut server, &up, 1, false).0, [b"up"]);
    let frame = CloseFrame {
        code: CloseCode::INTERNAL_ERROR,
        reason: "",
    };
    server.close(Some(frame), &mut wire).unwrap();
    assert_eq!(receive(&mut client, &wire, 1, false).0, [b"a"]);
}

#[test]
fn extensions_sleep_after_a_time_without_messages() {
    let (_, mut server) = pair(&both(), &Config::server());
    let mut out = Vec::new();
    assert_eq!(server.tick(Instant::from_secs(1), &mut out), Ok(None));
    server.send(Message::Text("a"), &mut out).unwrap();
    let at = Some(Instant::from_secs(6));
    assert_eq!(server.tick(Instant::from_secs(1), &mut out), Ok(at));
    assert_eq!(server.next_timer(), Some(Timer::Sleep));
    assert_eq!(server.tick(Instant::from_secs(5), &mut out), Ok(at));
    assert_eq!(server.tick(Instant::from_secs(6), &mut out), Ok(None));
}

#[test]
fn frames_are_shared_by_connections_of_one_shape() {
    let config = Config::server();
    let payload = vec![7; 70_000];
    let message = Message::Binary(&payload);
    let mut frame = Vec::new();
    let (mut client, mut server) = (
        Connection::client(&config, Seed([1; 32])),
        Connection::server(&config),
    );
    assert!(client.split_mut().1.shape().is_none());
    assert!(!client.split_mut().1.share(message, &mut frame));
    assert!(server.split_mut().1.share(message, &mut frame));
    let mut usual = Vec::new();
    server.send(message, &mut usual).unwrap();
    assert!(usual == frame);
    let before = server.statistics().sent;
    server.split_mut().1.pass(message, &frame).unwrap();
    let after = server.statistics().sent;
    assert_eq!(after.messages, before.messages + 1);
    assert_eq!(after.bytes, before.bytes + 70_000);
    // These extensions cannot be shared.
    let (_, mut other) = pair(&both(), &config);
    assert!(other.split_mut().1.shape().is_none());
    assert!(!other.split_mut().1.share(message, &mut frame));
    assert!(usual == frame, "nothing was appended");
}

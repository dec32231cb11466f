//! Hostile cases of the group D, through the facade: what the application gets, and what the peer is
//! told. RFC 7692 §7.2.

use futures::io::{AsyncReadExt, AsyncWriteExt};
use hybi::driver;
use hybi::extensions::SessionError;
use hybi::{Deflate, Error, Options, WebSocket};
use hybi_testkit::pair::Seen;
use hybi_testkit::pipe::{Pipe, duplex};
use hybi_testkit::wire::{self, Frame, hex};

use crate::{BACKENDS, noise, run};

/// What a server has seen and its peer been told.
pub(crate) struct Trace {
    pub(crate) seen: Vec<Seen>,
    pub(crate) end: Result<(), Error>,
    pub(crate) close: Option<u16>,
    /// The most heap that extensions held for it.
    pub(crate) memory: usize,
}

/// A server that has agreed on what `offer` leads to, and the raw other end.
pub(crate) fn server(offer: &str, options: &Options) -> (WebSocket<Pipe>, Pipe) {
    let (near, far) = duplex(1 << 20);
    let granted = options
        .extensions
        .grant(Some(offer))
        .expect("it can be read");
    assert!(granted.response.is_some(), "{offer}");
    let socket = WebSocket::server(near, options).with_extensions(granted.sessions, options);
    (socket, far)
}

pub(crate) fn trace(mut socket: WebSocket<Pipe>, mut raw: Pipe, bytes: &[u8]) -> Trace {
    run(async {
        let peer = async {
            // A server that has failed reads no more.
            let _ = raw.write_all(bytes).await;
            let _ = raw.close().await;
            let mut told = Vec::new();
            let _ = raw.read_to_end(&mut told).await;
            told
        };
        let ours = async {
            let (mut seen, mut memory) = (Vec::new(), 0);
            let end = loop {
                match socket.receive().await {
                    Ok(Some(event)) => seen.push(event.into()),
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
                memory = memory.max(socket.extension_memory());
            };
            memory = memory.max(socket.extension_memory());
            drop(socket);
            (seen, end, memory)
        };
        let ((seen, end, memory), told) = futures::join!(ours, peer);
        let close = wire::frames(&told)
            .iter()
            .find(|frame| frame.opcode() == 0x8)
            .and_then(|frame| Some(u16::from_be_bytes(*frame.payload().first_chunk()?)));
        Trace {
            seen,
            end,
            close,
            memory,
        }
    })
}

/// A compressed frame of text from a client, readable.
pub(crate) fn compressed(payload: impl AsRef<[u8]>) -> Frame {
    Frame::text(payload).rsv(4).masked([0; 4])
}

fn bytes(frames: &[Frame]) -> Vec<u8> {
    wire::concat(frames)
}

pub(crate) const OFFER: &str = "permessage-deflate";
const FORGETS: &str = "permessage-deflate; client_no_context_takeover";
/// "Hello" by itself, and after itself.
const HELLO: &str = "f248cdc9c90700";
const AGAIN: &str = "f200110000";

#[test]
fn d01_to_d08_what_is_valid_is_delivered() {
    let hello = || hex(HELLO);
    let cases: [(&str, Vec<Frame>, &[&str]); 9] = [
        (
            "d01 shared window",
            vec![compressed(hello()), compressed(hex(AGAIN))],
            &["Hello", "Hello"],
        ),
        (
            "d03 fragments",
            vec![
                compressed(hex("f248cd")).fragment(),
                Frame::continuation(hex("c9c90700")).masked([0; 4]),
            ],
            &["Hello"],
        ),
        (
            "d04 stored block",
            vec![compressed(hex("000500faff48656c6c6f00"))],
            &["Hello"],
        ),
        (
            "d05 final block",
            vec![compressed(hex("f348cdc9c9070000")), compressed(hex(AGAIN))],
            &["Hello", "Hello"],
        ),
        (
            "d06 two blocks",
            vec![compressed(hex("f248050000 00ffff cac9c90700"))],
            &["Hello"],
        ),
        (
            "d07 empty forms",
            vec![
                compressed([]),
                compressed([0]),
                compressed(hex("0200")),
                compressed([]).fragment(),
                Frame::continuation([]).fragment().masked([0; 4]),
                Frame::continuation([]).masked([0; 4]),
                compressed(hello()),
            ],
            &["", "", "", "", "Hello"],
        ),
        (
            "d08 not compressed",
            vec![
                Frame::text("plain").masked([0; 4]),
                compressed(hello()),
                Frame::text("plain").masked([0; 4]),
                compressed(hex(AGAIN)),
            ],
            &["plain", "Hello", "plain", "Hello"],
        ),
        (
            "ping between fragments",
            vec![
                compressed(hex("f248cd")).fragment(),
                Frame::ping("?").masked([0; 4]),
                Frame::continuation(hex("c9c90700")).masked([0; 4]),
            ],
            &["Hello"],
        ),
        (
            "d17 a block after a final one",
            vec![compressed(hex("f348cdc9c90700 f248cdc9c90700"))],
            &["HelloHello"],
        ),
    ];
    for backend in BACKENDS {
        for (name, frames, texts) in &cases {
            let options = Options::server().with_deflate(backend());
            let (socket, raw) = server(OFFER, &options);
            let mut frames = frames.clone();
            frames.push(Frame::close(1000, "").masked([0; 4]));
            let trace = trace(socket, raw, &bytes(&frames));
            let seen: Vec<&str> = trace
                .seen
                .iter()
                .filter_map(|seen| match seen {
                    Seen::Text(text) => Some(&**text),
                    _ => None,
                })
                .collect();
            assert_eq!(seen, *texts, "{name}: {:?}", trace.end);
            assert!(trace.end.is_ok(), "{name}: {:?}", trace.end);
            assert_eq!(trace.close, Some(1000), "{name}");
        }
    }
}

#[test]
fn d02_to_d25_what_is_not_ends_the_connection() {
    let cases: [(&str, &str, Vec<Frame>, u16); 12] = [
        (
            "d02 a window that was given up",
            FORGETS,
            vec![compressed(hex(HELLO)), compressed(hex(AGAIN))],
            1007,
        ),
        (
            "d09 RSV1 on a continuation",
            OFFER,
            vec![
                compressed(hex("f248cd")).fragment(),
                Frame::continuation(hex("c9c90700")).rsv(4).masked([0; 4]),
            ],
            1002,
        ),
        (
            "d10 reserved block type",
            OFFER,
            vec![compressed([6])],
            1007,
        ),
        (
            "d11 stored length",
            OFFER,
            vec![compressed(hex("0005000000 48656c6c6f"))],
            1007,
        ),
        (
            "d12 distance too far",
            OFFER,
            vec![compressed(hex(AGAIN))],
            1007,
        ),
        (
            "d13 code lengths",
            OFFER,
            vec![compressed(hex("edfdffffffffffff"))],
            1007,
        ),
        (
            "d15 cut inside a block",
            OFFER,
            vec![compressed(hex("f248cd")), compressed(hex(HELLO))],
            1007,
        ),
        (
            "d16 bytes after a final block",
            OFFER,
            vec![compressed(hex("f348cdc9c90700deadbeef"))],
            1007,
        ),
        (
            "d25 a compressed ping",
            OFFER,
            vec![Frame::ping(hex(HELLO)).rsv(4).masked([0; 4])],
            1002,
        ),
        (
            "what becomes no text",
            OFFER,
            vec![compressed(hex("000200fdffc32800"))],
            1007,
        ),
        (
            "RSV2, which nobody has agreed on",
            OFFER,
            vec![Frame::text(hex(HELLO)).rsv(6).masked([0; 4])],
            1002,
        ),
        (
            "zlib's invalid vector",
            OFFER,
            vec![compressed(hex("22faec78"))],
            1007,
        ),
    ];
    for backend in BACKENDS {
        for (name, offer, frames, code) in &cases {
            let options = Options::server().with_deflate(backend());
            let (socket, raw) = server(offer, &options);
            let trace = trace(socket, raw, &bytes(frames));
            let Err(Error::Protocol(error)) = trace.end else {
                panic!("{name}: {:?}", trace.end);
            };
            assert_eq!(trace.close, Some(*code), "{name}: {error}");
            let of_extension = matches!(error, driver::Error::Extension(_));
            let is_text = error == driver::Error::InvalidUtf8;
            assert_eq!(of_extension || is_text, *code == 1007, "{name}: {error}");
            // What came before was delivered, and nothing after.
            let before = usize::from(name.starts_with("d02"));
            assert_eq!(trace.seen.len(), before, "{name}: {:?}", trace.seen);
        }
    }
}

#[test]
fn the_error_names_the_extension() {
    let options = Options::server().with_deflate(Deflate::new());
    let (socket, raw) = server(OFFER, &options);
    let trace = trace(socket, raw, &compressed([6]).bytes());
    let Err(Error::Protocol(driver::Error::Extension(error))) = trace.end else {
        panic!("{:?}", trace.end);
    };
    let error: SessionError = error;
    assert_eq!(error.extension(), OFFER);
    assert!(!error.reason().is_empty());
}

// The window that was agreed is what counts, not what the decoder could do.
#[test]
fn d18_a_distance_beyond_the_window() {
    const SMALL: &str = "permessage-deflate; client_max_window_bits=9";
    let far = noise(20_000, 1);
    let mut message = far.clone();
    message.extend_from_slice(&far);
    // A peer that uses a window of 15 bits all the same.
    let big = Options::client().with_deflate(Deflate::new());
    let stream = run(async {
        let (near, mut far) = duplex(1 << 20);
        let sessions = big.extensions.confirm(Some(OFFER)).unwrap();
        let client = WebSocket::client(near, &big).unwrap();
        let mut client = client.with_extensions(sessions, &big);
        client.send(&message[..]).await.unwrap();
        drop(client);
        let mut stream = Vec::new();
        far.read_to_end(&mut stream).await.unwrap();
        stream
    });
    assert!(stream.len() < 30_000, "{}", stream.len());
    for backend in BACKENDS {
        let mut options =
            Options::server().with_deflate(backend().request_max_window_bits(crate::bits(9)));
        options.connection.keep_alive = None;
        let (socket, raw) = server(SMALL, &options);
        let small = trace(socket, raw, &stream);
        assert_eq!(small.close, Some(1007), "{:?}", small.end);
        let (socket, raw) = server(OFFER, &options);
        let large = trace(socket, raw, &stream);
        assert_eq!(large.seen, [Seen::Binary(message.clone())]);
    }
}

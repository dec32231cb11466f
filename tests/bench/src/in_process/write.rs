//! A client's messages become masked frames.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use futures::SinkExt;
use hybi::driver::{Config, Connection, Message, Seed};
use hybi_bench::wire::{self, Header};
use tokio_tungstenite::tungstenite;

use super::memory::{Memory, now};
use super::{Clock, Row};

pub(super) const BINARY_125: &str = "a client writes 125 B, masked";

/// About so much is written in one go: what stays in the cache.
const BYTES: usize = 50_000;

pub(super) fn rows(clock: Clock) -> Vec<Row> {
    let payload = vec![b'x'; 16 << 10];
    let row = |(what, payload): (&'static str, &[u8])| Row {
        what,
        unit: "each",
        bytes: None,
        floor: floor(clock, payload),
        ours: ours(clock, payload),
        peers: vec![
            ("sockudo", sockudo(clock, payload)),
            ("tungstenite", tungstenite(clock, payload)),
            ("yawc", yawc(clock, payload)),
        ],
    };
    [
        (BINARY_125, &payload[..125]),
        ("a client writes 16 KiB, masked", &payload[..]),
    ]
    .map(row)
    .into()
}

/// A key from a generator that nobody should use for keys, header, copy, mask.
fn floor(clock: Clock, payload: &[u8]) -> f64 {
    let count = BYTES / payload.len();
    let (mut out, mut key) = (Vec::new(), 1_u32);
    clock.best(count, || {
        out.clear();
        for _ in 0..count {
            key ^= key << 13;
            key ^= key >> 17;
            key ^= key << 5;
            wire::push_masked(&mut out, 0x82, key.to_ne_bytes(), black_box(payload));
        }
        black_box(&out);
    })
}

fn ours(clock: Clock, payload: &[u8]) -> f64 {
    let count = BYTES / payload.len();
    let mut connection = Connection::client(&Config::client(), Seed([7; 32]));
    let mut out = Vec::new();
    clock.best(count, || {
        out.clear();
        for _ in 0..count {
            let message = Message::Binary(black_box(payload));
            connection.send(message, &mut out).expect("open");
        }
        assert!(Header::read(&out).is_some_and(|header| header.masked));
    })
}

/// With its default keys, which are cheap because they can be predicted (RFC 6455 §10.3).
fn sockudo(clock: Clock, payload: &[u8]) -> f64 {
    let count = BYTES / payload.len();
    let mut protocol =
        sockudo_ws::protocol::Protocol::new(sockudo_ws::Role::Client, 1 << 20, 1 << 20);
    let message = sockudo_ws::Message::Binary(Bytes::copy_from_slice(payload));
    let mut out = BytesMut::new();
    clock.best(count, || {
        out.clear();
        for _ in 0..count {
            protocol
                .encode_message(black_box(&message), &mut out)
                .expect("open");
        }
        assert!(Header::read(&out).is_some_and(|header| header.masked));
    })
}

fn tungstenite(clock: Clock, payload: &[u8]) -> f64 {
    let count = BYTES / payload.len();
    let role = tungstenite::protocol::Role::Client;
    let mut socket = tungstenite::WebSocket::from_raw_socket(Memory::new(b"", 0), role, None);
    let payload = Bytes::copy_from_slice(payload);
    clock.best(count, || {
        for _ in 0..count {
            let message = tungstenite::Message::Binary(black_box(&payload).clone());
            socket.write(message).expect("open");
        }
        socket.flush().expect("open");
    })
}

fn yawc(clock: Clock, payload: &[u8]) -> f64 {
    let count = BYTES / payload.len();
    let memory = Memory::new(b"", 0);
    let options = yawc::Options::default().with_backpressure_boundary(64 << 10);
    let mut socket =
        yawc::WebSocket::from_stream(memory, yawc::Role::Client, options).expect("valid");
    let payload = Bytes::copy_from_slice(payload);
    clock.best(count, || {
        for _ in 0..count {
            let frame = yawc::Frame::binary(black_box(&payload).clone());
            now(socket.feed(frame)).expect("open");
        }
        now(socket.flush()).expect("open");
    })
}

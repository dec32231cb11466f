//! Masked frames in memory become messages.

use std::hint::black_box;

use bytes::BytesMut;
use fastwebsockets::FragmentCollector;
use futures::StreamExt;
use hybi::driver::{Config, Connection, Event};
use hybi_bench::wire::{self, Header, opcode};
use tokio_tungstenite::tungstenite;

use super::memory::{Memory, now};
use super::{Clock, Row};

pub(super) const BINARY_16: &str = "bytes to events: 16 B, binary";
pub(super) const TEXT_125: &str = "bytes to events: 125 B, text";
pub(super) const TEXT_1K: &str = "bytes to events: 1 KiB, text";

/// So many messages are read in one go.
const COUNT: usize = 10_000;
/// About so much comes at once, in whole frames.
const CHUNK: usize = 64 << 10;

pub(super) fn rows(clock: Clock) -> Vec<Row> {
    let text = "The quick brown fox jumps over the lazy dog. ".repeat(23);
    let cases = [
        (BINARY_16, opcode::BINARY, &text.as_bytes()[..16]),
        (TEXT_125, opcode::TEXT, &text.as_bytes()[..125]),
        (TEXT_1K, opcode::TEXT, &text.as_bytes()[..1024]),
    ];
    let row = |(what, opcode, payload): (&'static str, u8, &[u8])| {
        let mut wire = Vec::new();
        let mut key = 1_u32;
        for _ in 0..COUNT {
            key = key.wrapping_mul(0x9e37_79b9);
            wire::push_masked(&mut wire, 0x80 | opcode, key.to_be_bytes(), payload);
        }
        let frame = wire.len() / COUNT;
        let chunk = CHUNK / frame * frame;
        Row {
            what,
            unit: "each",
            bytes: None,
            floor: floor(clock, &wire, chunk),
            ours: ours(clock, &wire, chunk),
            peers: vec![
                ("fastwebsockets", fastwebsockets(clock, &wire, chunk)),
                ("sockudo", sockudo(clock, &wire, chunk)),
                ("tokio-websockets", tokio_websockets(clock, &wire, chunk)),
                ("tungstenite", tungstenite(clock, &wire, chunk)),
                ("yawc", yawc(clock, &wire, chunk)),
            ],
        }
    };
    cases.map(row).into()
}

/// Copy, parse, unmask.
fn floor(clock: Clock, wire: &[u8], chunk: usize) -> f64 {
    let mut buffer = vec![0; chunk];
    clock.best(COUNT, || {
        for part in wire.chunks(chunk) {
            let mut input = &mut buffer[..part.len()];
            input.copy_from_slice(part);
            while let Some(header) = Header::read(input) {
                let (frame, rest) = input.split_at_mut(header.len + header.payload);
                wire::mask(header.key, &mut frame[header.len..]);
                black_box(frame);
                input = rest;
            }
        }
    })
}

fn ours(clock: Clock, wire: &[u8], chunk: usize) -> f64 {
    let mut connection = Connection::server(&Config::server());
    let (mut buffer, mut out) = (vec![0; chunk], Vec::new());
    clock.best(COUNT, || {
        let mut count = 0;
        for part in wire.chunks(chunk) {
            let mut input = &mut buffer[..part.len()];
            input.copy_from_slice(part);
            while let Ok(Some(event)) = connection.receive(&mut input, &mut out) {
                count += usize::from(matches!(black_box(event), Event::Message(_)));
            }
        }
        assert_eq!(count, COUNT, "every message is seen");
    })
}

fn fastwebsockets(clock: Clock, wire: &[u8], chunk: usize) -> f64 {
    let memory = Memory::new(wire, chunk);
    let socket = fastwebsockets::WebSocket::after_handshake(memory, fastwebsockets::Role::Server);
    let mut socket = FragmentCollector::new(socket);
    clock.best(COUNT, || {
        for _ in 0..COUNT {
            black_box(now(socket.read_frame()).expect("valid"));
        }
    })
}

fn sockudo(clock: Clock, wire: &[u8], chunk: usize) -> f64 {
    let mut protocol =
        sockudo_ws::protocol::Protocol::new(sockudo_ws::Role::Server, 1 << 20, 1 << 20);
    let (mut buffer, mut messages) = (BytesMut::with_capacity(chunk), Vec::new());
    clock.best(COUNT, || {
        let mut count = 0;
        for part in wire.chunks(chunk) {
            buffer.extend_from_slice(part);
            protocol
                .process_into(&mut buffer, &mut messages)
                .expect("valid");
            count += messages.len();
            black_box(&messages);
            messages.clear();
        }
        assert_eq!(count, COUNT, "every message is seen");
    })
}

fn tokio_websockets(clock: Clock, wire: &[u8], chunk: usize) -> f64 {
    let memory = Memory::new(wire, chunk);
    let mut socket = tokio_websockets::ServerBuilder::new().serve(memory);
    clock.best(COUNT, || {
        for _ in 0..COUNT {
            black_box(now(socket.next()).expect("more").expect("valid"));
        }
    })
}

fn tungstenite(clock: Clock, wire: &[u8], chunk: usize) -> f64 {
    let memory = Memory::new(wire, chunk);
    let role = tungstenite::protocol::Role::Server;
    let mut socket = tungstenite::WebSocket::from_raw_socket(memory, role, None);
    clock.best(COUNT, || {
        for _ in 0..COUNT {
            black_box(socket.read().expect("valid"));
        }
    })
}

fn yawc(clock: Clock, wire: &[u8], chunk: usize) -> f64 {
    let memory = Memory::new(wire, chunk);
    let options = yawc::Options::default()
        .with_utf8()
        .with_read_buffer_capacity(chunk);
    let mut socket =
        yawc::WebSocket::from_stream(memory, yawc::Role::Server, options).expect("valid");
    clock.best(COUNT, || {
        for _ in 0..COUNT {
            black_box(now(socket.next()).expect("more"));
        }
    })
}

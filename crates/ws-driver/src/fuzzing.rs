//! What must hold for any bytes; fuzz targets and property tests call this.
//!
//! Not part of the public API.

#[cfg(feature = "drafts")]
mod early;
mod operations;

#[cfg(feature = "drafts")]
pub use early::drafts;
pub use operations::operations;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::{Config, Connection, Driver, Error, Event, KeepAlive, Message, Seed};

/// What a connection made of some bytes, with nothing left of how they were cut.
#[derive(Debug, Default, Eq, PartialEq)]
struct Trace {
    events: Vec<Seen>,
    /// What the peer was told; several rules broken by one header may be told in either order.
    failed_with: Option<u16>,
}

#[derive(Debug, Eq, PartialEq)]
enum Seen {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

/// Events come out the same however the bytes are cut and whether messages are received whole or
/// in chunks; memory and replies stay bounded; after an end there is nothing more.
pub fn connection(data: &[u8]) {
    let [seed, rest @ ..] = data else { return };
    let config = small();
    holds(rest, *seed, || Connection::server(&config).into());
    let seeds = Seed([*seed; 32]);
    holds(rest, *seed, || Connection::client(&config, seeds).into());
}

/// The same with permessage-deflate, at a client, whose peer's frames can be read and mutated.
#[cfg(feature = "deflate")]
pub fn compressed(data: &[u8]) {
    use ws_extensions::Negotiator;
    use ws_extensions::deflate::Deflate;

    let [seed, rest @ ..] = data else { return };
    let config = small();
    let answer = match seed % 2 {
        0 => "permessage-deflate",
        _ => "permessage-deflate; server_no_context_takeover; server_max_window_bits=10",
    };
    let negotiator = Negotiator::new().with(Deflate::new());
    holds(rest, *seed, || {
        let sessions = negotiator.confirm(Some(answer)).unwrap_or_default();
        let connection = Connection::client(&config, Seed([*seed; 32]));
        connection.with_extensions(sessions, &config).into()
    });
}

fn small() -> Config {
    let mut config = Config::server();
    config.max_message_size = 1000;
    config.max_streamed_size = 1000;
    config.max_fragments = 8;
    config.keep_alive = Some(KeepAlive::DEFAULT);
    config
}

fn holds(bytes: &[u8], seed: u8, make: impl Fn() -> Driver) {
    let at_once = whole(&mut make(), [bytes]);
    let cut = whole(&mut make(), pieces(bytes, seed));
    assert_eq!(at_once, cut, "cut by {seed}");
    let streamed = chunked(&mut make(), bytes, seed);
    // A message in many fragments is streamed without a limit on their number, so beyond
    // that failure the two may differ.
    if at_once.failed_with != Some(1008) {
        assert_eq!(at_once, streamed, "chunks cut by {seed}");
    }
}

fn whole<'p>(connection: &mut Driver, pieces: impl IntoIterator<Item = &'p [u8]>) -> Trace {
    let mut trace = Trace::default();
    for piece in pieces {
        let mut piece = piece.to_vec();
        let (mut input, mut out) = (&mut piece[..], Vec::new());
        loop {
            match connection.receive(&mut input, &mut out) {
                Ok(Some(event)) => trace.events.push(seen(event, |message| match message {
                    Message::Text(text) => Seen::Text(text.to_string()),
                    Message::Binary(bytes) => Seen::Binary(bytes.to_vec()),
                })),
                Ok(None) => break,
                Err(error) => {
                    trace.failed_with = failed(connection, error);
                    return trace;
                }
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
        assert!(out.len() <= 16 * 131 + 131, "replies are bounded");
    }
    trace
}

fn chunked(connection: &mut Driver, bytes: &[u8], seed: u8) -> Trace {
    let mut trace = Trace::default();
    let mut open: Option<Seen> = None;
    for piece in pieces(bytes, seed.wrapping_add(1)) {
        let mut piece = piece.to_vec();
        let (mut input, mut out) = (&mut piece[..], Vec::new());
        loop {
            match connection.receive_chunk(&mut input, &mut out) {
                Ok(Some(Event::Message(chunk))) => {
                    match (&mut open, chunk.data) {
                        (Some(Seen::Text(text)), Message::Text(more)) => text.push_str(more),
                        (Some(Seen::Binary(bytes)), Message::Binary(more)) => {
                            bytes.extend_from_slice(more);
                        }
                        (None, Message::Text(text)) => open = Some(Seen::Text(text.to_string())),
                        (None, Message::Binary(bytes)) => {
                            open = Some(Seen::Binary(bytes.to_vec()));
                        }
                        mixed => unreachable!("kinds do not mix in a message: {mixed:?}"),
                    }
                    if chunk.last {
                        trace.events.extend(open.take());
                    }
                }
                Ok(Some(event)) => trace.events.push(seen(event, |_| Seen::Binary(Vec::new()))),
                Ok(None) => break,
                Err(error) => {
                    trace.failed_with = failed(connection, error);
                    return trace;
                }
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    trace
}

/// After an error nothing more comes, whatever the bytes.
fn failed(connection: &mut Driver, error: Error) -> Option<u16> {
    let mut more = *b"\x81\x00\x81\x80\0\0\0\0\x88\x00";
    let (mut input, mut out) = (&mut more[..], Vec::new());
    assert_eq!(connection.receive(&mut input, &mut out), Ok(None));
    assert!(input.is_empty() && out.is_empty() && connection.wants_shutdown());
    error.close_code().map(crate::CloseCode::get)
}

fn seen<M>(event: Event<'_, M>, message: impl FnOnce(M) -> Seen) -> Seen {
    match event {
        Event::Message(lent) => message(lent),
        Event::Ping(payload) => Seen::Ping(payload.to_vec()),
        Event::Pong { payload, .. } => Seen::Pong(payload.to_vec()),
        Event::Close(frame) => {
            Seen::Close(frame.map(|frame| (frame.code.get(), frame.reason.to_string())))
        }
    }
}

/// Cuts `bytes` into pieces whose lengths follow from `seed`.
fn pieces(mut bytes: &[u8], seed: u8) -> impl Iterator<Item = &[u8]> {
    let mut state = u32::from(seed) | 0x100;
    core::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let len = (state >> 24) as usize % 17 + 1;
        let (front, rest) = bytes.split_at(len.min(bytes.len()));
        bytes = rest;
        Some(front)
    })
}

#[cfg(test)]
mod tests;

//! Connections from their first frame to their end.

mod closing;
mod failing;
mod receiving;
mod sending;

use futures::executor::block_on;
use futures::future::join;
use hybi_testkit::pipe::{Behaviour, Fault, Pending, Probe, pipe};
use hybi_testkit::wire::{Frame, concat, frames};
use std::future::poll_fn;
use std::io;
use ws_frame::{CloseCode, CloseError, CloseFrame, FrameError};

use super::*;
use crate::{Client, Closure, Error, Message, Misuse, Server, WebSocket};

const GOOD: fn() -> Behaviour = Behaviour::default;

const BYE: CloseFrame<'static> = CloseFrame {
    code: CloseCode::GOING_AWAY,
    reason: "bye",
};

/// A server of ours, what looks at its stream, and the other end as bytes.
fn server(behaviour: Behaviour) -> (WebSocket<'static, Io, Server>, Probe, Pipe) {
    server_with(behaviour, buffers(1024, 256))
}

fn server_with(
    behaviour: Behaviour,
    buffers: Buffers<'static>,
) -> (WebSocket<'static, Io, Server>, Probe, Pipe) {
    let (near, far) = pipe(behaviour, GOOD());
    let probe = near.probe();
    let socket = WebSocket::server(Io(near), buffers, 0).unwrap();
    (socket, probe, far)
}

fn client_with(
    behaviour: Behaviour,
    buffers: Buffers<'static>,
) -> (
    WebSocket<'static, Io, Client<impl FnMut() -> MaskKey>>,
    Pipe,
) {
    let (near, far) = pipe(behaviour, GOOD());
    let socket = WebSocket::client(Io(near), buffers, 0, keys()).unwrap();
    (socket, far)
}

fn session() -> (Vec<u8>, Vec<Seen>) {
    let bytes = masked(&[
        Frame::text("first"),
        Frame::text("h\u{e9}l").fragment(),
        Frame::ping("?"),
        Frame::continuation("l\u{f6}"),
        Frame::binary([7; 900]),
        Frame::ping("??"),
        Frame::pong("!"),
        Frame::close(1001, "bye"),
    ]);
    let seen = [
        text("first"),
        Seen::Ping(b"?".into()),
        text("h\u{e9}ll\u{f6}"),
        binary(&[7; 900]),
        Seen::Ping(b"??".into()),
        Seen::Pong(b"!".into()),
        closed(1001, "bye"),
    ];
    (bytes, seen.into())
}

fn answers() -> Vec<Frame> {
    [
        Frame::text("first"),
        Frame::pong("?"),
        Frame::text("h\u{e9}ll\u{f6}"),
        Frame::binary([7; 900]),
        Frame::pong("??"),
        // §5.5.1: the code is echoed.
        Frame::close(1001, ""),
    ]
    .into()
}

fn behaviours() -> [Behaviour; 5] {
    [
        GOOD(),
        GOOD().max_read(1).max_write(1),
        GOOD().max_read(7).pending(Pending::Every(2)),
        GOOD().pending(Pending::Random(5)).max_write(3),
        GOOD().hold_until_flush().pending(Pending::Every(3)),
    ]
}

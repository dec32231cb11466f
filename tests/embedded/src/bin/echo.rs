//! A WebSocket server alone, over a stream in memory, timed: what a device pays for a message.
#![no_std]
#![no_main]

use core::cell::RefCell;
use core::convert::Infallible;

use cortex_m_rt::entry;
use embassy_futures::block_on;
use embedded_io_async::{ErrorType, Read, Write};
use hybi_embedded::{Clock, pass};
use stm32f1 as _;
use ws_embedded::{Buffers, Event, Rules, Server, WebSocket, accept};
use ws_frame::{Header, MaskKey, Masker, OpCode, Rsv};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[entry]
fn main() -> ! {
    let Some(core) = cortex_m::Peripherals::take() else {
        panic!("somebody has taken them");
    };
    let clock = Clock::start(core.SYST);
    let wire = Wire(RefCell::new(State {
        bytes: [0; 1100],
        at: 0,
        end: 0,
        written: 0,
    }));
    let (mut rx, mut tx) = ([0; 1100], [0; 1100]);
    wire.put(REQUEST);
    let buffers = Buffers::new(&mut rx, &mut tx);
    let accepted = clock.time("accept", || block_on(accept(&wire, buffers, Rules::new())));
    let Ok(mut socket) = accepted else {
        panic!("the request is right");
    };
    wire.written();
    for (name, opcode, len) in [
        ("echo-text-of-125-bytes", OpCode::Text, 125),
        ("echo-125-bytes", OpCode::Binary, 125),
        ("echo-1-KiB", OpCode::Binary, 1024),
    ] {
        let header_len = wire.put_frame(opcode, len);
        clock.time(name, || block_on(echo(&mut socket)));
        assert!(
            wire.written() == header_len - 4 + len,
            "all of it, unmasked"
        );
    }
    wire.put_frame(OpCode::Ping, 4);
    wire.put_frame(OpCode::Close, 0);
    clock.time("answer-ping-and-close", || {
        while let Ok(Some(_)) = block_on(socket.receive()) {}
    });
    assert!(wire.written() == 6 + 2, "a Pong and a Close");
    pass();
}

/// Receives a message, and sends it back.
async fn echo(socket: &mut WebSocket<'_, &Wire, Server>) {
    let Ok(Some((Event::Message(message), mut outbox))) = socket.exchange().await else {
        panic!("there is a message");
    };
    assert!(outbox.send(message).await.is_ok(), "it is written");
}

/// A stream that gives what was put into it, and counts what is written.
struct Wire(RefCell<State>);

struct State {
    bytes: [u8; 1100],
    at: usize,
    end: usize,
    written: usize,
}

impl Wire {
    fn put(&self, bytes: &[u8]) {
        let state = &mut *self.0.borrow_mut();
        if state.at == state.end {
            (state.at, state.end) = (0, 0);
        }
        state.bytes[state.end..state.end + bytes.len()].copy_from_slice(bytes);
        state.end += bytes.len();
    }

    /// Puts a frame of so many bytes, as a client sends it; gives the length of its header.
    fn put_frame(&self, opcode: OpCode, len: usize) -> usize {
        let key = MaskKey(*b"mask");
        let header = Header {
            fin: true,
            rsv: Rsv::NONE,
            opcode,
            mask: Some(key),
            payload_len: len as u64,
        };
        let header = header.encode();
        self.put(&header);
        let mut payload = [b'x'; 1024];
        Masker::new(key).apply(&mut payload[..len]);
        self.put(&payload[..len]);
        header.len()
    }

    /// How many bytes were written since this was asked last.
    fn written(&self) -> usize {
        core::mem::take(&mut self.0.borrow_mut().written)
    }
}

impl ErrorType for &Wire {
    type Error = Infallible;
}

impl Read for &Wire {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let state = &mut *self.0.borrow_mut();
        let len = buffer.len().min(state.end - state.at);
        buffer[..len].copy_from_slice(&state.bytes[state.at..state.at + len]);
        state.at += len;
        Ok(len)
    }
}

impl Write for &Wire {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.0.borrow_mut().written += bytes.len();
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

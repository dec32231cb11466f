//! Connections over a pipe in memory, at every cut.

mod inbox;
mod open;
mod random;
mod websocket;

use std::boxed::Box;
use std::future::Future;
use std::pin::pin;
use std::string::String;
use std::task::{Context, Poll, Waker};
use std::vec;
use std::vec::Vec;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use futures::io::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pipe::Pipe;
use hybi_testkit::wire::Frame;

use crate::fuzzing::Seen;
use crate::{Buffers, Event, MaskKey, ProtocolError};

/// A pipe whose errors can be compared.
#[derive(Debug)]
struct Io(Pipe);

impl ErrorType for Io {
    type Error = ErrorKind;
}

impl Read for Io {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let read = self.0.read(buffer).await;
        read.map_err(|error| error.kind().into())
    }
}

impl Write for Io {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let written = self.0.write(bytes).await;
        written.map_err(|error| error.kind().into())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        let flushed = self.0.flush().await;
        flushed.map_err(|error| error.kind().into())
    }
}

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Buffers of these lengths, which nobody frees.
fn buffers(rx: usize, tx: usize) -> Buffers<'static> {
    Buffers::new(vec![0xAA; rx].leak(), vec![0xAA; tx].leak())
}

fn masked(frames: &[Frame]) -> Vec<u8> {
    let frames = frames.iter().cloned();
    frames.flat_map(|frame| frame.masked(KEY).bytes()).collect()
}

/// Mask keys that a test can tell apart.
fn keys() -> impl FnMut() -> MaskKey {
    let mut count = 0;
    move || {
        count += 1;
        MaskKey([count; 4])
    }
}

fn text(text: &str) -> Seen {
    Seen::Text(text.into())
}

fn binary(bytes: &[u8]) -> Seen {
    Seen::Binary(bytes.into())
}

fn closed(code: u16, reason: &str) -> Seen {
    Seen::Close(Some((code, reason.into())))
}

/// Polls a future once, and drops it.
fn once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Makes futures until one is ready at its first poll.
fn hasty<R>(mut make: impl FnMut() -> Poll<R>) -> R {
    for _ in 0..1_000_000 {
        if let Poll::Ready(result) = make() {
            return result;
        }
    }
    panic!("it never ends");
}

/// All that has come to the other end.
fn arrived(far: &mut Pipe) -> Vec<u8> {
    let mut all = Vec::new();
    let mut bytes = [0; 1024];
    while let Poll::Ready(Ok(len @ 1..)) = once(far.read(&mut bytes)) {
        all.extend_from_slice(&bytes[..len]);
    }
    all
}

/// Runs a future whose stream never waits for anybody else.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    hasty(|| {
        future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    })
}

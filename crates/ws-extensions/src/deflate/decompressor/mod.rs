//! Decompressors of messages, RFC 7692 §7.2.2.

mod miniz;
#[cfg(feature = "zlib-rs")]
mod zlib;

#[cfg(feature = "zlib-rs")]
use alloc::boxed::Box;
#[cfg(feature = "zlib-rs")]
use alloc::vec::Vec;

use self::miniz::Miniz;
#[cfg(feature = "zlib-rs")]
use self::zlib::{Flow, Zlib};
use super::history::History;
use super::{Backend, NAME, WindowBits};
use crate::{Decoded, Fault, FaultKind, SessionError};

/// What an encoder cuts off the end of each message, RFC 7692 §7.2.1.
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

const INVALID: SessionError = {
    static FAULT: Fault = Fault::new(NAME, FaultKind::InvalidData, "invalid compressed data");
    SessionError::new(&FAULT)
};
const UNFINISHED: SessionError = {
    static FAULT: Fault = Fault::new(
        NAME,
        FaultKind::InvalidData,
        "compressed data ends inside a block",
    );
    SessionError::new(&FAULT)
};

/// Decompresses one message after another, each of which may refer to those before.
///
/// With every backend, a distance that is greater than the window, or than what there is, is an
/// error, to the byte. A block that says it is the last one is followed by others, at the next
/// byte and with the same window; behind it, a message may end without another (RFC 7692 §7.2.3.4
/// wants an empty one there). A message without payload is empty.
#[derive(Debug)]
pub(super) struct Decompressor {
    window: WindowBits,
    backend: Backend,
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Miniz(Miniz),
    #[cfg(feature = "zlib-rs")]
    Zlib(Box<Zlib>),
    /// Messages as hardly any peer sends them, which zlib-rs cannot go on with.
    #[cfg(feature = "zlib-rs")]
    HandedOver {
        rest: Vec<u8>,
        miniz: Miniz,
    },
}

impl Decompressor {
    /// One that knows nothing yet.
    ///
    /// zlib-rs always has a window of 15 bits, and cannot tell a distance beyond a smaller one.
    pub(super) fn new(backend: Backend, window: WindowBits) -> Self {
        let engine = match (backend, window) {
            #[cfg(feature = "zlib-rs")]
            (Backend::Zlib, WindowBits::MAX) => Engine::Zlib(Box::new(Zlib::new())),
            _ => Engine::Miniz(Miniz::new(window)),
        };
        Self {
            window,
            backend,
            engine,
        }
    }

    /// One of each backend that can do this window.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn all(window: WindowBits) -> impl Iterator<Item = Self> {
        let best = Self::new(Backend::default(), window);
        let other = !matches!(best.engine, Engine::Miniz(_));
        let other = other.then(|| Self::new(Backend::Miniz, window));
        [best].into_iter().chain(other)
    }

    /// What it was asked for; smaller windows are miniz's in any case.
    pub(super) fn backend(&self) -> Backend {
        self.backend
    }

    /// How far back distances may go.
    pub(super) fn window(&self) -> WindowBits {
        self.window
    }

    /// A step of decoding the current message, as of [`Decoder`](crate::Decoder); the next
    /// message begins when `end` was told and all is done.
    ///
    /// # Errors
    ///
    /// When that is no message; then only [`reset`](Self::reset) may follow.
    pub(super) fn decode(
        &mut self,
        input: &mut &[u8],
        end: bool,
        room: &mut [u8],
    ) -> Result<Decoded, SessionError> {
        match &mut self.engine {
            Engine::Miniz(miniz) => miniz.decode(input, end, room),
            #[cfg(feature = "zlib-rs")]
            Engine::Zlib(zlib) => match zlib.decode(input, end, room)? {
                Flow::Decoded(decoded) => Ok(decoded),
                Flow::HandOver { len } => {
                    let (rest, miniz) = zlib.hand_over();
                    self.engine = Engine::HandedOver { rest, miniz };
                    let done = false;
                    if len == room.len() {
                        return Ok(Decoded { len, done });
                    }
                    let decoded = self.decode(input, end, &mut room[len..])?;
                    Ok(Decoded {
                        len: len + decoded.len,
                        done: decoded.done,
                    })
                }
            },
            #[cfg(feature = "zlib-rs")]
            Engine::HandedOver { rest, miniz } => {
                let mut len = 0;
                if !rest.is_empty() {
                    let mut payload = &rest[..];
                    let decoded = miniz.decode(&mut payload, false, room)?;
                    let taken = rest.len() - payload.len();
                    rest.drain(..taken);
                    len = decoded.len;
                    if !decoded.done || len == room.len() {
                        return Ok(Decoded { len, done: false });
                    }
                }
                let decoded = miniz.decode(input, end, &mut room[len..])?;
                Ok(Decoded {
                    len: len + decoded.len,
                    done: decoded.done,
                })
            }
        }
    }

    /// All that the next message may refer to.
    pub(super) fn history(&self) -> History {
        let mut history = History::new(self.window);
        let parts = match &self.engine {
            Engine::Miniz(miniz) => miniz.history(),
            #[cfg(feature = "zlib-rs")]
            Engine::Zlib(zlib) => zlib.history(),
            #[cfg(feature = "zlib-rs")]
            Engine::HandedOver { miniz, .. } => miniz.history(),
        };
        for part in parts {
            history.push(part);
        }
        history
    }

    /// Forgets all, then remembers this.
    pub(super) fn recall(&mut self, history: &History) {
        let parts = history.parts();
        match &mut self.engine {
            Engine::Miniz(miniz) => miniz.recall(parts),
            #[cfg(feature = "zlib-rs")]
            Engine::Zlib(zlib) => zlib.recall(parts),
            #[cfg(feature = "zlib-rs")]
            Engine::HandedOver { rest, miniz } => {
                rest.clear();
                miniz.recall(parts);
            }
        }
    }

    /// Forgets all, but keeps its memory.
    pub(super) fn reset(&mut self) {
        self.recall(&History::new(self.window));
    }

    /// It is as good as a new one after a [`reset`](Self::reset).
    pub(super) fn is_reusable(&self) -> bool {
        match self.engine {
            Engine::Miniz(_) => true,
            #[cfg(feature = "zlib-rs")]
            Engine::Zlib(_) => true,
            #[cfg(feature = "zlib-rs")]
            Engine::HandedOver { .. } => false,
        }
    }

    /// How many bytes of heap this holds.
    pub(super) fn memory(&self) -> usize {
        match &self.engine {
            Engine::Miniz(miniz) => miniz.memory(),
            #[cfg(feature = "zlib-rs")]
            Engine::Zlib(zlib) => size_of::<Zlib>() + zlib.memory(),
            #[cfg(feature = "zlib-rs")]
            Engine::HandedOver { rest, miniz } => rest.capacity() + miniz.memory(),
        }
    }
}

#[cfg(test)]
mod tests;

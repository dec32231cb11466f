//! What comes in: the decoder of one connection.

use alloc::sync::Arc;
use core::mem;

use ws_frame::Rsv;

use super::Backend;
use super::decompressor::Decompressor;
use super::history::History;
use super::parameters::Direction;
use super::pool::{Codec, CodecKind, Pool};
use crate::{Decoded, Decoder, SessionError};

/// Decompresses the messages of one connection, by what was agreed for the peer's direction.
#[derive(Debug)]
pub(super) struct DeflateDecoder {
    agreed: Direction,
    backend: Backend,
    pool: Option<Arc<dyn Pool>>,
    state: State,
    /// Some of a message was taken, but not all.
    inside: bool,
}

#[derive(Debug)]
enum State {
    /// No codec, but what the next message may refer to.
    Asleep(History),
    Awake(Decompressor),
    Failed(SessionError),
}

impl DeflateDecoder {
    /// A decoder that has no codec, and no other memory.
    pub(super) fn new(agreed: Direction, backend: Backend, pool: Option<Arc<dyn Pool>>) -> Self {
        Self {
            agreed,
            backend,
            pool,
            state: State::Asleep(History::new(agreed.window)),
            inside: false,
        }
    }

    fn wake(&self, history: &History) -> Decompressor {
        let (backend, window) = (self.backend, self.agreed.window);
        let wanted = CodecKind::decompressor(backend, window);
        let mut decompressor = self
            .pool
            .as_ref()
            .and_then(|pool| pool.take(&wanted))
            .and_then(|codec| codec.into_decompressor(wanted))
            .unwrap_or_else(|| Decompressor::new(backend, window));
        if history.memory() > 0 {
            decompressor.recall(history);
        }
        decompressor
    }

    /// Gives the codec back, and keeps this instead.
    fn rest(&mut self, history: History) {
        let state = mem::replace(&mut self.state, State::Asleep(history));
        if let (State::Awake(mut decompressor), Some(pool)) = (state, &self.pool)
            && decompressor.is_reusable()
        {
            decompressor.reset();
            pool.give_back(Codec::of_decompressor(decompressor));
        }
    }
}

impl Decoder for DeflateDecoder {
    fn start(&mut self, rsv: Rsv) -> bool {
        // RFC 7692 §6.2: without the bit, a message is not compressed, and changes no window.
        rsv.contains(Rsv::RSV1)
    }

    fn decode(
        &mut self,
        input: &mut &[u8],
        end: bool,
        room: &mut [u8],
    ) -> Result<Decoded, SessionError> {
        if let State::Asleep(history) = &self.state {
            self.state = State::Awake(self.wake(history));
        }
        let decompressor = match &mut self.state {
            State::Awake(decompressor) => decompressor,
            State::Failed(error) => return Err(*error),
            State::Asleep(_) => {
                return Ok(Decoded {
                    len: 0,
                    done: false,
                });
            }
        };
        match decompressor.decode(input, end, room) {
            Ok(decoded) => {
                self.inside = !(end && decoded.done);
                if !self.inside && !self.agreed.takeover {
                    self.rest(History::new(self.agreed.window));
                }
                Ok(decoded)
            }
            Err(error) => {
                self.state = State::Failed(error);
                Err(error)
            }
        }
    }

    fn sleep(&mut self) {
        // Inside a message, more is needed than what came before.
        if let State::Awake(decompressor) = &self.state
            && !self.inside
        {
            let mut history = decompressor.history();
            history.shrink_to_fit();
            self.rest(history);
        }
    }

    fn memory(&self) -> usize {
        match &self.state {
            State::Asleep(history) => history.memory(),
            State::Awake(decompressor) => decompressor.memory(),
            State::Failed(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests;

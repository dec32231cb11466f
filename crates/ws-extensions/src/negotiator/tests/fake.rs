//! An extension that does nothing, and writes down what it is asked.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use std::sync::Mutex;

use ws_frame::Rsv;

use crate::{Decoded, Decoder, Encoder, Extension, Params, Refusal, Session, SessionError, Wish};

/// An extension that echoes every offer, and confirms every answer, unless it has `bad`.
#[derive(Clone, Debug)]
pub(super) struct Fake {
    name: &'static str,
    rsv: Rsv,
    offers: Vec<Params<'static>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    pub(super) fn new(name: &'static str, rsv: Rsv) -> Self {
        Self {
            name,
            rsv,
            offers: vec![Params::new(name)],
            asked: Arc::default(),
        }
    }

    pub(super) fn with_offers<const N: usize>(self, offers: [Params<'static>; N]) -> Self {
        Self {
            offers: offers.into(),
            ..self
        }
    }

    pub(super) fn with_log(self, asked: &Arc<Mutex<Vec<String>>>) -> Self {
        Self {
            asked: asked.clone(),
            ..self
        }
    }

    fn judge(&self, params: &Params<'_>) -> Result<Session, Refusal> {
        self.asked.lock().unwrap().push(params.to_string());
        if params.iter().any(|(name, _)| name == "bad") {
            return Err(Refusal::of("bad", "is not what we like"));
        }
        Ok(session())
    }
}

impl Extension for Fake {
    fn name(&self) -> &'static str {
        self.name
    }

    fn rsv(&self) -> Rsv {
        self.rsv
    }

    fn offers(&self) -> Vec<Params<'static>> {
        self.offers.clone()
    }

    fn confirm(&self, granted: &Params<'_>) -> Result<Session, Refusal> {
        self.judge(granted)
    }

    fn grant(&self, offer: &Params<'_>) -> Result<(Params<'static>, Session), Refusal> {
        let session = self.judge(offer)?;
        Ok((offer.clone().into_owned(), session))
    }
}

/// Lets every message pass.
#[derive(Debug)]
struct Idle;

fn session() -> Session {
    Session {
        encoder: Box::new(Idle),
        decoder: Box::new(Idle),
    }
}

impl Encoder for Idle {
    fn start(&mut self, _len: Option<usize>, _wish: Wish) -> Option<Rsv> {
        None
    }

    fn encode(
        &mut self,
        _piece: &[u8],
        _end: bool,
        _out: &mut Vec<u8>,
    ) -> Result<(), SessionError> {
        Ok(())
    }
}

impl Decoder for Idle {
    fn start(&mut self, _rsv: Rsv) -> bool {
        false
    }

    fn decode(
        &mut self,
        _input: &mut &[u8],
        _end: bool,
        _room: &mut [u8],
    ) -> Result<Decoded, SessionError> {
        Ok(Decoded { len: 0, done: true })
    }
}

//! Whichever backend was asked for.

use alloc::vec::Vec;

use super::miniz::Miniz;
#[cfg(feature = "zlib-rs")]
use super::zlib::Zlib;
use super::{Broken, Engine, Settings};
use crate::deflate::Backend;

/// An engine of the backend that its settings name.
#[derive(Debug)]
pub(in crate::deflate) enum Any {
    Miniz(Miniz),
    #[cfg(feature = "zlib-rs")]
    Zlib(Zlib),
}

/// Does the same with either.
macro_rules! either {
    ($any:expr, $it:ident => $done:expr) => {
        match $any {
            Any::Miniz($it) => $done,
            #[cfg(feature = "zlib-rs")]
            Any::Zlib($it) => $done,
        }
    };
}

impl Engine for Any {
    fn new(settings: Settings) -> Self {
        match settings.backend {
            Backend::Miniz => Self::Miniz(Miniz::new(settings)),
            #[cfg(feature = "zlib-rs")]
            Backend::Zlib => Self::Zlib(Zlib::new(settings)),
        }
    }

    fn reset(&mut self) -> Result<(), Broken> {
        either!(self, it => it.reset())
    }

    fn learn(&mut self, history: &[&[u8]]) -> Result<(), Broken> {
        either!(self, it => it.learn(history))
    }

    fn compress(
        &mut self,
        history: [&[u8]; 2],
        piece: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Broken> {
        either!(self, it => it.compress(history, piece, out))
    }

    fn memory(&self) -> usize {
        either!(self, it => it.memory())
    }
}

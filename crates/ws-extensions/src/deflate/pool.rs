//! Codecs that wait for the next connection that needs one.

use alloc::vec::Vec;
use core::fmt::Debug;

use super::compressor::{Compressor, Settings};
use super::decompressor::Decompressor;
use super::{Backend, WindowBits};

/// Lends codecs to connections, so that none is made for a single message, and none is kept by a
/// connection that is idle.
///
/// Whoever has threads implements this: a [`Shelf`] behind whatever guards it. Nothing is asked
/// of a pool but to give back what it was given: a connection looks at the
/// [kind](Codec::kind) of what it gets, and makes its own codec when there is none.
///
/// ```
/// use std::sync::Mutex;
///
/// use ws_extensions::deflate::{Codec, CodecKind, Pool, Shelf};
///
/// #[derive(Debug)]
/// struct Shared(Mutex<Shelf>);
///
/// impl Pool for Shared {
///     fn take(&self, wanted: &CodecKind) -> Option<Codec> {
///         self.0.lock().ok()?.take(wanted)
///     }
///
///     fn give_back(&self, codec: Codec) {
///         if let Ok(mut shelf) = self.0.lock() {
///             shelf.give_back(codec);
///         }
///     }
/// }
/// # let pool = Shared(Mutex::new(Shelf::new(4)));
/// # assert!(format!("{pool:?}").contains("Shelf"));
/// ```
pub trait Pool: Debug + Send + Sync {
    /// A codec of this kind, if there is one.
    fn take(&self, wanted: &CodecKind) -> Option<Codec>;

    /// Takes back a codec that nobody needs now; it may as well be dropped.
    fn give_back(&self, codec: Codec);
}

/// What makes one codec as good as another: the direction, and every number that it was made
/// with.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct CodecKind(Kind);

/// A compressor or decompressor, and what it remembers of the last message: nothing that the next
/// user could see.
#[derive(Debug)]
pub struct Codec(Either);

/// A bounded number of codecs, from which a [`Pool`] is made.
#[derive(Debug)]
pub struct Shelf {
    /// The oldest first.
    codecs: Vec<Codec>,
    capacity: usize,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Kind {
    Compressor(Settings),
    Decompressor(Backend, WindowBits),
}

#[derive(Debug)]
enum Either {
    Compressor(Compressor),
    Decompressor(Decompressor),
}

impl CodecKind {
    pub(super) const fn compressor(settings: Settings) -> Self {
        Self(Kind::Compressor(settings))
    }

    pub(super) const fn decompressor(backend: Backend, window: WindowBits) -> Self {
        Self(Kind::Decompressor(backend, window))
    }
}

impl Codec {
    /// What it can be used for.
    pub fn kind(&self) -> CodecKind {
        CodecKind(match &self.0 {
            Either::Compressor(compressor) => Kind::Compressor(compressor.settings()),
            Either::Decompressor(decompressor) => {
                Kind::Decompressor(decompressor.backend(), decompressor.window())
            }
        })
    }

    /// How many bytes of heap it holds.
    pub fn memory(&self) -> usize {
        match &self.0 {
            Either::Compressor(compressor) => compressor.memory(),
            Either::Decompressor(decompressor) => decompressor.memory(),
        }
    }

    pub(super) const fn of_compressor(compressor: Compressor) -> Self {
        Self(Either::Compressor(compressor))
    }

    pub(super) const fn of_decompressor(decompressor: Decompressor) -> Self {
        Self(Either::Decompressor(decompressor))
    }

    pub(super) fn into_compressor(self, wanted: Settings) -> Option<Compressor> {
        match self.0 {
            Either::Compressor(compressor) if compressor.settings() == wanted => Some(compressor),
            _ => None,
        }
    }

    pub(super) fn into_decompressor(self, wanted: CodecKind) -> Option<Decompressor> {
        let is_wanted = self.kind() == wanted;
        match self.0 {
            Either::Decompressor(decompressor) if is_wanted => Some(decompressor),
            _ => None,
        }
    }
}

impl Shelf {
    /// A shelf for at most so many codecs, of all kinds together; holds no memory yet.
    ///
    /// A codec is 40 to 500 KB: see [`Codec::memory`]. A thread that works on one
    /// message at a time needs one codec for each direction and each set of agreed parameters.
    pub const fn new(capacity: usize) -> Self {
        Self {
            codecs: Vec::new(),
            capacity,
        }
    }

    /// Takes the codec of this kind that came last.
    pub fn take(&mut self, wanted: &CodecKind) -> Option<Codec> {
        let found = self
            .codecs
            .iter()
            .rposition(|codec| codec.kind() == *wanted)?;
        Some(self.codecs.remove(found))
    }

    /// Keeps the codec, in place of the oldest if the shelf is full.
    pub fn give_back(&mut self, codec: Codec) {
        if self.capacity == 0 {
            return;
        }
        if self.codecs.len() >= self.capacity {
            self.codecs.remove(0);
        }
        self.codecs.push(codec);
    }

    /// How many bytes of heap this holds, with all codecs.
    pub fn memory(&self) -> usize {
        let codecs: usize = self.codecs.iter().map(Codec::memory).sum();
        codecs + self.codecs.capacity() * size_of::<Codec>()
    }

    /// Drops all codecs.
    pub fn clear(&mut self) {
        self.codecs = Vec::new();
    }
}

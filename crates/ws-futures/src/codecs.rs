//! Codecs that a thread's connections share.

use std::cell::RefCell;

use ws_extensions::deflate::{Codec, CodecKind, Pool, Shelf};

/// Lends the codecs of the thread that asks.
///
/// A codec takes hundreds of kilobytes and, without context takeover, is needed only while a
/// message goes through it.
#[derive(Debug)]
pub(crate) struct ThreadPool;

/// At most this many codecs are kept by a thread: those of a few settings, both ways.
const KEPT: usize = 8;

thread_local! {
    static SHELF: RefCell<Shelf> = const { RefCell::new(Shelf::new(KEPT)) };
}

impl Pool for ThreadPool {
    fn take(&self, wanted: &CodecKind) -> Option<Codec> {
        with_shelf(|shelf| shelf.take(wanted)).flatten()
    }

    fn give_back(&self, codec: Codec) {
        with_shelf(|shelf| shelf.give_back(codec));
    }
}

/// `None` while the thread ends and its shelf is gone.
fn with_shelf<R>(f: impl FnOnce(&mut Shelf) -> R) -> Option<R> {
    SHELF
        .try_with(|shelf| shelf.try_borrow_mut().ok().map(|mut shelf| f(&mut shelf)))
        .ok()
        .flatten()
}

//! What must hold for the frames of hixie-75 and hixie-76.

use alloc::vec;
use alloc::vec::Vec;

use super::pieces;
use crate::hixie::{FrameDecoder, FrameError, FramePart, Version, encode_text};

/// The longest frame that is passed over, in bytes.
const LIMIT: u64 = 300;

#[derive(Debug, Default, Eq, PartialEq)]
struct Trace {
    texts: Vec<Vec<u8>>,
    /// How many texts had ended when a Close came.
    closes: Vec<usize>,
    /// Whether the last text is not finished.
    unfinished: bool,
    error: Option<FrameError>,
}

/// Frames come out the same however the bytes are cut, and texts that are any encode to what
/// decodes to them.
pub fn hixie(data: &[u8]) {
    let Some((&seed, wire)) = data.split_first() else {
        return;
    };
    for version in [Version::Hixie75, Version::Hixie76] {
        let whole = trace(version, [wire]);
        let cut = trace(version, pieces(wire, seed));
        assert_eq!(whole, cut, "cut by {seed}");
        assert!(version == Version::Hixie76 || whole.closes.is_empty());
        for text in &whole.texts {
            if let Ok(text) = core::str::from_utf8(text) {
                let mut encoded = vec![0x55; text.len() + 2];
                assert_eq!(encode_text(text, &mut encoded), Some(encoded.len()));
                let again = trace(version, [&encoded[..]]);
                assert!(!again.unfinished && again.texts == [text.as_bytes()]);
            }
        }
    }
}

fn trace<'p>(version: Version, pieces: impl IntoIterator<Item = &'p [u8]>) -> Trace {
    let mut decoder = FrameDecoder::new(version, LIMIT);
    let mut trace = Trace::default();
    for piece in pieces {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(FramePart::Text {
                    first,
                    last,
                    payload,
                })) => {
                    assert_ne!(first, trace.unfinished, "first is told once");
                    trace.unfinished = !last;
                    if first {
                        trace.texts.push(Vec::new());
                    }
                    if let Some(text) = trace.texts.last_mut() {
                        text.extend_from_slice(payload);
                    }
                }
                Ok(Some(FramePart::Close)) => trace.closes.push(trace.texts.len()),
                Ok(None) => break,
                Err(error) => {
                    trace.error = Some(error);
                    return trace;
                }
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    trace
}

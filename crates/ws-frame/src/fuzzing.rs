//! What must hold for any bytes; fuzz targets and property tests call these.
//!
//! Not part of the public API.

use alloc::vec::Vec;

use crate::{CloseFrame, FrameDecoder, FrameError, Header, Rsv, Rules, Utf8Decoder};

#[cfg(feature = "drafts")]
mod early;
#[cfg(feature = "drafts")]
mod hixie;

#[cfg(feature = "drafts")]
pub use {early::early, hixie::hixie};

/// What a decoder made of some bytes, with nothing left of how they were cut.
#[derive(Debug, Eq, PartialEq)]
struct Trace {
    frames: Vec<(Header, Vec<u8>)>,
    error: Option<FrameError>,
}

/// Frames come out the same however the bytes are cut, and re-encode to the same meaning.
pub fn frames(data: &[u8]) {
    let Some((&seed, wire)) = data.split_first() else {
        return;
    };
    for role in [true, false] {
        let whole = trace(role, [wire]);
        let cut = trace(role, pieces(wire, seed));
        assert_eq!(whole, cut, "cut by {seed}");
        for (header, _) in &whole.frames {
            let encoded = header.encode();
            assert_eq!(
                Header::decode(&encoded),
                Ok(Some((*header, encoded.len()))),
                "what is decoded can be encoded"
            );
        }
    }
}

/// The verdict on text, and the text, are those of `core::str` however it is cut.
pub fn utf8(data: &[u8]) {
    let Some((&seed, bytes)) = data.split_first() else {
        return;
    };
    let mut decoder = Utf8Decoder::new();
    let mut text = alloc::string::String::new();
    let mut verdict = Ok(());
    for piece in pieces(bytes, seed) {
        match decoder.decode(piece) {
            Ok(chunk) => {
                text.extend(chunk.carried);
                text.push_str(chunk.text);
            }
            Err(error) => {
                verdict = Err(error);
                break;
            }
        }
    }
    let verdict = verdict.and_then(|()| decoder.finish());
    assert_eq!(
        verdict.ok().map(|()| &text[..]),
        core::str::from_utf8(bytes).ok()
    );
}

/// A close payload that decodes encodes to itself.
pub fn close(data: &[u8]) {
    if let Ok(Some(frame)) = CloseFrame::decode(data) {
        match frame.encode() {
            Some(payload) => assert_eq!(*payload, *data),
            None => assert!(data.len() > 125),
        }
    }
}

fn trace<'p>(masked: bool, pieces: impl IntoIterator<Item = &'p [u8]>) -> Trace {
    let mut decoder = FrameDecoder::new();
    let mut rules = Rules::new(masked, Rsv::RSV1);
    let mut trace = Trace {
        frames: Vec::new(),
        error: None,
    };
    for piece in pieces {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        loop {
            let part = match decoder.decode(&mut input) {
                Ok(Some(part)) => part,
                Ok(None) => break,
                Err(error) => {
                    trace.error = Some(error);
                    return trace;
                }
            };
            if part.first {
                if let Err(error) = rules.admit(&part.header) {
                    trace.error = Some(error);
                    return trace;
                }
                trace.frames.push((part.header, Vec::new()));
            }
            if let Some((_, payload)) = trace.frames.last_mut() {
                payload.extend_from_slice(part.payload);
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    // A header whose payload has not begun shows only when bytes are cut behind it.
    if decoder.remaining().is_some_and(|remaining| {
        trace.frames.last().is_some_and(|(header, payload)| {
            payload.is_empty() && remaining == header.payload_len && remaining > 0
        })
    }) {
        trace.frames.pop();
    }
    trace
}

/// Cuts `bytes` into pieces whose lengths follow from `seed`.
fn pieces(mut bytes: &[u8], seed: u8) -> impl Iterator<Item = &[u8]> {
    let mut state = u32::from(seed) | 0x100;
    core::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let len = (state >> 24) as usize % 17 + 1;
        let (front, rest) = bytes.split_at(len.min(bytes.len()));
        bytes = rest;
        Some(front)
    })
}

#[cfg(test)]
mod tests;

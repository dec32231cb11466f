//! What must hold for the frames of wire versions 4 to 6.

use alloc::vec::Vec;

use super::pieces;
use crate::early::{FrameDecoder, FrameKeys, Sealer, Version};
use crate::{FrameError, Framing, Header, OpCode, Sealing};

#[derive(Debug, Default, Eq, PartialEq)]
struct Trace {
    frames: Vec<(Header, Vec<u8>)>,
    error: Option<FrameError>,
}

/// Frames come out the same however the bytes are cut, and what was decoded can be encoded.
pub fn early(data: &[u8]) {
    let Some((&seed, wire)) = data.split_first() else {
        return;
    };
    let keys = FrameKeys::new([seed; 20], stir);
    for version in [Version::Hybi4(keys), Version::Hybi5, Version::Hybi6] {
        for masked in [false, true] {
            let whole = trace(version, masked, [wire]);
            let cut = trace(version, masked, pieces(wire, seed));
            assert_eq!(whole, cut, "{version:?} masked: {masked}, cut by {seed}");
            for (header, payload) in &whole.frames {
                if payload.len() as u64 == header.payload_len {
                    round_trip(version, masked, header, payload);
                }
            }
        }
    }
}

fn round_trip(version: Version, masked: bool, header: &Header, payload: &[u8]) {
    let sealer = Sealer::new(version, masked);
    let sent = if header.opcode == OpCode::Close {
        sealer.close_payload(payload)
    } else {
        payload
    };
    let (encoded, mask) = sealer.seal(&Header {
        payload_len: sent.len() as u64,
        ..*header
    });
    assert!(encoded.padded().starts_with(&encoded));
    let mut wire = encoded.to_vec();
    wire.extend_from_slice(sent);
    if let Some(mut mask) = mask {
        Sealer::mask(&mut mask, &mut wire[encoded.len()..]);
    }
    let again = trace(version, masked, [&wire[..]]);
    assert_eq!((again.frames.len(), again.error), (1, None));
    assert_eq!(again.frames[0], (*header, payload.to_vec()));
}

/// Stands in for SHA-1: every bit of the input matters, and that is all.
fn stir(input: &[u8]) -> [u8; 20] {
    let mut out = [0x5A_u8; 20];
    for (at, byte) in input.iter().enumerate() {
        out.rotate_left(3);
        out[at % 20] = out[at % 20].wrapping_mul(31).wrapping_add(*byte);
    }
    out
}

fn trace<'p>(version: Version, masked: bool, pieces: impl IntoIterator<Item = &'p [u8]>) -> Trace {
    let mut decoder = FrameDecoder::new(version, masked);
    let mut trace = Trace::default();
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
            assert_eq!(part.header.mask.is_some(), masked);
            assert_eq!(part.last, decoder.is_between_frames());
            if part.first {
                trace.frames.push((part.header, Vec::new()));
            }
            if let Some((_, payload)) = trace.frames.last_mut() {
                payload.extend_from_slice(part.payload);
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
        if let Some(partial) = decoder.partial_header() {
            assert_eq!(partial.masked, masked);
        }
    }
    trace
}

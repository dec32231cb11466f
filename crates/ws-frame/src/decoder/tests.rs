//! Tests of the decoder: every cut of the bytes gives the same frames.

use super::*;
use crate::{MaskKey, OpCode, Rsv};
use alloc::vec;
use alloc::vec::Vec;

/// A frame as it goes over the wire.
fn frame(first: u8, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let header = Header {
        fin: first & 0x80 != 0,
        rsv: Rsv::from_first_byte(first),
        opcode: OpCode::from_bits(first & 0x0F).unwrap(),
        mask: key.map(MaskKey),
        payload_len: payload.len() as u64,
    };
    let mut wire = header.encode().to_vec();
    let at = wire.len();
    wire.extend_from_slice(payload);
    if let Some(key) = key {
        Masker::new(MaskKey(key)).apply(&mut wire[at..]);
    }
    wire
}

type Seen = Vec<(OpCode, Vec<u8>)>;

/// Decodes `pieces` one after the other and joins the parts of each frame.
fn decode<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Result<Seen, FrameError> {
    let mut decoder = FrameDecoder::new();
    let (mut seen, mut payload, mut fresh) = (Vec::new(), Vec::new(), true);
    for piece in pieces {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        while let Some(part) = decoder.decode(&mut input)? {
            assert_eq!(part.first, fresh, "first is told once");
            fresh = part.last;
            payload.extend_from_slice(part.payload);
            if part.last {
                seen.push((part.header.opcode, core::mem::take(&mut payload)));
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    Ok(seen)
}

// RFC 6455 §5.2
#[test]
fn f02_every_chunk_size_decodes_the_same() {
    let mut wire = Vec::new();
    let mut expected = Vec::new();
    for len in [0, 1, 5, 125, 126, 127, 300, 65_535, 65_536, 65_537] {
        for key in [None, Some([1, 2, 3, 4])] {
            let payload = vec![7; len];
            wire.extend(frame(0x82, key, &payload));
            wire.extend(frame(0x89, key, b"hi"));
            expected.push((OpCode::Binary, payload));
            expected.push((OpCode::Ping, b"hi".to_vec()));
        }
    }
    for step in [1, 2, 3, 5, 7, 13, 14, 15, 1000, 65_536, wire.len()] {
        assert_eq!(decode(wire.chunks(step)).unwrap(), expected, "step {step}");
    }
}

// RFC 6455 §5.2
#[test]
fn f24_a_header_of_14_bytes_cut_at_every_place() {
    let mut wire = frame(0x82, Some([9, 8, 7, 6]), &vec![5; 65_536]);
    wire.truncate(14 + 8);
    for cut in 0..=wire.len() {
        let mut decoder = FrameDecoder::new();
        let mut copy = wire.clone();
        let (one, other) = copy.split_at_mut(cut);
        let mut got = Vec::new();
        for mut input in [one, other] {
            while let Some(part) = decoder.decode(&mut input).unwrap() {
                assert_eq!(part.header.payload_len, 65_536);
                got.extend_from_slice(part.payload);
            }
        }
        assert_eq!(got, [5; 8], "cut {cut}");
        assert_eq!(decoder.remaining(), Some(65_528));
    }
}

// RFC 6455 §5.7: the examples.
#[test]
fn examples_of_the_rfc() {
    let table: &[(&[u8], &[(OpCode, &[u8])])] = &[
        (b"\x81\x05Hello", &[(OpCode::Text, b"Hello")]),
        (
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
            &[(OpCode::Text, b"Hello")],
        ),
        (
            b"\x01\x03Hel\x80\x02lo",
            &[(OpCode::Text, b"Hel"), (OpCode::Continuation, b"lo")],
        ),
        (b"\x89\x05Hello", &[(OpCode::Ping, b"Hello")]),
        (
            b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
            &[(OpCode::Pong, b"Hello")],
        ),
    ];
    for (wire, expected) in table {
        for cut in 0..=wire.len() {
            let (one, other) = wire.split_at(cut);
            let seen = decode([one, other]).unwrap();
            let seen: Vec<_> = seen.iter().map(|(op, p)| (*op, &p[..])).collect();
            assert_eq!(seen, *expected, "cut {cut}");
        }
    }
}

#[test]
fn errors_come_at_every_cut_and_not_before_their_byte() {
    let table: &[(&[u8], FrameError)] = &[
        (&[0x89, 0xFE], FrameError::ControlTooLong(OpCode::Ping)),
        (&[0x82, 0xFF, 0x80], FrameError::LengthOverflow),
        (&[0x82, 0x7E, 0x00, 0x7D], FrameError::NonMinimalLength),
        (&[0x8B, 0x00], FrameError::ReservedOpCode(0xB)),
    ];
    for (wire, error) in table {
        for cut in 0..wire.len() {
            let (one, other) = wire.split_at(cut);
            assert_eq!(decode([one]), Ok(vec![]), "cut {cut} of {wire:x?}");
            assert_eq!(decode([one, other]), Err(*error), "cut {cut} of {wire:x?}");
        }
    }
}

#[test]
fn f03_lenient_lengths_are_a_switch() {
    let mut wire = *b"\x82\x7e\x00\x02hi";
    let mut input = &mut wire[..];
    let mut decoder = FrameDecoder::new().allow_non_minimal_lengths();
    let part = decoder.decode(&mut input).unwrap().unwrap();
    assert_eq!(part.payload, b"hi");
}

#[test]
fn a_cut_header_tells_what_it_knows() {
    let wire = frame(0x82, Some([0; 4]), &vec![0; 70_000]);
    let mut decoder = FrameDecoder::new();
    for (at, byte) in wire[..13].iter().enumerate() {
        let mut byte = [*byte];
        assert_eq!(decoder.decode_header(&mut &mut byte[..]), Ok(None));
        let partial = decoder.partial_header();
        assert_eq!(partial.is_some(), at >= 1);
        let len = partial.and_then(|partial| partial.payload_len);
        assert_eq!(len, (at >= 9).then_some(70_000));
    }
}

#[test]
fn the_two_halves_of_decode() {
    let mut wire = frame(0x82, None, b"abcd");
    let mut input = &mut wire[..];
    let mut decoder = FrameDecoder::new();
    assert!(
        decoder.decode_payload(&mut input).is_none(),
        "no header yet"
    );
    let header = decoder.decode_header(&mut input).unwrap().unwrap();
    assert_eq!(
        decoder.decode_header(&mut input),
        Ok(Some(header)),
        "given again"
    );
    let (mut one, mut other) = input.split_at_mut(1);
    assert!(decoder.decode_payload(&mut &mut [][..]).is_none());
    assert_eq!(decoder.decode_payload(&mut one).unwrap().payload, b"a");
    let part = decoder.decode_payload(&mut other).unwrap();
    assert!(part.payload == b"bcd" && part.last && !part.first);
    assert!(decoder.is_between_frames());
}

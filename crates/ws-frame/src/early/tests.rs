//! Tests of the frames of wire versions 4 to 6; every row at every split point.

use super::*;
use crate::{FrameError, FramePart, Framing, Header, Rsv, Rules, Sealing, fuzzing};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use proptest::collection::vec as vec_of;
use proptest::prelude::*;

/// Bytes of a hexadecimal literal; blanks are passed over.
fn hex(literal: &str) -> Vec<u8> {
    let digits: String = literal.split(' ').collect();
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else {
        panic!("half a byte")
    };
    let byte = |pair: &[u8; 2]| core::str::from_utf8(pair).map(|pair| u8::from_str_radix(pair, 16));
    pairs
        .iter()
        .map(|pair| byte(pair).unwrap().unwrap())
        .collect()
}

const CONNECTION_KEY: &str = "6322a2adc02bc433e3896d34410b74bb7739f960";
const NONCE: &str = "01020304";
const FRAME_KEY: &str = "e0a40b438906386f1f44ae45a7e41378c0fe2510";

/// SHA-1 of the one input that the vectors have.
fn sha1(input: &[u8]) -> [u8; 20] {
    assert_eq!(input, [hex(NONCE), hex(CONNECTION_KEY)].concat());
    hex(FRAME_KEY).try_into().unwrap()
}

fn hybi4() -> Version {
    Version::Hybi4(FrameKeys::new(
        hex(CONNECTION_KEY).try_into().unwrap(),
        sha1,
    ))
}

fn all() -> [Version; 3] {
    [hybi4(), Version::Hybi5, Version::Hybi6]
}

type Seen = Result<Vec<(OpCode, Vec<u8>)>, FrameError>;

fn decode<'p>(version: Version, masked: bool, pieces: impl IntoIterator<Item = &'p [u8]>) -> Seen {
    let mut decoder = FrameDecoder::new(version, masked);
    let mut rules = Rules::new(masked, Rsv::NONE);
    let (mut seen, mut joined, mut fresh) = (Vec::new(), Vec::new(), true);
    for piece in pieces {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        while let Some(part) = decoder.decode(&mut input)? {
            assert_eq!(part.first, fresh, "first is told once");
            fresh = part.last;
            if part.first {
                rules.admit(&part.header)?;
            }
            joined.extend_from_slice(part.payload);
            if part.last {
                let payload = core::mem::take(&mut joined);
                assert_eq!(part.header.payload_len, payload.len() as u64);
                seen.push((part.header.opcode, payload));
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    Ok(seen)
}

/// Whole, byte by byte, and cut in two at every place.
#[track_caller]
fn check(version: Version, masked: bool, wire: &[u8], expected: &Seen) {
    let mut ways = vec![vec![wire], wire.chunks(1).collect()];
    ways.extend((0..=wire.len()).map(|cut| vec![&wire[..cut], &wire[cut..]]));
    for pieces in ways {
        let seen = decode(version, masked, pieces.clone());
        assert_eq!(seen, *expected, "{version:?} {pieces:x?}");
    }
}

fn frames(frames: &[(OpCode, &[u8])]) -> Vec<(OpCode, Vec<u8>)> {
    let owned = frames.iter().map(|(op, payload)| (*op, payload.to_vec()));
    owned.collect()
}

/// Writes one frame.
fn seal(version: Version, opcode: OpCode, key: Option<&str>, payload: &[u8]) -> Vec<u8> {
    let sealer = Sealer::new(version, key.is_some());
    let (header, mask) = sealer.seal(&Header {
        fin: true,
        rsv: Rsv::NONE,
        opcode,
        mask: key.map(|key| MaskKey(hex(key).try_into().unwrap())),
        payload_len: payload.len() as u64,
    });
    let mut wire = header.to_vec();
    wire.extend_from_slice(payload);
    if let Some(mut mask) = mask {
        mask.apply(&mut wire[header.len()..]);
    }
    wire
}

#[test]
fn what_clients_send_is_masked_from_the_header_on() {
    for (version, key, text, wire) in [
        (hybi4(), NONCE, "Hello", "01020304 64a14326e56a57"),
        // Longer than the key, which begins anew after twenty bytes.
        (
            hybi4(),
            NONCE,
            "Hello Hello Hello Hello !",
            "01020304 64bd4326e56a574f5721c229c8c45b1dac924a30a8c1672fe62619",
        ),
        (
            Version::Hybi5,
            "00000100",
            "Hello",
            "00000100 840549656c6c6e",
        ),
        (
            Version::Hybi6,
            "37fa213d",
            "Hello",
            "37fa213d b3ff69585b964e",
        ),
    ] {
        assert_eq!(
            seal(version, OpCode::Text, Some(key), text.as_bytes()),
            hex(wire)
        );
        let expected = Ok(frames(&[(OpCode::Text, text.as_bytes())]));
        check(version, true, &hex(wire), &expected);
    }
}

#[test]
fn what_servers_send_is_plain_and_numbered_otherwise() {
    for version in all() {
        for (wire, opcode, payload) in [
            ("84 05 48656c6c6f", OpCode::Text, &b"Hello"[..]),
            ("85 02 00ff", OpCode::Binary, b"\x00\xff"),
            ("82 02 6869", OpCode::Ping, b"hi"),
            ("83 00", OpCode::Pong, b""),
        ] {
            check(
                version,
                false,
                &hex(wire),
                &Ok(frames(&[(opcode, payload)])),
            );
            assert_eq!(seal(version, opcode, None, payload), hex(wire));
        }
        let hello = Ok(frames(&[
            (OpCode::Text, b"Hel"),
            (OpCode::Ping, b""),
            (OpCode::Continuation, b"lo"),
        ]));
        check(
            version,
            false,
            &hex("04 03 48656c 82 00 80 02 6c6f"),
            &hello,
        );
    }
}

#[test]
fn a_close_has_a_code_from_version_6_on() {
    let empty = Ok(frames(&[(OpCode::Close, b""), (OpCode::Text, b"x")]));
    let coded = Ok(frames(&[
        (OpCode::Close, b"\x03\xe8bye"),
        (OpCode::Text, b"x"),
    ]));
    for version in all() {
        check(version, false, &hex("81 00 84 01 78"), &empty);
        let expected = if let Version::Hybi6 = version {
            &coded
        } else {
            &empty
        };
        check(version, false, &hex("81 05 03e8627965 84 01 78"), expected);
    }
    check(Version::Hybi5, false, &hex("81 01 53 84 01 78"), &empty);
    check(
        Version::Hybi5,
        true,
        &hex("00000000 81 01 43 00000000 84 01 78"),
        &empty,
    );
    // The longest that a control frame can be.
    let mut longest = hex("81 7d");
    longest.extend([9; 125]);
    longest.extend(hex("84 01 78"));
    check(Version::Hybi5, false, &longest, &empty);

    for (version, client, payload) in [
        (hybi4(), true, &b""[..]),
        (Version::Hybi5, true, b"C"),
        (Version::Hybi5, false, b"S"),
        (Version::Hybi6, true, b"\x03\xe8bye"),
    ] {
        let said = Sealer::new(version, client).close_payload(b"\x03\xe8bye");
        assert_eq!(said, payload, "{version:?}");
        let theirs = FrameDecoder::new(version, !client).sealer();
        assert_eq!(theirs.close_payload(b"\x03\xe8bye"), payload);
    }
}

#[test]
fn rules_are_those_of_the_rfc() {
    for version in all() {
        for (wire, error) in [
            ("86 00", FrameError::ReservedOpCode(6)),
            ("8a 00", FrameError::ReservedOpCode(10)),
            ("c4 00", FrameError::UnexpectedRsv(Rsv::RSV1)),
            ("02 00", FrameError::FragmentedControl(OpCode::Ping)),
            ("01 00", FrameError::FragmentedControl(OpCode::Close)),
            ("81 7e 007e", FrameError::ControlTooLong(OpCode::Close)),
            ("84 7f 80", FrameError::LengthOverflow),
            ("80 00", FrameError::UnexpectedContinuation),
            (
                "04 00 84 00",
                FrameError::ExpectedContinuation(OpCode::Text),
            ),
            // Where later versions have MASK.
            ("84 80 00000000", FrameError::MaskForbidden),
        ] {
            check(version, false, &hex(wire), &Err(error));
        }
    }
    let wire = hex("00000000 86 00");
    check(
        Version::Hybi5,
        true,
        &wire,
        &Err(FrameError::ReservedOpCode(6)),
    );
}

#[test]
fn lengths_need_not_be_in_their_shortest_form() {
    let expected = Ok(frames(&[(OpCode::Binary, b"hi")]));
    check(Version::Hybi6, false, &hex("85 7e 0002 6869"), &expected);
    check(
        Version::Hybi6,
        false,
        &hex("85 7f 0000000000000002 6869"),
        &expected,
    );
    for len in [125, 126, 65_535, 65_536] {
        let payload = vec![7; len];
        for key in [None, Some(NONCE)] {
            let wire = seal(hybi4(), OpCode::Binary, key, &payload);
            let expected = Ok(frames(&[(OpCode::Binary, &payload)]));
            for step in [1, 3, 19, 20, 21, 1000, wire.len()] {
                let seen = decode(hybi4(), key.is_some(), wire.chunks(step));
                assert_eq!(seen, expected, "{len} by {step}");
            }
        }
    }
}

#[test]
fn the_two_halves_of_decode() {
    let mut wire = hex("37fa213d b3ff69585b964e");
    let mut decoder = FrameDecoder::new(Version::Hybi5, true);
    let (front, mut rest) = wire.split_at_mut(5);
    assert!(decoder.is_between_frames());
    let (mut key, mut front) = front.split_at_mut(2);
    assert_eq!(decoder.decode_header(&mut key), Ok(None));
    assert!(!decoder.is_between_frames(), "a key begins a frame");
    assert_eq!(decoder.decode_header(&mut front), Ok(None));
    assert!(!decoder.is_between_frames());
    assert!(decoder.decode_payload(&mut rest).is_none(), "no header yet");
    let header = decoder.decode_header(&mut rest).unwrap().unwrap();
    assert_eq!(header.mask, Some(MaskKey([0x37, 0xfa, 0x21, 0x3d])));
    assert_eq!(
        decoder.decode_header(&mut rest),
        Ok(Some(header)),
        "given again"
    );
    assert_eq!(decoder.remaining(), Some(5));
    let (mut one, mut other) = rest.split_at_mut(1);
    assert!(decoder.decode_payload(&mut &mut [][..]).is_none());
    assert_eq!(decoder.decode_payload(&mut one).unwrap().payload, b"H");
    let FramePart {
        first,
        last,
        payload,
        ..
    } = decoder.decode_payload(&mut other).unwrap();
    assert!(payload == b"ello" && last && !first && decoder.is_between_frames());
}

#[test]
fn a_cut_header_tells_what_it_knows() {
    let wire = seal(Version::Hybi5, OpCode::Binary, Some("37fa213d"), &[0; 300]);
    let mut decoder = FrameDecoder::new(Version::Hybi5, true);
    for (at, byte) in wire[..7].iter().enumerate() {
        assert_eq!(decoder.decode_header(&mut &mut [*byte][..]), Ok(None));
        let partial = decoder.partial_header();
        assert_eq!(partial.is_some(), at >= 5, "{at}");
        assert!(partial.is_none_or(|partial| partial.masked && partial.opcode == OpCode::Binary));
    }
}

proptest! {
    #[test]
    fn frames_do_not_depend_on_cuts(data in vec_of(any::<u8>(), 0..200)) {
        fuzzing::early(&data);
    }

    /// Bytes that are mostly frames: the property is about what comes of them.
    #[test]
    fn frames_are_written_as_they_are_read(
        seed in any::<u8>(),
        rows in vec_of((0u8..6, any::<bool>(), vec_of(any::<u8>(), 0..150)), 0..6),
        masked in any::<bool>(),
    ) {
        let mut data = vec![seed];
        for (bits, fin, payload) in rows {
            let opcode = opcode(bits).unwrap();
            let len = if opcode.is_control() { payload.len().min(125) } else { payload.len() };
            let sealer = Sealer::new(Version::Hybi6, masked);
            let (header, mask) = sealer.seal(&Header {
                fin: fin || opcode.is_control(),
                rsv: Rsv::NONE,
                opcode,
                mask: masked.then_some(MaskKey([seed, 2, 3, 4])),
                payload_len: len as u64,
            });
            data.extend_from_slice(&header);
            let at = data.len();
            data.extend_from_slice(&payload[..len]);
            if let Some(mut mask) = mask {
                mask.apply(&mut data[at..]);
            }
        }
        fuzzing::early(&data);
    }
}

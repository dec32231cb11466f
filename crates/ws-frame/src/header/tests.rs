//! Tests of headers: RFC 6455 §5.2.

use super::*;
use alloc::vec::Vec;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

fn header(payload_len: u64, mask: Option<[u8; 4]>) -> Header {
    Header {
        fin: true,
        rsv: Rsv::NONE,
        opcode: OpCode::Binary,
        mask: mask.map(MaskKey),
        payload_len,
    }
}

// RFC 6455 §5.2
#[test]
fn f02_lengths_take_their_shortest_form() {
    for (len, encoded) in [
        (0, &[0x82, 0][..]),
        (1, &[0x82, 1]),
        (125, &[0x82, 125]),
        (126, &[0x82, 126, 0, 126]),
        (127, &[0x82, 126, 0, 127]),
        (65_535, &[0x82, 126, 0xFF, 0xFF]),
        (65_536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        (65_537, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 1]),
        (
            u64::MAX >> 1,
            &[0x82, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        ),
    ] {
        let plain = header(len, None);
        assert_eq!(&plain.encode()[..], encoded, "{len}");
        assert_eq!(
            Header::decode(encoded),
            Ok(Some((plain, encoded.len()))),
            "{len}"
        );

        let masked = header(len, Some(KEY));
        let mut encoded = encoded.to_vec();
        encoded[1] |= 0x80;
        encoded.extend_from_slice(&KEY);
        assert_eq!(masked.encode()[..], encoded, "{len} masked");
        assert_eq!(Header::decode(&encoded), Ok(Some((masked, encoded.len()))));
        for cut in 0..encoded.len() {
            assert_eq!(Header::decode(&encoded[..cut]), Ok(None), "{len} cut {cut}");
        }
    }
}

// RFC 6455 §5.2
#[test]
fn every_first_byte() {
    for first in 0..=u8::MAX {
        let bytes = [first, 0];
        let expected = match OpCode::from_bits(first & 0x0F) {
            None => Err(FrameError::ReservedOpCode(first & 0x0F)),
            Some(opcode) if opcode.is_control() && first & 0x80 == 0 => {
                Err(FrameError::FragmentedControl(opcode))
            }
            Some(opcode) => Ok(Some((
                Header {
                    fin: first & 0x80 != 0,
                    rsv: Rsv::from_first_byte(first),
                    opcode,
                    mask: None,
                    payload_len: 0,
                },
                2,
            ))),
        };
        assert_eq!(Header::decode(&bytes), expected, "{first:#x}");
    }
}

#[test]
fn broken_rules_are_told_at_the_first_byte_that_breaks_them() {
    let table: &[(&[u8], FrameError)] = &[
        // RFC 6455 §5.2
        (&[0x83, 0x00], FrameError::ReservedOpCode(3)),
        (&[0x82, 0xFE, 0x00, 0x7D], FrameError::NonMinimalLength),
        (
            &[0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
            FrameError::NonMinimalLength,
        ),
        (&[0x82, 0xFF, 0x80], FrameError::LengthOverflow),
        // RFC 6455 §5.5
        (&[0x09, 0x80], FrameError::FragmentedControl(OpCode::Ping)),
        (&[0x89, 0xFE], FrameError::ControlTooLong(OpCode::Ping)),
        (&[0x88, 0xFF], FrameError::ControlTooLong(OpCode::Close)),
    ];
    for (bytes, error) in table {
        assert_eq!(Header::decode(bytes), Err(*error), "{bytes:x?}");
        let shorter = &bytes[..bytes.len() - 1];
        assert_eq!(Header::decode(shorter), Ok(None), "{shorter:x?}");
    }
}

#[test]
fn partial_headers_tell_what_they_know() {
    let encoded: Vec<u8> = header(70_000, Some(KEY)).encode().to_vec();
    for cut in 2..encoded.len() {
        let partial = PartialHeader::decode(&encoded[..cut], Lengths::Minimal)
            .unwrap()
            .unwrap();
        assert_eq!(partial.payload_len, (cut >= 10).then_some(70_000));
        assert!(partial.masked && partial.fin && partial.opcode == OpCode::Binary);
    }
}

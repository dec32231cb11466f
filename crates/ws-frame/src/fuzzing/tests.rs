//! Properties that hold for any bytes; the fuzz targets run the same ones for longer.

use alloc::vec;
use alloc::vec::Vec;
use proptest::collection::vec as vec_of;
use proptest::prelude::*;

use crate::{FrameDecoder, Header, MaskKey, Masker, OpCode, Rsv, fuzzing};

fn headers() -> impl Strategy<Value = (bool, u8, u8, Option<[u8; 4]>, Vec<u8>)> {
    let opcodes = prop_oneof![Just(0u8), Just(1), Just(2), Just(8), Just(9), Just(10)];
    (
        any::<bool>(),
        0u8..8,
        opcodes,
        any::<Option<[u8; 4]>>(),
        vec_of(any::<u8>(), 0..300),
    )
}

proptest! {
    #[test]
    fn frames_do_not_depend_on_cuts(data in vec_of(any::<u8>(), 0..200)) {
        fuzzing::frames(&data);
    }

    #[test]
    fn text_does_not_depend_on_cuts(seed in any::<u8>(), text in ".{0,40}", tail in vec_of(any::<u8>(), 0..4)) {
        let mut data = vec![seed];
        data.extend_from_slice(text.as_bytes());
        data.extend_from_slice(&tail);
        fuzzing::utf8(&data);
    }

    #[test]
    fn close_payloads(data in vec_of(any::<u8>(), 0..130)) {
        fuzzing::close(&data);
    }

    // RFC 6455 §5.2
    #[test]
    fn whatever_is_encoded_decodes_to_itself(
        frames in vec_of(headers(), 1..8),
        step in 1usize..80,
    ) {
        let mut wire = Vec::new();
        let mut expected = Vec::new();
        for (fin, rsv, opcode, key, mut payload) in frames {
            let opcode = OpCode::from_bits(opcode).unwrap();
            if opcode.is_control() {
                payload.truncate(125);
            }
            let header = Header {
                fin: fin || opcode.is_control(),
                rsv: Rsv::from_first_byte(rsv << 4),
                opcode,
                mask: key.map(MaskKey),
                payload_len: payload.len() as u64,
            };
            wire.extend_from_slice(&header.encode());
            let at = wire.len();
            wire.extend_from_slice(&payload);
            if let Some(key) = key {
                Masker::new(MaskKey(key)).apply(&mut wire[at..]);
            }
            expected.push((header, payload));
        }
        let mut decoder = FrameDecoder::new();
        let mut seen: Vec<(Header, Vec<u8>)> = Vec::new();
        for mut input in wire.chunks_mut(step) {
            while let Some(part) = decoder.decode(&mut input).unwrap() {
                if part.first {
                    seen.push((part.header, Vec::new()));
                }
                seen.last_mut().unwrap().1.extend_from_slice(part.payload);
            }
        }
        prop_assert_eq!(seen, expected);
    }
}

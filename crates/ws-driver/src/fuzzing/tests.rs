//! The property under proptest, with bytes that are mostly frames.

use alloc::vec;
use alloc::vec::Vec;

use proptest::collection::vec as vec_of;
use proptest::prelude::*;

use super::*;

/// A frame that may be right: first byte, whether masked, payload.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        8 => prop_oneof![Just(0x81u8), Just(0x82), Just(0x01), Just(0x02), Just(0x00), Just(0x80)],
        3 => prop_oneof![Just(0x88u8), Just(0x89), Just(0x8A)],
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        4 => "[a-zé🦀]{0,40}".prop_map(String::into_bytes),
        1 => vec_of(any::<u8>(), 0..130),
    ];
    (first, payload).prop_map(|(first, payload)| {
        // Masked with zeroes for servers; the client's run sees it fail, which is a run too.
        let len = u8::try_from(payload.len()).unwrap();
        let mut wire = if len < 126 {
            vec![first, 0x80 | len]
        } else {
            vec![first, 0xFE, 0, len]
        };
        wire.extend_from_slice(&[0; 4]);
        wire.extend_from_slice(&payload);
        wire
    })
}

proptest! {
    #[test]
    fn events_do_not_depend_on_cuts(seed in any::<u8>(), frames in vec_of(frame(), 0..12)) {
        let mut data = vec![seed];
        data.extend(frames.concat());
        connection(&data);
    }

    #[test]
    fn operations_in_any_order(
        seed in any::<u8>(),
        actions in vec_of((any::<u8>(), vec_of(any::<u8>(), 0..130)), 0..40),
        frames in vec_of(frame(), 0..6),
    ) {
        let mut data = vec![seed];
        let received = frames.into_iter().map(|frame| (15, frame));
        for (operation, bytes) in actions.into_iter().chain(received) {
            data.push(operation);
            data.push(u8::try_from(bytes.len()).unwrap());
            data.extend(bytes);
        }
        operations(&data);
    }

    #[test]
    fn any_bytes(data in vec_of(any::<u8>(), 0..200)) {
        connection(&data);
    }
}

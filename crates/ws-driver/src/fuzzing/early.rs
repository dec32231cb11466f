//! What must hold for the versions before RFC 6455.

use super::{holds, small};
use crate::{Seed, early, hixie};

/// As [`connection`](super::connection), for every older version.
pub fn drafts(data: &[u8]) {
    let [seed, rest @ ..] = data else { return };
    let (config, seeds) = (small(), Seed([*seed; 32]));
    let connection_key = [*seed; 20];
    for version in [
        early::Version::Hybi4 { connection_key },
        early::Version::Hybi5,
        early::Version::Hybi6,
    ] {
        holds(rest, *seed, || early::server(version, &config).into());
        holds(rest, *seed, || {
            early::client(version, &config, seeds).into()
        });
    }
    for version in [hixie::Version::Hixie76, hixie::Version::Hixie75] {
        holds(rest, *seed, || {
            hixie::Connection::server(version, &config).into()
        });
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec;
    use alloc::vec::Vec;

    use proptest::collection::vec as vec_of;
    use proptest::prelude::*;

    use super::*;

    /// A frame that may be right for one of the versions, by `form`.
    fn frame(form: u8) -> impl Strategy<Value = Vec<u8>> {
        let first = prop_oneof![
            8 => prop_oneof![Just(0x84u8), Just(0x85), Just(0x04), Just(0x05), Just(0x00), Just(0x80)],
            3 => prop_oneof![Just(0x81u8), Just(0x82), Just(0x83)],
            1 => any::<u8>(),
        ];
        let payload = prop_oneof![
            4 => "[a-zé🦀]{0,40}".prop_map(String::into_bytes),
            1 => vec_of(any::<u8>(), 0..125),
        ];
        (first, payload).prop_map(move |(first, payload)| {
            let len = u8::try_from(payload.len()).unwrap();
            match form {
                // What a client sends under a key of zeroes, what a server sends, and a text.
                0 => [&[0, 0, 0, 0, first, len], &payload[..]].concat(),
                1 => [&[first, len], &payload[..]].concat(),
                _ => [b"\x00", &payload[..], b"\xff"].concat(),
            }
        })
    }

    proptest! {
        #[test]
        fn events_do_not_depend_on_cuts(
            seed in any::<u8>(),
            frames in (0..3u8).prop_flat_map(|form| vec_of(frame(form), 0..8)),
        ) {
            let mut data = vec![seed];
            data.extend(frames.concat());
            drafts(&data);
        }

        #[test]
        fn any_bytes(data in vec_of(any::<u8>(), 0..200)) {
            drafts(&data);
        }
    }
}

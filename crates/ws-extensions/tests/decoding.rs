//! What decoding allocates: nothing per message, and what it says it holds.
#![cfg(feature = "deflate")]

use std::sync::{Arc, Mutex};

use allocation_counter::measure;
use ws_extensions::deflate::{Codec, CodecKind, Deflate, Pool, Shelf, WindowBits};
use ws_extensions::{Extension, Params, Rsv, Session, Wish};

#[derive(Debug)]
struct Shared(Mutex<Shelf>);

impl Pool for Shared {
    fn take(&self, wanted: &CodecKind) -> Option<Codec> {
        self.0.lock().expect("not poisoned").take(wanted)
    }

    fn give_back(&self, codec: Codec) {
        self.0.lock().expect("not poisoned").give_back(codec);
    }
}

/// A client's session, by what the server grants.
fn session(deflate: &Deflate, takeover: bool, bits: WindowBits) -> Session {
    let mut granted = Params::new("permessage-deflate");
    if !takeover {
        granted = granted.with_flag("server_no_context_takeover");
    }
    if bits < WindowBits::MAX {
        granted = granted.with_value("server_max_window_bits", bits.get().to_string());
    }
    deflate.confirm(&granted).expect("as offered")
}

/// Messages of 4 to 7 KB, each of which can be decoded by itself.
fn messages() -> Vec<Vec<u8>> {
    let deflate = Deflate::new()
        .no_context_takeover(true)
        .max_window_bits(WindowBits::MIN);
    let message = |seed: u32| {
        let plain: Vec<u8> = (0..200_u32)
            .flat_map(|n| format!("{{\"number\":{n},\"product\":{}}}", n * seed).into_bytes())
            .collect();
        let session = deflate.confirm(&Params::new("permessage-deflate"));
        let mut encoder = session.expect("as offered").encoder;
        let mut out = Vec::new();
        assert!(encoder.start(Some(plain.len()), Wish::Always).is_some());
        encoder
            .encode(&plain, true, &mut out)
            .expect("it compresses");
        out
    };
    (0..20).map(|seed| message(seed * seed * 1000)).collect()
}

fn receive(session: &mut Session, message: &[u8], room: &mut [u8]) -> usize {
    assert!(session.decoder.start(Rsv::RSV1));
    let (mut input, mut len) = (message, 0);
    loop {
        let step = session
            .decoder
            .decode(&mut input, true, room)
            .expect("valid");
        len += step.len;
        if step.done {
            return len;
        }
    }
}

fn request(takeover: bool, bits: WindowBits) -> Deflate {
    Deflate::new()
        .request_no_context_takeover(!takeover)
        .request_max_window_bits(bits)
}

#[test]
fn a_message_allocates_nothing() {
    let pool = Arc::new(Shared(Mutex::new(Shelf::new(2))));
    let messages = messages();
    let mut room = vec![0; 1500];
    for bits in (8..=15).filter_map(WindowBits::new) {
        for takeover in [true, false] {
            let deflate = request(takeover, bits).pool(pool.clone());
            let mut session = session(&deflate, takeover, bits);
            for message in &messages {
                receive(&mut session, message, &mut room);
            }
            let heap = measure(|| {
                for message in &messages {
                    assert!(receive(&mut session, message, &mut room) > 4000);
                }
            });
            assert_eq!(heap.count_total, 0, "{bits:?} {takeover} {heap:?}");
        }
    }
}

#[test]
fn memory_is_what_was_allocated() {
    let messages = messages();
    let mut room = vec![0; 1500];
    for bits in (8..=15).filter_map(WindowBits::new) {
        let mut session = session(&request(true, bits), true, bits);
        let mut expected = 0;
        for message in &messages {
            let heap = measure(|| {
                receive(&mut session, message, &mut room);
            });
            expected += heap.bytes_current;
            let memory = i64::try_from(session.decoder.memory()).expect("small");
            assert_eq!(memory, expected, "{bits:?}");
        }
        let heap = measure(|| session.decoder.sleep());
        let memory = i64::try_from(session.decoder.memory()).expect("small");
        assert_eq!(memory, expected + heap.bytes_current, "{bits:?}");
        assert_eq!(memory, 1 << bits.get());
    }
}

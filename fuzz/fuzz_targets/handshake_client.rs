//! The property is documented at `ws_handshake::fuzzing::client`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_handshake::fuzzing::client(data));

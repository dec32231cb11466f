//! The property is documented at `ws_handshake::fuzzing::server`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_handshake::fuzzing::server(data));

//! The property is documented at `ws_extensions::fuzzing::deflate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_extensions::fuzzing::deflate(data));

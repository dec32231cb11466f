//! The property is documented at `ws_extensions::fuzzing::inflate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_extensions::fuzzing::inflate(data));

//! The property is documented at `ws_embedded::fuzzing::connection`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_embedded::fuzzing::connection(data));

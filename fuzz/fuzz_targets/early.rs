//! The property is documented at `ws_frame::fuzzing::early`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_frame::fuzzing::early(data));

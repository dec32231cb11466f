//! The property is documented at `ws_driver::fuzzing::drafts`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_driver::fuzzing::drafts(data));

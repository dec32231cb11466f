//! The property is documented at `ws_driver::fuzzing::compressed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_driver::fuzzing::compressed(data));

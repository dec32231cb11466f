//! The property is documented at `ws_proxy::fuzzing::environment`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_proxy::fuzzing::environment(data));

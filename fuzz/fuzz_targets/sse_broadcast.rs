//! The property is documented at `ws_sse::fuzzing::broadcast`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_sse::fuzzing::broadcast(data));

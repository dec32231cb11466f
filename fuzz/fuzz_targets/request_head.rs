//! The property is documented at `ws_http::fuzzing::request_head`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_http::fuzzing::request_head(data));

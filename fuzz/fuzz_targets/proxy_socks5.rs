//! The property is documented at `ws_proxy::fuzzing::socks5`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ws_proxy::fuzzing::socks5(data));

//! Hostile cases of the frame decoder, numbered F in the catalogue, one test each.
//!
//! Missing here: F09 needs a 32-bit target, F13 an extension; F48 is the interop test with peers;
//! F49 to F51 are about I/O and stand with the cases of the facade.

mod closing;
mod floods;
mod headers;

use hybi_testkit::splits::agree;
use hybi_tests::{Trace, fails_after, receive, server};
use ws_driver::Error;

/// The key that leaves payloads readable.
const M0: [u8; 4] = [0; 4];

/// Slack in a memory bound: everything but payloads.
const C: u64 = 4096;

/// What a server makes of these bytes, the same at every split point.
#[track_caller]
fn at_every_split(bytes: &[u8]) -> Trace {
    agree(bytes, |reads| receive(&mut server(), reads))
}

/// A server fails with this error, tells the peer this code, and knows after so many bytes.
#[track_caller]
fn fails(bytes: &[u8], error: impl Into<Error>, code: u16, after: usize) {
    let trace = at_every_split(bytes);
    assert_eq!(trace.error(), Some(error.into()), "{bytes:02x?}");
    assert_eq!(trace.close_code(), Some(code), "{bytes:02x?}");
    assert_eq!(
        fails_after(&mut server(), bytes),
        Some(after),
        "{bytes:02x?}"
    );
}

/// The most heap that `f` holds at one time beyond what it found.
fn peak(f: impl FnOnce()) -> u64 {
    allocation_counter::measure(f).bytes_max
}

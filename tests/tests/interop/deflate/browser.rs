//! Chromium, which offers permessage-deflate by itself.

use super::parse;
use crate::examples::{Runtime, echo_with};
use crate::peer::Peer;
use crate::tap::Tap;

/// What the page sends is as long, in all and at least; each byte of it comes back.
const PLAIN: u64 = 2 * ((16 << 20) + (1 << 20) + (1 << 16));

#[test]
fn chromium_on_the_page_of_the_echo_example() {
    for (runtime, flags) in [
        (Runtime::Smol, &["--deflate"][..]),
        (Runtime::Tokio, &["--deflate", "--miniz"]),
    ] {
        let (_server, address) = echo_with(runtime, flags);
        let tap = Tap::before(parse(&address));
        let page = format!("http://{}/", tap.address());
        let seen = Peer::Chromium.start(&[&page]).cases();
        assert_eq!(seen.len(), 29, "{runtime:?}: {seen:?}");
        let granted = tap.granted();
        assert!(!granted.is_empty());
        for granted in granted {
            assert_eq!(granted.as_deref(), Some("permessage-deflate"));
        }
        for bytes in tap.bytes() {
            assert!(bytes < PLAIN / 2, "{runtime:?}: {bytes} of {PLAIN}");
        }
    }
}

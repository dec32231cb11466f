//! The two ends of a connection: RFC 6455 §5.1.

use core::fmt;

use ws_frame::MaskKey;

/// Which end of a connection this is: [`Server`] or [`Client`].
pub trait End: sealed::End {}

/// The end that answered the opening handshake.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a server needs nothing")]
pub struct Server;

/// The end that sent the opening handshake, and what it takes its mask keys from.
#[derive(Clone, Copy)]
pub struct Client<K>(pub(crate) K);

/// Says nothing of the keys.
impl<K> fmt::Debug for Client<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

/// Where a client's mask keys come from: a closure, or a type of your own, which can be named.
///
/// Each must be unpredictable (RFC 6455 §5.3): a page that knew it could choose what bytes go over
/// the wire, and deceive what stands on the way.
pub trait MaskKeys {
    /// The next key, for one frame.
    fn next_key(&mut self) -> MaskKey;
}

impl<F: FnMut() -> MaskKey> MaskKeys for F {
    fn next_key(&mut self) -> MaskKey {
        self()
    }
}

impl End for Server {}

impl<K: MaskKeys> End for Client<K> {}

pub(crate) mod sealed {
    use super::{Client, MaskKey, MaskKeys, Server};

    #[expect(unnameable_types, reason = "nobody else implements it")]
    pub trait End {
        /// Whether the peer masks what it sends: it is a client.
        const PEER_MASKS: bool;

        /// What the next frame is masked with; `None` at a server.
        fn mask(&mut self) -> Option<MaskKey>;
    }

    impl End for Server {
        const PEER_MASKS: bool = true;

        fn mask(&mut self) -> Option<MaskKey> {
            None
        }
    }

    impl<K: MaskKeys> End for Client<K> {
        const PEER_MASKS: bool = false;

        fn mask(&mut self) -> Option<MaskKey> {
            Some(self.0.next_key())
        }
    }
}

//! What is left of a handshake when it is over.

use alloc::string::String;

use crate::version::Version;

/// What the rest of the connection needs to know; the same on both sides.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Established {
    /// The version of the protocol that is spoken from now on.
    pub version: Version,
    /// The subprotocol that the server has chosen.
    pub subprotocol: Option<String>,
    /// The server's `Sec-WebSocket-Extensions`, whose syntax nobody has looked at yet.
    pub extensions: Option<String>,
    /// In version 4 the key of the connection (hybi-04), from which those of the client's frames
    /// are made.
    #[cfg(feature = "drafts")]
    pub connection_key: Option<[u8; 20]>,
}

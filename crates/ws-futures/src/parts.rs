//! What a WebSocket can be taken apart into.

use ws_driver::Driver;
use ws_handshake::Version;

/// What a [`WebSocket`](crate::WebSocket) is made of: nothing that was read or is still to be written is lost.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "all the parts there are")]
pub struct Parts<T> {
    /// The byte stream.
    pub io: T,
    /// The state of the connection, including parts of frames and messages.
    pub connection: Driver,
    /// Which version of the protocol it speaks.
    pub version: Version,
    /// What was read and not yet received.
    pub unread: Vec<u8>,
    /// What is to be written before anything else.
    pub unsent: Vec<u8>,
    /// The subprotocol that both ends agreed on, if any.
    pub subprotocol: Option<String>,
    /// The extensions that both ends agreed on, as the server has answered.
    pub extensions: Option<String>,
}

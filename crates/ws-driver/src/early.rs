//! Connections of wire versions 4, 5 and 6: the drafts hybi-04 to hybi-06.
//!
//! They say what RFC 6455 says in other frames, so they are [`Connection`]s of another
//! [`FrameDecoder`] with all its methods but one: a Pong that nobody asked for was an error then.
//! What differs in the frames, `ws_frame::early` tells; a Close carries no code before version 6.
//!
//! ```
//! use ws_driver::early::{self, Version};
//! use ws_driver::{Config, Event, Message};
//!
//! // "Hello" from a client of version 5: its key of four bytes, and everything under it.
//! let mut read = *b"\x37\xfa\x21\x3d\xb3\xff\x69\x58\x5b\x96\x4e";
//! let (mut input, mut out) = (&mut read[..], Vec::new());
//! let mut server = early::server(Version::Hybi5, &Config::server());
//! let event = server.receive(&mut input, &mut out)?;
//! assert_eq!(event, Some(Event::Message(Message::Text("Hello"))));
//! # Ok::<(), ws_driver::Error>(())
//! ```

use sha1::{Digest as _, Sha1};
/// How the frames of these versions are read.
pub use ws_frame::early::FrameDecoder;
use ws_frame::early::{self, FrameKeys};

use crate::{Config, Connection, Role, Seed};

/// Which of the three versions, by its number on the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the past is complete")]
pub enum Version {
    /// hybi-04: the masks of a client come from a key of the connection.
    Hybi4 {
        /// What both ends have computed from the nonces of the opening handshake.
        connection_key: [u8; 20],
    },
    /// hybi-05: a Close says who closed, and not why.
    Hybi5,
    /// hybi-06: a Close has a code and a reason.
    Hybi6,
}

impl From<Version> for early::Version {
    fn from(version: Version) -> Self {
        match version {
            Version::Hybi4 { connection_key } => Self::Hybi4(FrameKeys::new(connection_key, sha1)),
            Version::Hybi5 => Self::Hybi5,
            Version::Hybi6 => Self::Hybi6,
        }
    }
}

/// The client's end, right after the opening handshake. Every frame that it sends is masked with
/// a key drawn from `seed`.
pub fn client(version: Version, config: &Config, seed: Seed) -> Connection<FrameDecoder> {
    let framing = FrameDecoder::new(version.into(), false);
    Connection::with_framing(config, Role::Client, Some(seed), framing)
}

/// The server's end, right after the opening handshake.
pub fn server(version: Version, config: &Config) -> Connection<FrameDecoder> {
    let framing = FrameDecoder::new(version.into(), true);
    Connection::with_framing(config, Role::Server, None, framing)
}

fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

#[cfg(test)]
mod tests;

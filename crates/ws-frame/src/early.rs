//! The frames of wire versions 4, 5 and 6: the drafts hybi-04 to hybi-06.
//!
//! They say what RFC 6455 says, in other bytes: the opcodes are numbered otherwise, and a client
//! masks header and payload together, behind a key that goes first. [`FrameDecoder`] reads them as
//! the same [`FramePart`](crate::FramePart)s, opcodes translated, and [`Sealer`] writes them; so
//! [`Rules`](crate::Rules) and everything above need not know.
//!
//! ```text
//!            version 13                    client, versions 4 to 6
//!  bytes     0   1    2      ..            0    4   5    6      ..
//!            fin len  key    payload       key  fin len  payload
//!            op             ~~~~~~~~~           op
//!                            masked            ~~~~~~~~~~~~~~~~~~ masked
//! ```
//!
//! What else differs is dealt with here too: lengths need not be in their shortest form, and what
//! a Close carries before version 6 is no code, so it comes out empty.
//!
//! What this does *not* do: it derives no connection key (version 4 has one, from the opening
//! handshake) and computes no SHA-1, which [`FrameKeys`] is given.
//!
//! ```
//! use ws_frame::early::{FrameDecoder, Version};
//! use ws_frame::OpCode;
//!
//! // "Hello" from a client of version 5: the key 37fa213d, then everything under it.
//! let mut read = *b"\x37\xfa\x21\x3d\xb3\xff\x69\x58\x5b\x96\x4e";
//! let mut decoder = FrameDecoder::new(Version::Hybi5, true);
//! let part = decoder.decode(&mut &mut read[..])?.expect("a whole frame");
//! assert_eq!((part.header.opcode, &*part.payload), (OpCode::Text, &b"Hello"[..]));
//! # Ok::<(), ws_frame::FrameError>(())
//! ```

use crate::{MaskKey, OpCode};

mod decoder;
mod masker;
mod sealer;

pub use decoder::FrameDecoder;
pub use masker::Masker;
pub use sealer::Sealer;

/// Which of the three versions, by its number on the wire.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "the past is complete")]
pub enum Version {
    /// hybi-04: each frame's mask comes from a nonce and a key of the connection.
    Hybi4(FrameKeys),
    /// hybi-05: each frame's mask is its key of four bytes. A Close says who closed.
    Hybi5,
    /// hybi-06: as hybi-05. A Close says why.
    Hybi6,
}

/// Where the mask of a frame of version 4 comes from.
#[derive(Clone, Copy, Debug)]
pub struct FrameKeys {
    connection_key: [u8; 20],
    sha1: fn(&[u8]) -> [u8; 20],
}

impl FrameKeys {
    /// Takes the key that both ends have computed from the opening handshake, and the function
    /// SHA-1, which this crate does not have.
    pub const fn new(connection_key: [u8; 20], sha1: fn(&[u8]) -> [u8; 20]) -> Self {
        Self {
            connection_key,
            sha1,
        }
    }

    /// hybi-04: SHA-1 of the frame's nonce and the connection's key.
    fn of_frame(&self, nonce: MaskKey) -> [u8; 20] {
        let mut input = [0; 24];
        input[..4].copy_from_slice(&nonce.0);
        input[4..].copy_from_slice(&self.connection_key);
        (self.sha1)(&input)
    }
}

impl Version {
    /// What masks the frame that goes behind `key`, from the first byte of its header on.
    fn masker(&self, key: MaskKey) -> Masker {
        Masker::new(match self {
            Self::Hybi4(keys) => keys.of_frame(key),
            Self::Hybi5 | Self::Hybi6 => {
                let [a, b, c, d] = key.0;
                [a, b, c, d, a, b, c, d, a, b, c, d, a, b, c, d, a, b, c, d]
            }
        })
    }

    /// Whether a Close carries a code and a reason.
    const fn has_close_codes(&self) -> bool {
        matches!(self, Self::Hybi6)
    }
}

/// The opcodes by their numbers before version 7.
const OPCODES: [OpCode; 6] = [
    OpCode::Continuation,
    OpCode::Close,
    OpCode::Ping,
    OpCode::Pong,
    OpCode::Text,
    OpCode::Binary,
];

/// The opcode of four bits; `None` for those that were reserved: 6 to 15.
fn opcode(bits: u8) -> Option<OpCode> {
    OPCODES.get(usize::from(bits)).copied()
}

/// The inverse of [`opcode`].
const fn bits(opcode: OpCode) -> u8 {
    match opcode {
        OpCode::Continuation => 0,
        OpCode::Close => 1,
        OpCode::Ping => 2,
        OpCode::Pong => 3,
        OpCode::Text => 4,
        OpCode::Binary => 5,
    }
}

#[cfg(test)]
mod tests;

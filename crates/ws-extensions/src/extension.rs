//! What an extension is: the traits that a stranger implements.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt::Debug;

use ws_frame::Rsv;

use crate::{Params, Refusal, SessionError};

/// An extension that can be negotiated, with its configuration: shared by all connections.
///
/// Extensions transform whole messages (RFC 6455 §9 calls the bits of their first frame
/// "per-message"); control frames never pass through them.
pub trait Extension: Debug + Send + Sync {
    /// Its name on the wire: a token, told apart by case.
    fn name(&self) -> &'static str;

    /// The bits of a first frame that belong to it; none if it transforms every message.
    fn rsv(&self) -> Rsv;

    /// What a client asks for, the best first; nothing if it takes no part.
    fn offers(&self) -> Vec<Params<'static>>;

    /// A client's judgement of what the server granted.
    ///
    /// # Errors
    ///
    /// When that is not what was offered; then the handshake fails.
    fn confirm(&self, granted: &Params<'_>) -> Result<Session, Refusal>;

    /// A server's judgement of one offer: what it grants, and the session that goes with it.
    ///
    /// # Errors
    ///
    /// When this offer cannot be granted; then the client's next one is judged.
    fn grant(&self, offer: &Params<'_>) -> Result<(Params<'static>, Session), Refusal>;
}

/// One connection's use of an extension: two directions, neither of which knows of the other.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "there are two directions")]
pub struct Session {
    /// What goes out.
    pub encoder: Box<dyn Encoder>,
    /// What comes in.
    pub decoder: Box<dyn Decoder>,
}

/// Encodes the messages that go out on one connection.
pub trait Encoder: Debug + Send + Sync {
    /// Begins a message of `len` bytes, if that is known. Gives the bits for its first frame, or
    /// `None` to let it pass as it is.
    fn start(&mut self, len: Option<usize>, wish: Wish) -> Option<Rsv>;

    /// Appends what `piece` becomes, so that the peer can decode all of it at once. `end` tells
    /// that no more of the message follows.
    ///
    /// # Errors
    ///
    /// When this direction cannot go on; nothing that was appended is sent then.
    fn encode(&mut self, piece: &[u8], end: bool, out: &mut Vec<u8>) -> Result<(), SessionError>;

    /// Gives back all memory that the next message does not need, though it may need time to
    /// come back. Called between messages of a connection that is idle.
    fn sleep(&mut self) {}

    /// How many bytes of heap this holds.
    fn memory(&self) -> usize {
        0
    }

    /// What must be equal in two encoders for them to share messages that were encoded once, for
    /// all who receive them; `None` if they cannot.
    fn variant(&self) -> Option<Variant> {
        None
    }

    /// An encoder of the same [variant](Self::variant), whose messages need nothing that was sent
    /// before.
    fn standalone(&self) -> Option<Box<dyn Encoder>> {
        None
    }

    /// Takes note that `message`, encoded by a [`standalone`](Self::standalone) encoder, is sent.
    fn passed(&mut self, message: &[u8]) {
        let _ = message;
    }
}

/// Decodes the messages that come in on one connection.
pub trait Decoder: Debug + Send + Sync {
    /// Begins a message whose first frame has those of `rsv` that belong to this extension.
    /// `false` lets it pass as it is.
    fn start(&mut self, rsv: Rsv) -> bool;

    /// Takes bytes off the front of `input` and writes what they become to the front of `room`,
    /// which is not empty. `end` tells that no more of the message follows `input`.
    ///
    /// What is written never depends on how `input` and `room` were cut.
    ///
    /// # Errors
    ///
    /// When the peer sent what cannot be decoded; this is not called again then.
    fn decode(
        &mut self,
        input: &mut &[u8],
        end: bool,
        room: &mut [u8],
    ) -> Result<Decoded, SessionError>;

    /// As [`Encoder::sleep`].
    fn sleep(&mut self) {}

    /// How many bytes of heap this holds.
    fn memory(&self) -> usize {
        0
    }
}

/// What a step of decoding has done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "all that a caller must know")]
pub struct Decoded {
    /// How many bytes were written to the front of the room.
    pub len: usize,
    /// All input was taken, and all that it becomes was written. `false` asks for more room.
    pub done: bool,
}

/// What the sender of a message wishes of extensions that choose for each message.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Wish {
    /// The extension decides, as it is configured.
    #[default]
    Auto,
    /// The extension takes part if it can: text that is known to shrink.
    Always,
    /// The message goes out as it is: it would not shrink, or it mixes secrets with what an
    /// attacker chose.
    Never,
}

/// What encoders have in common that share messages: the extension, and a number of its own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by whoever implements an extension"
)]
pub struct Variant {
    /// The [name](Extension::name) of the extension.
    pub extension: &'static str,
    /// Whatever else must be equal.
    pub settings: u64,
}

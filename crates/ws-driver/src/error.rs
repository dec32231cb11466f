//! What the peer did wrong, what the caller did wrong, and what each is answered with.

use core::fmt;

use ws_extensions::{FaultKind, SessionError};
use ws_frame::{CloseCode, CloseError, FrameError, InvalidUtf8};

/// Why a connection failed: the peer's fault, or the world's.
///
/// When one is returned, the Close that answers it is in `out` already, and nothing that comes
/// after is read. What came before was delivered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A frame that breaks a rule of RFC 6455 §5.
    Frame(FrameError),
    /// A Close frame that breaks a rule of RFC 6455 §5.5.1.
    Close(CloseError),
    /// A text message that is not UTF-8 (RFC 6455 §8.1).
    InvalidUtf8,
    /// A message above [`max_message_size`](crate::Config::max_message_size), or above
    /// [`max_streamed_size`](crate::Config::max_streamed_size) if it was received in chunks.
    MessageTooBig {
        /// The limit that it exceeds, in bytes.
        limit: u64,
    },
    /// A message in more frames than [`max_fragments`](crate::Config::max_fragments).
    TooManyFragments {
        /// The limit that it exceeds, in frames.
        limit: u32,
    },
    /// There was no memory for a message within its limit.
    OutOfMemory,
    /// A message that an extension cannot decode.
    Extension(SessionError),
    /// The transport ended without a closing handshake (RFC 6455 §7.1.5 calls it 1006).
    UnexpectedEof,
    /// The peer did not answer in time.
    TimedOut(Timer),
}

impl Error {
    /// What the peer is told, or `None` if nothing can be sent any more.
    ///
    /// The one place where failures become codes.
    pub const fn close_code(&self) -> Option<CloseCode> {
        Some(match self {
            Self::Frame(_) | Self::Close(CloseError::TooShort | CloseError::InvalidCode(_)) => {
                CloseCode::PROTOCOL_ERROR
            }
            // RFC 6455 §8.1 and §7.4.1: data that is not what its kind says.
            Self::InvalidUtf8 | Self::Close(CloseError::InvalidUtf8) => CloseCode::INVALID_PAYLOAD,
            Self::Close(_) => CloseCode::PROTOCOL_ERROR,
            Self::MessageTooBig { .. } => CloseCode::MESSAGE_TOO_BIG,
            Self::TooManyFragments { .. } => CloseCode::POLICY_VIOLATION,
            Self::OutOfMemory => CloseCode::INTERNAL_ERROR,
            Self::Extension(error) => match error.kind() {
                FaultKind::InvalidData => CloseCode::INVALID_PAYLOAD,
                _ => CloseCode::INTERNAL_ERROR,
            },
            Self::UnexpectedEof | Self::TimedOut(_) => return None,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::Close(error) => error.fmt(f),
            Self::InvalidUtf8 => f.write_str("text message is not UTF-8"),
            Self::MessageTooBig { limit } => write!(f, "message of more than {limit} bytes"),
            Self::TooManyFragments { limit } => write!(f, "message in more than {limit} frames"),
            Self::OutOfMemory => f.write_str("no memory for a message"),
            Self::Extension(error) => error.fmt(f),
            Self::UnexpectedEof => f.write_str("connection ended without a closing handshake"),
            Self::TimedOut(Timer::Pong) => f.write_str("peer sent nothing after a ping"),
            Self::TimedOut(Timer::Close) => f.write_str("peer did not answer the close"),
            Self::TimedOut(Timer::KeepAlive | Timer::Idle | Timer::Sleep) => {
                f.write_str("peer is silent")
            }
        }
    }
}

impl core::error::Error for Error {}

impl From<FrameError> for Error {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl From<CloseError> for Error {
    fn from(error: CloseError) -> Self {
        Self::Close(error)
    }
}

impl From<SessionError> for Error {
    fn from(error: SessionError) -> Self {
        Self::Extension(error)
    }
}

impl From<InvalidUtf8> for Error {
    fn from(_: InvalidUtf8) -> Self {
        Self::InvalidUtf8
    }
}

/// Why a deadline exists.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Timer {
    /// Then a Ping is sent ([`KeepAlive::interval`](crate::KeepAlive::interval)).
    KeepAlive,
    /// Then the connection fails ([`KeepAlive::timeout`](crate::KeepAlive::timeout)).
    Pong,
    /// Then the connection is closed ([`Config::idle_timeout`](crate::Config::idle_timeout)).
    Idle,
    /// Then extensions are put to sleep ([`Config::sleep_after`](crate::Config::sleep_after)).
    Sleep,
    /// Then the transport is given up ([`Config::close_timeout`](crate::Config::close_timeout)).
    Close,
}

/// What the caller did wrong: nothing was written, and the connection goes on as before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// A frame after our Close, which RFC 6455 §5.5.1 forbids, or after the connection failed.
    SendAfterClose,
    /// A Ping or Pong with more than 125 bytes (RFC 6455 §5.5).
    ControlTooLong,
    /// A close reason with more than 123 bytes (RFC 6455 §5.5).
    ReasonTooLong,
    /// A second message before the one that is sent in pieces is finished (RFC 6455 §5.4).
    MessageInProgress,
    /// A piece of a text message that cannot continue it, or cannot end it, as UTF-8 (RFC 6455
    /// §8.1).
    InvalidUtf8,
    /// An extension cannot encode any more: [`Writer::extension_failure`] tells why. Only a Close
    /// can still be sent, and what the peer sends still comes in.
    ///
    /// [`Writer::extension_failure`]: crate::Writer::extension_failure
    ExtensionFailed,
    /// What the version of the connection does not have; see [`Driver`](crate::Driver).
    Unsupported,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SendAfterClose => "nothing can be sent any more",
            Self::ControlTooLong => "ping or pong payload of more than 125 bytes",
            Self::ReasonTooLong => "close reason of more than 123 bytes",
            Self::MessageInProgress => "another message is not finished",
            Self::InvalidUtf8 => "text would not be UTF-8",
            Self::ExtensionFailed => "an extension cannot encode any more",
            Self::Unsupported => "not in this version of the protocol",
        })
    }
}

impl core::error::Error for Misuse {}

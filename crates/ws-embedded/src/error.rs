//! What the transport, the peer or the caller did wrong.

use core::fmt;

use ws_frame::{CloseCode, CloseError, FrameError};
use ws_handshake::bare::{RequestError, ResponseError, WriteError};

/// Why a call failed. `E` is the error of the stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Error<E> {
    /// The stream failed. If that was in writing, nothing can be sent any more, but what the peer
    /// had sent before can still be received.
    Io(E),
    /// The stream takes no more bytes, and says so without an error; as [`Io`](Self::Io).
    WriteZero,
    /// The stream has ended in the opening handshake, or without a closing one (RFC 6455 §7.1.5
    /// calls it 1006).
    UnexpectedEof,
    /// The peer broke a rule, and has been told as far as the stream took it. The connection is
    /// over.
    Protocol(ProtocolError),
    /// The peer goes on sending, 1 MiB since we have begun to close, and does not close itself.
    CloseUnanswered,
    /// The connection has failed before; that was told then.
    AlreadyFailed,
    /// The request broke a rule, and the client has been told as far as the stream took it.
    Request(RequestError),
    /// The application has refused the request, and the client has been told as far as the stream
    /// took it.
    Rejected,
    /// The response broke a rule.
    Response(ResponseError),
    /// The server has answered with this status instead of 101.
    Refused(u16),
    /// Our half of the opening handshake cannot be written: it does not fit into `tx`, or has what
    /// may not be said. A client has been told 500.
    Handshake(WriteError),
    /// The caller's mistake. Nothing was written, and the connection goes on as before.
    Misuse(Misuse),
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::WriteZero => f.write_str("stream takes no more bytes"),
            Self::UnexpectedEof => f.write_str("connection ended without a closing handshake"),
            Self::Protocol(error) => error.fmt(f),
            Self::CloseUnanswered => f.write_str("peer does not answer the close"),
            Self::AlreadyFailed => f.write_str("connection has failed before"),
            Self::Request(error) => error.fmt(f),
            Self::Rejected => f.write_str("request refused"),
            Self::Response(error) => error.fmt(f),
            Self::Refused(status) => write!(f, "server answered with status {status}"),
            Self::Handshake(error) => error.fmt(f),
            Self::Misuse(error) => error.fmt(f),
        }
    }
}

impl<E: core::error::Error> core::error::Error for Error<E> {}

impl<E> From<Misuse> for Error<E> {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}

/// The rule that the peer broke.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ProtocolError {
    /// A frame that breaks a rule of RFC 6455 §5.
    Frame(FrameError),
    /// A Close frame that breaks a rule of RFC 6455 §5.5.1.
    Close(CloseError),
    /// A text message that is not UTF-8 (RFC 6455 §8.1).
    InvalidUtf8,
    /// A message that does not fit into `rx`.
    MessageTooBig {
        /// The limit that it exceeds, in bytes.
        limit: usize,
    },
}

impl ProtocolError {
    /// What the peer is told (RFC 6455 §7.4.1).
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::InvalidUtf8 | Self::Close(CloseError::InvalidUtf8) => CloseCode::INVALID_PAYLOAD,
            Self::Frame(_) | Self::Close(_) => CloseCode::PROTOCOL_ERROR,
            Self::MessageTooBig { .. } => CloseCode::MESSAGE_TOO_BIG,
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::Close(error) => error.fmt(f),
            Self::InvalidUtf8 => f.write_str("text message is not UTF-8"),
            Self::MessageTooBig { limit } => write!(f, "message of more than {limit} bytes"),
        }
    }
}

impl core::error::Error for ProtocolError {}

impl From<FrameError> for ProtocolError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl From<CloseError> for ProtocolError {
    fn from(error: CloseError) -> Self {
        Self::Close(error)
    }
}

/// What the caller did wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// A buffer that is shorter than [`Buffers`](crate::Buffers) tells.
    BufferTooShort,
    /// A frame after our Close, which RFC 6455 §5.5.1 forbids, or after the connection failed or
    /// ended.
    SendAfterClose,
    /// A Ping or Pong with more than 125 bytes (RFC 6455 §5.5).
    ControlTooLong,
    /// A close reason with more than 123 bytes (RFC 6455 §5.5).
    ReasonTooLong,
    /// A message before the last fragment of another, or a fragment of the other kind (RFC 6455
    /// §5.4).
    MessageInProgress,
    /// A frame after one that was cancelled in its middle: nothing can be sent any more, not even a
    /// Close.
    Interrupted,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BufferTooShort => "buffer too short",
            Self::SendAfterClose => "nothing can be sent any more",
            Self::ControlTooLong => "ping or pong payload of more than 125 bytes",
            Self::ReasonTooLong => "close reason of more than 123 bytes",
            Self::MessageInProgress => "another message is not finished",
            Self::Interrupted => "a message was cancelled in its middle",
        })
    }
}

impl core::error::Error for Misuse {}

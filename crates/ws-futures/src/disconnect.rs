//! How it ended: one value for every way in which a connection, or an attempt at one, can end.

use std::fmt;
use std::io;

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{CloseCode, Closure};

use crate::{Error, Step, WebSocket};

/// How a connection ended, or why there was none: who ended it, with which code and reason,
/// cleanly or not, in which step, and what the error beneath was.
///
/// [`WebSocket::disconnect`] makes one of a connection, the halves of one do so too, and `From` makes
/// one of an error without.
///
/// ```
/// use ws_futures::{Disconnect, Error, Event, WebSocket};
///
/// # use futures_io::{AsyncRead, AsyncWrite};
/// async fn until_the_end<T>(mut socket: WebSocket<T>) -> Disconnect
/// where
///     T: AsyncRead + AsyncWrite + Unpin,
/// {
///     let error = loop {
///         match socket.receive().await {
///             Ok(Some(_)) => {}
///             Ok(None) => break None,
///             Err(error) => break Some(error),
///         }
///     };
///     socket.disconnect(error)
/// }
/// ```
#[derive(Debug)]
pub struct Disconnect {
    step: Step,
    by: By,
    code: Option<CloseCode>,
    reason: String,
    is_clean: bool,
    error: Option<Error>,
}

/// Who ended a connection.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum By {
    /// We did: with a Close, because the peer broke a rule, or because we waited long enough.
    Us,
    /// The peer did: with a Close, or by refusing the opening handshake.
    Peer,
    /// What is between us did: the network, a proxy, TLS.
    Transport,
}

impl Disconnect {
    /// In which step it ended.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// Who ended it.
    pub const fn by(&self) -> By {
        self.by
    }

    /// Whether there was a closing handshake (RFC 6455 §7.1.4).
    pub const fn is_clean(&self) -> bool {
        self.is_clean
    }

    /// The code of the Close: the peer's, or if there was none, the one that we sent because the
    /// peer broke a rule.
    pub const fn code(&self) -> Option<CloseCode> {
        self.code
    }

    /// The code as RFC 6455 §7.1.5 and §7.4.1 have it, with 1005 for a Close without one, 1006 for
    /// no Close, and 1015 for a TLS handshake that failed: for logs and for other APIs.
    pub fn status(&self) -> u16 {
        match self.code {
            Some(code) => code.get(),
            None if self.is_clean => 1005,
            None if self.step == Step::Tls => 1015,
            None => 1006,
        }
    }

    /// The reason in the peer's Close, at most 123 bytes; it is the peer's text.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What went wrong; `None` after a closing handshake.
    pub const fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// The I/O error beneath, if there is one. A TLS library's is inside.
    pub fn io_error(&self) -> Option<&io::Error> {
        match self.error.as_ref()? {
            Error::Io(error) => Some(error),
            #[cfg(feature = "client")]
            Error::Dial(error) => error.io_error(),
            _ => None,
        }
    }

    fn failed(step: Step, error: Error) -> Self {
        Self {
            step,
            by: by(&error),
            code: match &error {
                Error::Protocol(error) => error.close_code(),
                _ => None,
            },
            reason: String::new(),
            is_clean: false,
            error: Some(error),
        }
    }
}

/// An error without a connection: of an attempt to get one.
impl From<Error> for Disconnect {
    fn from(error: Error) -> Self {
        let step = match &error {
            #[cfg(feature = "client")]
            Error::Dial(error) => error.step(),
            Error::Url(_) => Step::Route,
            _ => Step::Handshake,
        };
        Self::failed(step, error)
    }
}

impl fmt::Display for Disconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = &self.error {
            return error.fmt(f);
        }
        let by = match self.by {
            By::Us => "us",
            By::Peer => "the peer",
            By::Transport => "the transport",
        };
        if !self.is_clean {
            return write!(f, "given up by {by}");
        }
        match self.code {
            Some(code) => write!(f, "closed by {by} with {}", code.get())?,
            None => write!(f, "closed by {by} without a code")?,
        }
        if self.reason.is_empty() {
            Ok(())
        } else {
            // It is the peer's: nothing in it moves a terminal's cursor.
            write!(f, ": {}", self.reason.escape_debug())
        }
    }
}

impl std::error::Error for Disconnect {
    /// What lies below the error that `Display` shows already.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.as_ref().and_then(std::error::Error::source)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocket<T> {
    /// How it ended, if `error` is what the last operation returned. Before the end, it is given up
    /// by us.
    pub fn disconnect(&mut self, error: Option<Error>) -> Disconnect {
        let closure = self.closure();
        if let Some(Closure::Clean { code, by, .. }) = closure {
            let by = if by == self.role() { By::Us } else { By::Peer };
            let reason = self.close_frame().map(|frame| frame.reason.to_owned());
            return Disconnect {
                step: Step::Closing,
                by,
                code,
                reason: reason.unwrap_or_default(),
                is_clean: true,
                error: None,
            };
        }
        let failure = match closure {
            Some(Closure::Failed(failure)) => Some(failure),
            _ => None,
        };
        // That nothing can be sent any more is no reason; nor is that the transport has ended, if
        // there is an error that says why.
        let error = match (error, failure) {
            (Some(error), None)
            | (Some(error @ Error::Io(_)), Some(ws_driver::Error::UnexpectedEof)) => Some(error),
            (_, failure) => failure.map(Error::from),
        };
        let ended_by_itself = match &error {
            Some(Error::Protocol(error)) => error.close_code().is_none(),
            _ => true,
        };
        // A Close that we sent because of the error begins no closing handshake.
        let step = if ended_by_itself && self.has_sent_close() {
            Step::Closing
        } else {
            Step::Open
        };
        match error {
            Some(error) => Disconnect::failed(step, error),
            None => Disconnect {
                step,
                by: By::Us,
                code: None,
                reason: String::new(),
                is_clean: false,
                error: None,
            },
        }
    }
}

fn by(error: &Error) -> By {
    match error {
        Error::Io(_) | Error::Protocol(ws_driver::Error::UnexpectedEof) => By::Transport,
        Error::Rejected(_) => By::Peer,
        #[cfg(feature = "client")]
        Error::Dial(error) => match error.cause() {
            crate::DialCause::TimedOut => By::Us,
            _ => By::Transport,
        },
        _ => By::Us,
    }
}

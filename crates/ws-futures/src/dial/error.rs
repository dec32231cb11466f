//! Why there is no way to a server, and in which step that turned out.

use std::fmt;
use std::io;

use ws_handshake::RedirectError;
use ws_proxy::{ConnectError, EnvironmentError, Refusal, SocksError};

use crate::Step;
use crate::deadline::Elapsed;

/// Why a client did not get to its server: what was wrong, in which step, with whom.
///
/// Nothing of the WebSocket's request has been sent, unless it is about a redirect. No credentials
/// are in it.
#[derive(Debug)]
pub struct DialError {
    step: Step,
    /// `host:port`.
    peer: String,
    /// Apart: with a proxy's answer in it, it is large.
    cause: Box<DialCause>,
}

/// What was wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum DialCause {
    /// The system, the network or TLS failed; a TLS library's error is inside.
    Io(io::Error),
    /// The step took too long, or all steps together.
    TimedOut,
    /// `wss`, or a proxy of that kind, needs TLS, and this build has none: switch the feature
    /// `rustls` on, or set a connector.
    TlsMissing,
    /// A variable of the environment names no proxy that can be spoken to. Nothing goes to the
    /// server directly then.
    Environment(EnvironmentError),
    /// The proxy asks for a user and a password, or for others.
    AuthenticationRequired(Refusal),
    /// The proxy has answered with any other status than 2xx.
    Refused(Refusal),
    /// The HTTP proxy's answer breaks a rule.
    Proxy(ConnectError),
    /// The SOCKS5 proxy refuses or breaks a rule.
    Socks(SocksError),
    /// The host or the credentials are none that the proxy can be told.
    Misuse(ws_proxy::Misuse),
    /// A redirect cannot be followed.
    Redirect(RedirectError),
}

impl DialError {
    pub(crate) fn new(step: Step, peer: impl fmt::Display, cause: impl Into<DialCause>) -> Self {
        Self {
            step,
            peer: peer.to_string(),
            cause: Box::new(cause.into()),
        }
    }

    /// In which step it turned out.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// With whom, as `host:port`: the server, or the proxy.
    pub fn peer(&self) -> &str {
        &self.peer
    }

    /// What was wrong.
    pub fn cause(&self) -> &DialCause {
        &self.cause
    }

    /// The I/O error beneath, if there is one; that of a TLS library is inside.
    pub fn io_error(&self) -> Option<&io::Error> {
        match &*self.cause {
            DialCause::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl DialCause {
    /// Whether there is no point in trying again: the proxy wants other credentials or is none,
    /// what is asked for cannot be asked, or there is no TLS.
    pub(crate) fn is_futile(&self) -> bool {
        match self {
            Self::AuthenticationRequired(_)
            | Self::Environment(_)
            | Self::Misuse(_)
            | Self::Redirect(_)
            | Self::Socks(
                SocksError::AuthenticationFailed
                | SocksError::NoAcceptableMethod
                | SocksError::Version(_),
            )
            | Self::TlsMissing => true,
            // Settings that make no TLS, names that cannot be verified, what a runtime lacks.
            Self::Io(error) => matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ),
            _ => false,
        }
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.step, self.peer, self.cause)
    }
}

impl std::error::Error for DialError {
    /// What lies below the cause that `Display` shows already.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.io_error().and_then(std::error::Error::source)
    }
}

impl fmt::Display for DialCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::TimedOut => f.write_str("took too long"),
            Self::TlsMissing => f.write_str("there is no TLS: see the feature `rustls`"),
            Self::Environment(error) => error.fmt(f),
            Self::AuthenticationRequired(refusal) => write!(
                f,
                "the proxy wants a user and a password, or others: status {}",
                refusal.status()
            ),
            Self::Refused(refusal) => {
                write!(f, "the proxy answered with status {}", refusal.status())
            }
            Self::Proxy(error) => error.fmt(f),
            Self::Socks(error) => error.fmt(f),
            Self::Misuse(misuse) => misuse.fmt(f),
            Self::Redirect(error) => error.fmt(f),
        }
    }
}

impl From<Elapsed> for DialCause {
    fn from(_: Elapsed) -> Self {
        Self::TimedOut
    }
}

macro_rules! from {
    ($($source:ty => $variant:ident),* $(,)?) => {$(
        impl From<$source> for DialCause {
            fn from(error: $source) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from! {
    io::Error => Io,
    EnvironmentError => Environment,
    ConnectError => Proxy,
    SocksError => Socks,
    ws_proxy::Misuse => Misuse,
    RedirectError => Redirect,
}

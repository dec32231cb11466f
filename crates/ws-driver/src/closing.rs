//! How a connection ends: RFC 6455 §7.
//!
//! The state is stored nowhere: it follows from what each half remembers.
//!
//! ```text
//!  close sent   close received   failed    state     then
//!  ----------   --------------   ------    -------   ----------------------------------------
//!      no             no           no      Open
//!      yes            no           no      Closing   the peer's Close is awaited
//!      yes            yes          no      Closed    the transport ends, the server first
//!      any            any          yes     Closed    the transport ends
//! ```
//! A peer's Close is answered in the same call (§5.5.1), so *received, not sent* does not occur.

use ws_frame::CloseCode;

use crate::{Error, Role};

/// Where the connection stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the table above has no other rows")]
pub enum State {
    /// Messages go both ways.
    Open,
    /// Our Close is out, the peer's has not come: messages still come in, none go out.
    Closing,
    /// Both Closes are exchanged, or the connection failed.
    Closed,
}

impl State {
    pub(crate) fn derive(close_sent: bool, close_received: bool, failed: bool) -> Self {
        match (close_sent, close_received, failed) {
            (_, _, true) | (true, true, _) => Self::Closed,
            (false, false, false) => Self::Open,
            (true, false, false) | (false, true, false) => Self::Closing,
        }
    }
}

/// How the connection ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Closure {
    /// With a closing handshake (RFC 6455 §7.1.4).
    #[non_exhaustive]
    Clean {
        /// The code of the peer's Close; `None` if it had none, which RFC 6455 §7.1.5 calls 1005.
        code: Option<CloseCode>,
        /// Who sent the first Close; if both did at once, we.
        by: Role,
    },
    /// Without one, which RFC 6455 §7.1.5 calls 1006.
    Failed(Error),
}

impl Closure {
    /// Whether there was a closing handshake.
    pub const fn is_clean(&self) -> bool {
        matches!(self, Self::Clean { .. })
    }
}

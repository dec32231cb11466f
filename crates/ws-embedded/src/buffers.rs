//! The memory that a connection has.

use core::fmt;

use crate::Misuse;

/// The two buffers of a connection, which are lent to it for as long as it lives.
///
/// | buffer | holds | so its length is |
/// |---|---|---|
/// | `rx` | the peer's handshake; later one message, and what was read behind it | a byte more than the longest message that is received whole, and enough for the longest handshake: a browser's, with its cookies |
/// | `tx` | our handshake; later frames that are to be written | at least 131 and enough for our handshake; for one write per message, 14 more than the message |
pub struct Buffers<'b> {
    pub(crate) rx: &'b mut [u8],
    pub(crate) tx: &'b mut [u8],
    pub(crate) flushes: bool,
}

impl<'b> Buffers<'b> {
    /// The shortest `rx` in bytes.
    pub const MIN_RX: usize = 16;
    /// The shortest `tx` in bytes: a Pong of a client.
    pub const MIN_TX: usize = 131;

    /// To receive into `rx`, and to send from `tx`.
    pub const fn new(rx: &'b mut [u8], tx: &'b mut [u8]) -> Self {
        Self {
            rx,
            tx,
            flushes: true,
        }
    }

    /// For a transport that sends what it is given without being told to.
    ///
    /// What is written is flushed as a rule before anything is waited for, since TLS and others
    /// hold it back until then. But a TCP socket of embassy-net sends at once, and its flush waits
    /// until the peer has acknowledged, which can take as long as a peer's delayed acknowledgement.
    ///
    /// With this flushes only [`flush`](crate::WebSocket::flush) and what ends a connection: a
    /// Close, ours or an answer, and the refusal of a request. Such a socket drops with it what it
    /// has not sent.
    pub const fn without_flush(mut self) -> Self {
        self.flushes = false;
        self
    }

    pub(crate) const fn check(&self) -> Result<(), Misuse> {
        if self.rx.len() < Self::MIN_RX || self.tx.len() < Self::MIN_TX {
            Err(Misuse::BufferTooShort)
        } else {
            Ok(())
        }
    }
}

/// Says nothing of what they hold.
impl fmt::Debug for Buffers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffers")
            .field("rx", &self.rx.len())
            .field("tx", &self.tx.len())
            .field("flushes", &self.flushes)
            .finish()
    }
}

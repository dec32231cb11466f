//! What is sent before the connection is open.

use alloc::vec::Vec;

use super::{Connection, Version};
use crate::Config;

/// The server's end of hixie-76 between its response head and its proof.
///
/// The client sends eight bytes behind the head of its request (hixie-76, 1.3), which a proxy may
/// hold back until it has seen the head of the response. So a server answers first and proves
/// itself later; what it sends meanwhile waits here, because the proof must come first.
///
/// Nothing that a peer does makes this grow. A server that gives up before the connection is open
/// drops it, and then nothing of it was written.
///
/// ```
/// use ws_driver::Config;
/// use ws_driver::hixie::Opening;
///
/// let mut opening = Opening::new(&Config::server());
/// opening.send("welcome");
/// // The handshake has read the eight bytes and written the proof.
/// let mut out = b"fQJ,fN/4F4!~K~MH".to_vec();
/// let mut connection = opening.open(&mut out);
/// connection.send("bye", &mut out)?;
/// assert_eq!(out, b"fQJ,fN/4F4!~K~MH\x00welcome\xff\x00bye\xff");
/// # Ok::<(), ws_driver::Misuse>(())
/// ```
#[derive(Debug)]
pub struct Opening {
    connection: Connection,
    queue: Vec<u8>,
}

impl Opening {
    /// Stands right behind the head of the response.
    pub fn new(config: &Config) -> Self {
        Self {
            connection: Connection::server(Version::Hixie76, config),
            queue: Vec::new(),
        }
    }

    /// Queues a message.
    pub fn send(&mut self, text: &str) {
        // Only after a Close can this fail.
        let _ = self.connection.send(text, &mut self.queue);
    }

    /// Opens the connection, once the proof is in `out`: appends what was queued, in order.
    pub fn open(mut self, out: &mut Vec<u8>) -> Connection {
        out.append(&mut self.queue);
        self.connection
    }
}

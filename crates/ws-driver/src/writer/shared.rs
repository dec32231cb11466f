//! Messages that go out on many connections, framed and encoded once.

use alloc::vec::Vec;

use ws_extensions::{Variant, Wish};
use ws_frame::{Header, Rsv};

use super::{Writer, opcode};
use crate::{Message, Misuse};

/// What connections have in common that can send the same frame: the same extensions, as far as
/// they matter to who encodes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Shape(Option<Variant>);

impl Writer {
    /// What other connections must have in common with this one to share frames; `None` if it
    /// shares none: a client masks each frame with a key of its own (RFC 6455 §5.3), and not all
    /// extensions can.
    pub fn shape(&self) -> Option<Shape> {
        if self.is_client() {
            return None;
        }
        match &self.encoders {
            None => Some(Shape(None)),
            Some(encoders) => encoders.variant().map(|variant| Shape(Some(variant))),
        }
    }

    /// Appends the frame with which `message` goes out on every connection of this one's
    /// [shape](Self::shape). Nothing is sent yet: on each of them the frame goes out behind its
    /// `out`, and [`pass`](Self::pass) takes note of that.
    ///
    /// ```
    /// use ws_driver::{Config, Connection, Message};
    ///
    /// let mut connections = [0; 3].map(|_| Connection::server(&Config::server()));
    /// let message = Message::Text("to all");
    /// let mut frame = Vec::new();
    /// assert!(connections[0].split_mut().1.share(message, &mut frame));
    /// for connection in &mut connections {
    ///     connection.split_mut().1.pass(message, &frame)?;
    ///     // Write all of this connection's `out`, and then `frame`.
    /// }
    /// assert_eq!(frame, b"\x81\x06to all");
    /// # Ok::<(), ws_driver::Misuse>(())
    /// ```
    ///
    /// `false` if this connection shares none, or the extension fails; then nothing is appended.
    pub fn share(&self, message: Message<'_>, out: &mut Vec<u8>) -> bool {
        if self.shape().is_none() {
            return false;
        }
        let start = out.len();
        let bytes = message.as_bytes();
        // The header stands in front, and is longest for what is longest.
        out.resize(start + Header::MAX_LEN, 0);
        let mut rsv = Rsv::NONE;
        let standalone = self.encoders.as_ref().map(|all| all.standalone());
        match standalone {
            None => out.extend_from_slice(bytes),
            Some(None) => {
                out.truncate(start);
                return false;
            }
            Some(Some(mut encoder)) => match encoder.start(Some(bytes.len()), Wish::Auto) {
                None => out.extend_from_slice(bytes),
                Some(bits) => {
                    rsv = bits;
                    if encoder.encode(bytes, true, out).is_err() {
                        out.truncate(start);
                        return false;
                    }
                }
            },
        }
        let payload = start + Header::MAX_LEN;
        let header = Header {
            fin: true,
            rsv,
            opcode: opcode(message.kind()),
            mask: None,
            payload_len: (out.len() - payload) as u64,
        };
        let header = header.encode();
        out.copy_within(payload.., start + header.len());
        out.truncate(out.len() - (Header::MAX_LEN - header.len()));
        out[start..start + header.len()].copy_from_slice(&header);
        true
    }

    /// Takes note that `message` goes out as `frame`, which a connection of the same
    /// [shape](Self::shape) has [shared](Self::share), behind all that is in `out`.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send); then `frame` must not be written.
    pub fn pass(&mut self, message: Message<'_>, frame: &[u8]) -> Result<(), Misuse> {
        self.admit_message()?;
        let encoded = match Header::decode(frame) {
            Ok(Some((header, _))) => {
                self.sent.frame(header.payload_len);
                !header.rsv.is_empty()
            }
            _ => false,
        };
        if let Some(encoders) = &mut self.encoders {
            if encoders.failure().is_some() {
                return Err(Misuse::ExtensionFailed);
            }
            if encoded {
                encoders.passed(message.as_bytes());
            }
        }
        self.appended += frame.len() as u64;
        self.note_message();
        Ok(())
    }
}

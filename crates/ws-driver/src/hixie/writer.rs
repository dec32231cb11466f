//! Texts to frames: the outbound half.

use alloc::vec::Vec;

use ws_frame::hixie::{CLOSE, TEXT_END, TEXT_START, Version};

use super::Outgoing;
use super::outgoing::Gathered;
use crate::{Config, Error, Misuse, Traffic};

/// The outbound half of a connection: appends frames to `out`, remembers *close sent*.
#[derive(Debug)]
pub struct Writer {
    version: Version,
    /// The text that is sent in pieces, and how long it may be.
    pub(super) gathered: Option<Gathered>,
    pub(super) limit: usize,
    pub(super) close_sent: bool,
    /// The connection failed: nothing can be sent any more.
    failed: bool,
    /// A message was sent since the last tick.
    pub(super) activity: bool,
    pub(super) sent: Traffic,
}

impl Writer {
    pub(super) fn new(version: Version, config: &Config) -> Self {
        Self {
            version,
            gathered: None,
            limit: config.max_message_size,
            close_sent: false,
            failed: false,
            activity: false,
            sent: Traffic::default(),
        }
    }

    /// Appends a message.
    ///
    /// # Errors
    ///
    /// After our Close, after the connection failed, and while a text that is sent in pieces is
    /// unfinished.
    pub fn send(&mut self, text: &str, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.admit_message()?;
        out.reserve(text.len() + 2);
        out.push(TEXT_START);
        out.extend_from_slice(text.as_bytes());
        out.push(TEXT_END);
        self.sent.frame(text.len() as u64);
        self.sent.messages += 1;
        self.activity = true;
        Ok(())
    }

    /// Begins a text that comes in pieces; see [`Outgoing`].
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn start(&mut self) -> Result<Outgoing<'_>, Misuse> {
        self.admit_message()?;
        self.gathered = Some(Gathered::default());
        Ok(Outgoing { writer: self })
    }

    /// The text that was begun and not finished, to go on with it; our Close has ended it.
    pub fn resume(&mut self) -> Option<Outgoing<'_>> {
        self.gathered.is_some().then_some(Outgoing { writer: self })
    }

    /// Closes; see [`Connection::close`](super::Connection::close).
    ///
    /// # Errors
    ///
    /// After our Close, and after the connection failed.
    pub fn close(&mut self, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.admit()?;
        self.say_close(out);
        Ok(())
    }

    /// Whether nothing more can be sent: our Close has been, or the connection failed.
    pub fn is_closed(&self) -> bool {
        self.close_sent || self.failed
    }

    /// Whether our Close has been sent, as the first or as the answer.
    pub fn has_sent_close(&self) -> bool {
        self.close_sent
    }

    /// Whether nothing more is awaited either: hixie-75 ends as soon as one end does.
    pub(super) fn has_ended(&self) -> bool {
        self.close_sent && self.version == Version::Hixie75
    }

    /// Answers the peer's Close, unless ours is out already.
    pub(super) fn answer_close(&mut self, out: &mut Vec<u8>) {
        if !self.is_closed() {
            self.say_close(out);
        }
    }

    /// That the connection ends is all that the peer can be told, and only in hixie-76.
    pub(super) fn fail(&mut self, error: &Error, out: &mut Vec<u8>) {
        let can_tell = error.close_code().is_some() && self.version == Version::Hixie76;
        if can_tell && !self.is_closed() {
            self.say_close(out);
        }
        self.failed = true;
        self.gathered = None;
    }

    pub(super) fn admit(&self) -> Result<(), Misuse> {
        if self.is_closed() {
            Err(Misuse::SendAfterClose)
        } else {
            Ok(())
        }
    }

    fn admit_message(&self) -> Result<(), Misuse> {
        self.admit()?;
        if self.gathered.is_some() {
            return Err(Misuse::MessageInProgress);
        }
        Ok(())
    }

    fn say_close(&mut self, out: &mut Vec<u8>) {
        if self.version == Version::Hixie76 {
            out.extend_from_slice(&CLOSE);
        }
        self.close_sent = true;
        self.gathered = None;
    }
}

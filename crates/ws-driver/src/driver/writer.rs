//! The outbound half of any version.

use alloc::vec::Vec;

use ws_extensions::{SessionError, Wish};
use ws_frame::{CloseFrame, EncodedHeader};

#[cfg(feature = "drafts")]
use super::{
    ScrambledFrames,
    hixie::{TextsOutgoing, TextsWriter},
    rarely,
};
#[cfg(feature = "drafts")]
use crate::hixie::Writer as TextWriter;
use crate::{Instant, Kind, Message, Misuse, Outgoing, PingId, Shape, Writer};

/// The outbound half of a [`Driver`](crate::Driver), with the verbs of [`Writer`].
///
/// What a version lacks is [`Misuse::Unsupported`].
#[derive(Debug)]
pub struct DriverWriter<'w>(Half<'w>);

#[derive(Debug)]
pub(super) enum Half<'w> {
    Rfc6455(&'w mut Writer),
    #[cfg(feature = "drafts")]
    Rare(Rare<'w>),
}

#[cfg(feature = "drafts")]
#[derive(Debug)]
pub(super) enum Rare<'w> {
    Scrambled(&'w mut Writer<ScrambledFrames>),
    Texts(TextsWriter<'w>),
}

impl<'w> DriverWriter<'w> {
    /// The same for a while.
    #[inline]
    pub fn reborrow(&mut self) -> DriverWriter<'_> {
        DriverWriter(match &mut self.0 {
            Half::Rfc6455(writer) => Half::Rfc6455(writer),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Scrambled(writer)) => Half::Rare(Rare::Scrambled(writer)),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Texts(writer)) => Half::Rare(Rare::Texts(writer.reborrow())),
        })
    }

    /// Appends a whole message.
    ///
    /// # Errors
    ///
    /// After our Close, while a message that is sent in pieces is unfinished, and for a kind that
    /// the version does not have.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a comparison and a call; what is called is large, and would be taken in here"
    )]
    pub fn send(&mut self, message: Message<'_>, out: &mut Vec<u8>) -> Result<(), Misuse> {
        each!(Half, Rare, self.reborrow().0, it => it.send(message, out))
    }

    /// As [`send`](Self::send), with a wish for extensions, which only the versions from 7 on
    /// have; see [`Writer::send_with`].
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_with(
        &mut self,
        message: Message<'_>,
        wish: Wish,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        match &mut self.0 {
            Half::Rfc6455(writer) => writer.send_with(message, wish, out),
            #[cfg(feature = "drafts")]
            Half::Rare(_) => self.send(message, out),
        }
    }

    /// What other connections must have in common with this one to share frames; see
    /// [`Writer::shape`]. `None` before version 7.
    pub fn shape(&self) -> Option<Shape> {
        self.usual().and_then(Writer::shape)
    }

    /// Appends the frame that connections of this one's shape can share; see [`Writer::share`].
    pub fn share(&self, message: Message<'_>, out: &mut Vec<u8>) -> bool {
        self.usual()
            .is_some_and(|writer| writer.share(message, out))
    }

    /// Takes note that `message` goes out as `frame`; see [`Writer::pass`].
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send), and [`Misuse::Unsupported`] where nothing can be
    /// [shared](Self::shape).
    pub fn pass(&mut self, message: Message<'_>, frame: &[u8]) -> Result<(), Misuse> {
        match &mut self.0 {
            Half::Rfc6455(writer) => writer.pass(message, frame),
            #[cfg(feature = "drafts")]
            Half::Rare(_) => Err(Misuse::Unsupported),
        }
    }

    /// Why extensions encode nothing any more; see [`Writer::extension_failure`].
    pub fn extension_failure(&self) -> Option<SessionError> {
        self.usual().and_then(Writer::extension_failure)
    }

    #[cfg_attr(
        not(feature = "drafts"),
        expect(clippy::unnecessary_wraps, reason = "there is no other then")
    )]
    fn usual(&self) -> Option<&Writer> {
        match &self.0 {
            Half::Rfc6455(writer) => Some(writer),
            #[cfg(feature = "drafts")]
            Half::Rare(_) => None,
        }
    }

    /// The header alone of a message whose payload goes out as it is, in front of the payload and
    /// of nothing behind it; see [`Writer::send_header`]. `None` where [`send`](Self::send) must
    /// be used.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_header(&mut self, message: Message<'_>) -> Result<Option<EncodedHeader>, Misuse> {
        match &mut self.0 {
            Half::Rfc6455(writer) => writer.send_header(message),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Scrambled(writer)) => writer.send_header(message),
            // Something goes behind a text.
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Texts(_)) => Ok(None),
        }
    }

    /// Begins a message that is sent in pieces; see [`Writer::start`]. hixie-75 and hixie-76
    /// gather them until the last.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn start(&mut self, kind: Kind) -> Result<DriverOutgoing<'_>, Misuse> {
        self.reborrow().into_start(kind)
    }

    /// As [`start`](Self::start), with a wish for extensions; see [`Writer::start_with`].
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn start_with(&mut self, kind: Kind, wish: Wish) -> Result<DriverOutgoing<'_>, Misuse> {
        match self.reborrow().0 {
            Half::Rfc6455(writer) => writer.start_with(kind, wish).map(DriverOutgoing::from),
            #[cfg(feature = "drafts")]
            Half::Rare(rare) => DriverWriter(Half::Rare(rare)).into_start(kind),
        }
    }

    /// The message that was begun and not finished, to go on with it.
    pub fn resume(&mut self) -> Option<DriverOutgoing<'_>> {
        each!(Half, Rare, &mut self.0, it => it.resume().map(DriverOutgoing::from))
    }

    /// Appends a Ping, and names it; see [`Writer::ping`].
    ///
    /// # Errors
    ///
    /// After our Close, for more than 125 bytes, and if the version has no pings.
    pub fn ping(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<PingId, Misuse> {
        match &mut self.0 {
            Half::Rfc6455(writer) => writer.ping(payload, out),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Scrambled(writer)) => writer.ping(payload, out),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Texts(_)) => Err(Misuse::Unsupported),
        }
    }

    /// Tells the time to the pings; see [`Writer::time_pings`].
    pub fn time_pings(&mut self, now: Instant) {
        match &mut self.0 {
            Half::Rfc6455(writer) => writer.time_pings(now),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Scrambled(writer)) => writer.time_pings(now),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Texts(_)) => {}
        }
    }

    /// Appends a Pong that nobody asked for; see [`Writer::pong`].
    ///
    /// # Errors
    ///
    /// After our Close, for more than 125 bytes, and before version 7.
    pub fn pong(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Misuse> {
        match &mut self.0 {
            Half::Rfc6455(writer) => writer.pong(payload, out),
            #[cfg(feature = "drafts")]
            Half::Rare(_) => Err(Misuse::Unsupported),
        }
    }

    /// Appends our Close, after which nothing more can be sent. Before version 6 it does not say
    /// what `frame` says, and hixie-75 closes without a word.
    ///
    /// # Errors
    ///
    /// After our Close, and for a reason of more than 123 bytes.
    pub fn close(
        &mut self,
        frame: Option<CloseFrame<'_>>,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        each!(Half, Rare, self.reborrow().0, it => it.close(frame, out))
    }

    /// Whether nothing more can be sent: our Close has been, or the connection failed.
    pub fn is_closed(&self) -> bool {
        each!(Half, Rare, &self.0, it => it.is_closed())
    }

    /// See [`Writer::has_sent_close`].
    pub fn has_sent_close(&self) -> bool {
        each!(Half, Rare, &self.0, it => it.has_sent_close())
    }

    /// Tells that `len` more bytes of what was appended have been written; see
    /// [`Writer::written`].
    #[inline]
    pub fn written(&mut self, len: usize) {
        match self.reborrow().0 {
            Half::Rfc6455(writer) => writer.written(len),
            #[cfg(feature = "drafts")]
            Half::Rare(rare) => rarely(|| match rare {
                Rare::Scrambled(writer) => writer.written(len),
                // Nothing waits for it: there are no pings.
                Rare::Texts(_) => {}
            }),
        }
    }

    /// Whether a Pong waits until those before it have been written; see
    /// [`Writer::has_waiting_pong`].
    #[inline]
    pub fn has_waiting_pong(&self) -> bool {
        match &self.0 {
            Half::Rfc6455(writer) => writer.has_waiting_pong(),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Scrambled(writer)) => writer.has_waiting_pong(),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Texts(_)) => false,
        }
    }

    /// As [`start`](Self::start), for as long as the connection is borrowed.
    pub(super) fn into_start(self, kind: Kind) -> Result<DriverOutgoing<'w>, Misuse> {
        each!(Half, Rare, self.0, it => it.start(kind).map(DriverOutgoing::from))
    }

    /// For the other half, which answers with this.
    #[inline]
    pub(super) fn half(self) -> Half<'w> {
        self.0
    }
}

impl<'w> From<&'w mut Writer> for DriverWriter<'w> {
    #[inline]
    fn from(writer: &'w mut Writer) -> Self {
        Self(Half::Rfc6455(writer))
    }
}

#[cfg(feature = "drafts")]
impl<'w> From<&'w mut Writer<ScrambledFrames>> for DriverWriter<'w> {
    #[inline]
    fn from(writer: &'w mut Writer<ScrambledFrames>) -> Self {
        Self(Half::Rare(Rare::Scrambled(writer)))
    }
}

#[cfg(feature = "drafts")]
impl<'w> From<&'w mut TextWriter> for DriverWriter<'w> {
    #[inline]
    fn from(writer: &'w mut TextWriter) -> Self {
        Self(Half::Rare(Rare::Texts(TextsWriter::new(writer))))
    }
}

/// A message on its way out in pieces; see [`Outgoing`].
#[derive(Debug)]
pub struct DriverOutgoing<'w>(Pieces<'w>);

#[derive(Debug)]
enum Pieces<'w> {
    Rfc6455(Outgoing<'w>),
    #[cfg(feature = "drafts")]
    Scrambled(Outgoing<'w, ScrambledFrames>),
    #[cfg(feature = "drafts")]
    Texts(TextsOutgoing<'w>),
}

impl DriverOutgoing<'_> {
    /// Appends `piece`, or keeps it where a message goes out only when it is finished. A text may
    /// be cut anywhere, even inside a code point.
    ///
    /// # Errors
    ///
    /// After our Close, and if `piece` cannot continue the text as UTF-8; then another may be
    /// tried. [`Misuse::Unsupported`] above
    /// [`max_message_size`](crate::Config::max_message_size) where it must be kept.
    pub fn write(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Misuse> {
        match &mut self.0 {
            Pieces::Rfc6455(outgoing) => outgoing.write(piece, out),
            #[cfg(feature = "drafts")]
            Pieces::Scrambled(outgoing) => outgoing.write(piece, out),
            #[cfg(feature = "drafts")]
            Pieces::Texts(outgoing) => outgoing.write(piece),
        }
    }

    /// Appends the last piece, which may be empty, and ends the message.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write), and if the text ends inside a code point.
    pub fn finish(self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Misuse> {
        match self.0 {
            Pieces::Rfc6455(outgoing) => outgoing.finish(piece, out),
            #[cfg(feature = "drafts")]
            Pieces::Scrambled(outgoing) => outgoing.finish(piece, out),
            #[cfg(feature = "drafts")]
            Pieces::Texts(outgoing) => outgoing.finish(piece, out),
        }
    }
}

impl<'w> From<Outgoing<'w>> for DriverOutgoing<'w> {
    fn from(outgoing: Outgoing<'w>) -> Self {
        Self(Pieces::Rfc6455(outgoing))
    }
}

#[cfg(feature = "drafts")]
impl<'w> From<Outgoing<'w, ScrambledFrames>> for DriverOutgoing<'w> {
    fn from(outgoing: Outgoing<'w, ScrambledFrames>) -> Self {
        Self(Pieces::Scrambled(outgoing))
    }
}

#[cfg(feature = "drafts")]
impl<'w> From<TextsOutgoing<'w>> for DriverOutgoing<'w> {
    fn from(outgoing: TextsOutgoing<'w>) -> Self {
        Self(Pieces::Texts(outgoing))
    }
}

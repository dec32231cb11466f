//! Messages to frames: the outbound half.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt::Write;

use ws_extensions::{Encoders, Wish};
use ws_frame::{
    CloseCode, CloseFrame, ControlPayload, EncodedHeader, FrameDecoder, Framing, Header, MaskKey,
    OpCode, Rsv, Sealing, Utf8Decoder,
};

use crate::entropy::KeyStream;
use crate::pings::Pings;
use crate::pongs::Pongs;
use crate::{Error, Instant, Kind, Message, Misuse, PingId, Seed, Traffic};

mod encoded;
mod outgoing;
mod shared;

pub use outgoing::Outgoing;
pub use shared::Shape;

/// The outbound half of a connection: appends frames to `out`, remembers *close sent*.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each told apart below"
)]
pub struct Writer<F: Framing = FrameDecoder> {
    sealer: F::Sealer,
    /// `Some` on clients, which mask.
    keys: Option<Box<KeyStream>>,
    /// What transforms messages.
    encoders: Option<Box<Encoders>>,
    /// The message that is sent in pieces.
    outgoing: Option<Open>,
    pub(crate) pongs: Pongs,
    pub(crate) pings: Option<Box<Pings>>,
    pub(crate) close_sent: bool,
    /// The connection failed: nothing can be sent any more.
    failed: bool,
    /// A message, or a piece of one, was sent since the last tick.
    pub(crate) activity: bool,
    /// Something was written since the last tick.
    pub(crate) progress: bool,
    pub(crate) sent: Traffic,
    /// Bytes of all frames so far, and how many of them have been written.
    appended: u64,
    written: u64,
}

/// A message of which some frames may have been sent.
#[derive(Clone, Copy, Debug)]
struct Open {
    kind: Kind,
    wish: Wish,
    started: bool,
    /// Extensions take part in it.
    encoded: bool,
    utf8: Utf8Decoder,
}

impl<F: Framing> Writer<F> {
    pub(crate) fn new(seed: Option<Seed>, sealer: F::Sealer) -> Self {
        Self {
            sealer,
            keys: seed.map(|seed| Box::new(KeyStream::new(seed))),
            encoders: None,
            outgoing: None,
            pongs: Pongs::default(),
            pings: None,
            close_sent: false,
            failed: false,
            activity: false,
            progress: false,
            sent: Traffic::default(),
            appended: 0,
            written: 0,
        }
    }

    /// Appends a whole message in one frame.
    ///
    /// # Errors
    ///
    /// After our Close, while a message that is sent in pieces is unfinished, and once an
    /// extension has failed.
    #[inline]
    pub fn send(&mut self, message: Message<'_>, out: &mut Vec<u8>) -> Result<(), Misuse> {
        if self.encoders.is_some() {
            return self.send_with(message, Wish::Auto, out);
        }
        self.admit_message()?;
        self.frame(true, opcode(message.kind()), message.as_bytes(), out);
        self.note_message();
        Ok(())
    }

    /// The header alone of a message whose payload goes out as it is: the caller must write the
    /// header and then the payload, in this order, behind everything that is in `out`.
    ///
    /// So a large payload is written from where it lies, without a copy. `None` where the
    /// payload may have to be transformed first, by an extension, or as every client's must be
    /// masked (RFC 6455 §5.3):
    /// [`send`](Self::send) does that.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_header(&mut self, message: Message<'_>) -> Result<Option<EncodedHeader>, Misuse> {
        if self.keys.is_some() || self.encoders.is_some() {
            return Ok(None);
        }
        self.admit_message()?;
        let opcode = opcode(message.kind());
        let (header, _) = self.header(true, opcode, Rsv::NONE, message.len(), None);
        self.note_message();
        Ok(Some(header))
    }

    /// Begins a message that is sent in pieces, each in a frame of its own (RFC 6455 §5.4), for
    /// what is larger than anyone wants to hold. Nothing is written yet.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn start(&mut self, kind: Kind) -> Result<Outgoing<'_, F>, Misuse> {
        self.start_with(kind, Wish::Auto)
    }

    /// As [`start`](Self::start), with a wish for extensions that choose for each message.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn start_with(&mut self, kind: Kind, wish: Wish) -> Result<Outgoing<'_, F>, Misuse> {
        self.admit_message()?;
        self.outgoing = Some(Open {
            kind,
            wish,
            started: false,
            encoded: false,
            utf8: Utf8Decoder::new(),
        });
        Ok(Outgoing { writer: self })
    }

    /// The message that was begun and not finished, to go on with it.
    pub fn resume(&mut self) -> Option<Outgoing<'_, F>> {
        self.outgoing.is_some().then_some(Outgoing { writer: self })
    }

    /// Appends a Ping. Its name comes back in [`Event::Pong`](crate::Event::Pong) when the peer
    /// answers it, or a later one.
    ///
    /// # Errors
    ///
    /// After our Close, and for more than 125 bytes.
    pub fn ping(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<PingId, Misuse> {
        let payload = self.admit_control(payload)?;
        self.control_frame(OpCode::Ping, &payload, out);
        Ok(self.pings.get_or_insert_default().sent(payload))
    }

    /// Tells the time to the pings: anchors those that were written since it was last told, and
    /// measures the round trip of the last one that was answered.
    ///
    /// [`tick`](crate::Connection::tick) does this too; who calls this right after a Ping and on
    /// its Pong gets the round trip at once, and as exact as the time.
    pub fn time_pings(&mut self, now: Instant) {
        if let Some(pings) = &mut self.pings {
            pings.tick(now);
        }
    }

    /// Appends a Ping whose payload is its own name.
    pub(crate) fn ping_by_name(&mut self, out: &mut Vec<u8>) {
        let id = self.pings.get_or_insert_default().next_id();
        // Only after a Close can this fail, and then no ping is needed.
        let _ = self.ping(&id.to_bytes(), out);
    }

    /// Appends our Close, after which nothing more can be sent.
    ///
    /// # Errors
    ///
    /// After our Close, and for a reason of more than 123 bytes.
    pub fn close(
        &mut self,
        frame: Option<CloseFrame<'_>>,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        self.admit()?;
        let payload = match frame {
            Some(frame) => frame.encode().ok_or(Misuse::ReasonTooLong)?,
            None => ControlPayload::EMPTY,
        };
        self.close_with(&payload, out);
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

    /// Tells that `len` more bytes of what was appended have been written.
    ///
    /// Who writes all of `out` before the next receive need not call this: an empty `out` tells
    /// the same. Who keeps some of it must, or pongs wait for nothing and a slow reader is taken
    /// for a dead one.
    pub fn written(&mut self, len: usize) {
        self.written = self.appended.min(self.written.saturating_add(len as u64));
        self.progress |= len > 0;
        self.pongs.written(self.written);
    }

    /// How many bytes will have been appended once all there is has been written.
    pub(crate) fn appended(&self) -> u64 {
        self.appended
    }

    /// Whether all up to `offset` has been written.
    pub(crate) fn has_written(&self, offset: u64) -> bool {
        self.written >= offset
    }

    /// Whether a Pong waits until those before it have been written; the next
    /// [`advance`](crate::Reader::advance) or [`receive`](crate::Reader::receive) writes it.
    pub fn has_waiting_pong(&self) -> bool {
        self.pongs.is_waiting()
    }

    /// Whether this is a client's half.
    pub(crate) fn is_client(&self) -> bool {
        self.keys.is_some()
    }

    /// Answers a Ping, now or once `out` has been written (RFC 6455 §5.5.2).
    #[inline]
    pub(crate) fn answer_ping(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        if !self.is_closed() && self.pongs.admit(payload) {
            self.control_frame(OpCode::Pong, payload, out);
            self.pongs.appended(self.appended);
        }
    }

    /// Notes whether `out` has been written, and writes the Pong that waited for it.
    #[inline]
    pub(crate) fn settle(&mut self, starved: bool, out: &mut Vec<u8>) {
        if out.is_empty() && self.written < self.appended {
            self.written = self.appended;
            self.pongs.written(self.written);
        }
        if self.pongs.is_waiting() {
            self.write_newest_pong(starved, out);
        }
    }

    #[cold]
    fn write_newest_pong(&mut self, starved: bool, out: &mut Vec<u8>) {
        if let Some(payload) = self.pongs.take_newest(starved)
            && !self.is_closed()
        {
            self.control_frame(OpCode::Pong, &payload, out);
            self.pongs.appended(self.appended);
        }
    }

    /// Answers the peer's Close with the same payload, unless ours is out already
    /// (RFC 6455 §5.5.1).
    pub(crate) fn answer_close(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        if !self.is_closed() {
            self.close_with(payload, out);
        }
    }

    /// Tells the peer why the connection fails, as far as it can still be told (§7.1.7).
    pub(crate) fn fail(&mut self, error: &Error, out: &mut Vec<u8>) {
        let sent = self.is_closed();
        self.failed = true;
        self.outgoing = None;
        let Some(code) = error.close_code().filter(|_| !sent) else {
            return;
        };
        let mut payload = ControlPayload::EMPTY;
        let fits = payload.extend_from_slice(&code.get().to_be_bytes());
        debug_assert!(fits, "two bytes of 125");
        // A reason that is too long is cut, which is no error.
        let _ = write!(payload, "{error}");
        self.close_with(&payload, out);
    }

    /// Closes because nothing was to be said for too long.
    pub(crate) fn close_idle(&mut self, out: &mut Vec<u8>) {
        let frame = CloseFrame {
            code: CloseCode::GOING_AWAY,
            reason: "idle for too long",
        };
        // Only after a Close can this fail, and then it is not needed.
        let _ = self.close(Some(frame), out);
    }

    fn close_with(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        let payload = self.sealer.close_payload(payload);
        self.control_frame(OpCode::Close, payload, out);
        self.close_sent = true;
        self.outgoing = None;
    }

    #[inline]
    fn admit(&self) -> Result<(), Misuse> {
        if self.close_sent || self.failed {
            Err(Misuse::SendAfterClose)
        } else {
            Ok(())
        }
    }

    #[inline]
    fn admit_message(&self) -> Result<(), Misuse> {
        self.admit()?;
        // §5.4: the fragments of one message are not interleaved with those of another.
        if self.outgoing.is_some() {
            return Err(Misuse::MessageInProgress);
        }
        Ok(())
    }

    /// Notes that a whole message was sent.
    #[inline]
    fn note_message(&mut self) {
        self.sent.messages += 1;
        self.activity = true;
    }

    fn admit_control(&self, payload: &[u8]) -> Result<ControlPayload, Misuse> {
        self.admit()?;
        ControlPayload::new(payload).ok_or(Misuse::ControlTooLong)
    }

    /// Apart from messages, so that the compiler has only these to take in where they are sent.
    #[inline(never)]
    fn control_frame(&mut self, opcode: OpCode, payload: &[u8], out: &mut Vec<u8>) {
        self.frame(true, opcode, payload, out);
    }

    /// Where frames are written, but those that extensions make.
    #[inline]
    fn frame(&mut self, fin: bool, opcode: OpCode, payload: &[u8], out: &mut Vec<u8>) {
        match &mut self.keys {
            None => {
                self.begin_frame(fin, opcode, None, payload.len(), out);
                out.extend_from_slice(payload);
            }
            Some(keys) => {
                let key = keys.next();
                self.masked_frame(fin, opcode, key, payload, out);
            }
        }
    }

    #[inline(never)]
    fn masked_frame(
        &mut self,
        fin: bool,
        opcode: OpCode,
        key: MaskKey,
        payload: &[u8],
        out: &mut Vec<u8>,
    ) {
        let mask = self.begin_frame(fin, opcode, Some(key), payload.len(), out);
        let Some(mut mask) = mask else {
            return;
        };
        // Copied and masked block by block, so that the second pass is in the cache.
        for block in payload.chunks(BLOCK) {
            let start = out.len();
            out.extend_from_slice(block);
            F::Sealer::mask(&mut mask, &mut out[start..]);
        }
    }

    /// Appends a header, and makes room for its payload; gives what the payload is masked with.
    #[inline]
    fn begin_frame(
        &mut self,
        fin: bool,
        opcode: OpCode,
        mask: Option<MaskKey>,
        len: usize,
        out: &mut Vec<u8>,
    ) -> Option<<F::Sealer as Sealing>::Mask> {
        let (header, mask) = self.header(fin, opcode, Rsv::NONE, len, mask);
        out.reserve(Header::MAX_LEN + len);
        let end = out.len() + header.len();
        out.extend_from_slice(header.padded());
        out.truncate(end);
        mask
    }

    #[inline]
    fn header(
        &mut self,
        fin: bool,
        opcode: OpCode,
        rsv: Rsv,
        len: usize,
        mask: Option<MaskKey>,
    ) -> (EncodedHeader, Option<<F::Sealer as Sealing>::Mask>) {
        let payload_len = len as u64;
        self.sent.frame(payload_len);
        let header = Header {
            fin,
            rsv,
            opcode,
            mask,
            payload_len,
        };
        let (encoded, mask) = self.sealer.seal(&header);
        self.appended += encoded.len() as u64 + payload_len;
        (encoded, mask)
    }
}

impl Writer {
    /// Appends a Pong that nobody asked for, a heartbeat of one direction (RFC 6455 §5.5.3).
    /// Pings are answered without it, and no draft before version 7 knows it.
    ///
    /// # Errors
    ///
    /// Those of [`ping`](Self::ping).
    pub fn pong(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Misuse> {
        let payload = self.admit_control(payload)?;
        self.control_frame(OpCode::Pong, &payload, out);
        Ok(())
    }
}

/// Small enough for the first cache, large enough that the loop around it costs nothing.
const BLOCK: usize = 8 << 10;

fn opcode(kind: Kind) -> OpCode {
    match kind {
        Kind::Text => OpCode::Text,
        Kind::Binary => OpCode::Binary,
    }
}

#[cfg(test)]
mod tests;

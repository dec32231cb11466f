//! Frames to bytes, in the buffer from which they are written.

use core::fmt;

use embedded_io_async::Write;
use ws_frame::{CloseFrame, ControlPayload, Header, Masker, OpCode, Rsv};

use crate::end::End;
use crate::{Error, Message, Misuse};

/// What is to be written.
///
/// Whatever stands here was decided upon: it is written with what is written next, whether a future
/// is dropped in between or not.
pub(crate) struct Out<'b, E> {
    buffer: &'b mut [u8],
    /// `buffer[sent..filled]` is to be written.
    sent: usize,
    filled: usize,
    end: E,
    /// So many bytes are missing of a frame that has begun.
    missing: usize,
    /// What the fragments of the message under way are.
    fragments: Option<OpCode>,
    /// Our Close is out, or nothing more can be or need be written.
    closed: bool,
    flushes: bool,
    unflushed: bool,
}

impl<'b, E: End> Out<'b, E> {
    pub(crate) const fn new(buffer: &'b mut [u8], end: E, flushes: bool) -> Self {
        Self {
            buffer,
            sent: 0,
            filled: 0,
            end,
            missing: 0,
            fragments: None,
            closed: false,
            flushes,
            unflushed: false,
        }
    }

    /// Whether a frame can be sent.
    pub(crate) const fn check(&self) -> Result<(), Misuse> {
        if self.missing > 0 {
            Err(Misuse::Interrupted)
        } else if self.closed {
            Err(Misuse::SendAfterClose)
        } else {
            Ok(())
        }
    }

    /// Adds a message in one frame.
    pub(crate) async fn message<T: Write>(
        &mut self,
        io: &mut T,
        message: Message<'_>,
    ) -> Result<(), Error<T::Error>> {
        if self.fragments.is_some() {
            return Err(Misuse::MessageInProgress.into());
        }
        self.frame(io, true, message.opcode(), message.as_bytes())
            .await
    }

    /// Adds a fragment (§5.4).
    pub(crate) async fn fragment<T: Write>(
        &mut self,
        io: &mut T,
        data: Message<'_>,
        last: bool,
    ) -> Result<(), Error<T::Error>> {
        let opcode = match self.fragments {
            None => data.opcode(),
            Some(opcode) if opcode == data.opcode() => OpCode::Continuation,
            Some(_) => return Err(Misuse::MessageInProgress.into()),
        };
        self.frame(io, last, opcode, data.as_bytes()).await?;
        self.fragments = if last { None } else { Some(data.opcode()) };
        Ok(())
    }

    /// Adds a Ping or Pong.
    pub(crate) async fn control<T: Write>(
        &mut self,
        io: &mut T,
        opcode: OpCode,
        payload: &[u8],
    ) -> Result<(), Error<T::Error>> {
        if payload.len() > ControlPayload::MAX_LEN {
            return Err(Misuse::ControlTooLong.into());
        }
        self.frame(io, true, opcode, payload).await
    }

    /// Adds our Close.
    pub(crate) async fn close<T: Write>(
        &mut self,
        io: &mut T,
        frame: Option<CloseFrame<'_>>,
    ) -> Result<(), Error<T::Error>> {
        let payload = match frame {
            None => ControlPayload::EMPTY,
            Some(frame) => frame.encode().ok_or(Misuse::ReasonTooLong)?,
        };
        self.frame(io, true, OpCode::Close, &payload).await?;
        self.closed = true;
        Ok(())
    }

    async fn frame<T: Write>(
        &mut self,
        io: &mut T,
        fin: bool,
        opcode: OpCode,
        payload: &[u8],
    ) -> Result<(), Error<T::Error>> {
        self.check()?;
        if Header::MAX_LEN + payload.len() > self.buffer.len() - self.filled {
            self.drain(io).await?;
        }
        // From here to the next wait, all that is decided upon is in the buffer.
        let header = Header {
            fin,
            rsv: Rsv::NONE,
            opcode,
            mask: self.end.mask(),
            payload_len: payload.len() as u64,
        };
        self.put(&header.encode());
        let mut masker = header.mask.map(Masker::new);
        self.missing = payload.len();
        let mut rest = self.put_payload(payload, masker.as_mut());
        while !rest.is_empty() {
            self.drain(io).await?;
            if masker.is_some() {
                rest = self.put_payload(rest, masker.as_mut());
            } else {
                let len = match write(io, rest).await {
                    Ok(len) => len,
                    Err(error) => return Err(self.abandon(error)),
                };
                self.unflushed = true;
                self.missing -= len;
                rest = &rest[len..];
            }
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) {
        let end = self.filled + bytes.len();
        self.buffer[self.filled..end].copy_from_slice(bytes);
        self.filled = end;
    }

    /// Puts what there is room for, and gives back the rest.
    fn put_payload<'p>(&mut self, payload: &'p [u8], masker: Option<&mut Masker>) -> &'p [u8] {
        let start = self.filled;
        let len = payload.len().min(self.buffer.len() - start);
        let (now, rest) = payload.split_at(len);
        self.put(now);
        if let Some(masker) = masker {
            masker.apply(&mut self.buffer[start..self.filled]);
        }
        self.missing -= len;
        rest
    }

    /// Writes all that stands here.
    async fn drain<T: Write>(&mut self, io: &mut T) -> Result<(), Error<T::Error>> {
        while self.sent < self.filled {
            match write(io, &self.buffer[self.sent..self.filled]).await {
                Ok(len) => self.sent += len,
                Err(error) => return Err(self.abandon(error)),
            }
            self.unflushed = true;
        }
        (self.sent, self.filled) = (0, 0);
        Ok(())
    }

    /// Writes all that stands here, and flushes if the transport needs it.
    pub(crate) async fn push<T: Write>(&mut self, io: &mut T) -> Result<(), Error<T::Error>> {
        self.drain(io).await?;
        if self.flushes {
            self.flush(io).await?;
        }
        Ok(())
    }

    /// Writes all that stands here, and flushes.
    pub(crate) async fn flush<T: Write>(&mut self, io: &mut T) -> Result<(), Error<T::Error>> {
        self.drain(io).await?;
        if self.unflushed {
            if let Err(error) = io.flush().await {
                return Err(self.abandon(Error::Io(error)));
            }
            self.unflushed = false;
        }
        Ok(())
    }

    /// A stream that has failed is not written to any more: how much it has taken is unknown.
    fn abandon<I>(&mut self, error: Error<I>) -> Error<I> {
        (self.sent, self.filled, self.missing) = (0, 0, 0);
        self.unflushed = false;
        self.closed = true;
        error
    }

    /// Notes that there is nobody to write to.
    pub(crate) const fn end(&mut self) {
        self.closed = true;
    }

    pub(crate) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Gives the buffer back, and whether it is flushed.
    pub(crate) fn into_buffer(self) -> (&'b mut [u8], bool) {
        (self.buffer, self.flushes)
    }
}

/// Says nothing of what it holds.
impl<E> fmt::Debug for Out<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Out")
            .field("waiting", &(self.filled - self.sent))
            .field("missing", &self.missing)
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

/// At least one byte, or an error.
pub(crate) async fn write<T: Write>(io: &mut T, bytes: &[u8]) -> Result<usize, Error<T::Error>> {
    match io.write(bytes).await {
        Ok(0) => Err(Error::WriteZero),
        // A stream that claims more is not believed.
        Ok(len) => Ok(len.min(bytes.len())),
        Err(error) => Err(Error::Io(error)),
    }
}

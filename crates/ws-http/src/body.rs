//! The body behind a response's head.

use crate::error::BodyError;
use crate::fields::Fields;
use crate::head::ResponseHead;
use crate::syntax::{is_text, trim};

/// How the end of a body is found (RFC 9112 §6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Framing {
    /// After this many bytes. A message without a body has zero.
    Length(u64),
    /// In chunks, the last of which is empty.
    Chunked,
    /// Where the connection ends.
    Eof,
}

impl Framing {
    /// The framing of the body behind this head, which answers a `GET`.
    ///
    /// # Errors
    ///
    /// If the fields do not say one clear thing.
    pub fn of_response(head: &ResponseHead) -> Result<Self, BodyError> {
        if head.status().is_informational() || matches!(head.status().code(), 204 | 304) {
            return Ok(Self::Length(0));
        }
        Ok(Self::of(head.fields())?.unwrap_or(Self::Eof))
    }

    /// The framing that the fields announce; `None` if they announce no body, which is the end of
    /// a request and everything up to the end of the connection for a response.
    ///
    /// # Errors
    ///
    /// If there are several lengths or one that is not a plain number, a length and an encoding,
    /// or an encoding other than `chunked`: each has been used to smuggle requests.
    pub fn of(fields: &Fields) -> Result<Option<Self>, BodyError> {
        let length = fields
            .single("Content-Length")
            .map_err(|_| BodyError::ContentLength)?;
        let encoding = fields
            .single("Transfer-Encoding")
            .map_err(|_| BodyError::TransferEncoding)?;
        match (length, encoding) {
            (None, None) => Ok(None),
            (Some(length), None) => decimal(length).map(|length| Some(Self::Length(length))),
            (None, Some(encoding)) if encoding.eq_ignore_ascii_case(b"chunked") => {
                Ok(Some(Self::Chunked))
            }
            (_, Some(_)) => Err(BodyError::TransferEncoding),
        }
    }
}

/// Takes a body out of its framing, without holding any of it.
///
/// ```
/// use ws_http::{BodyDecoder, BodyPart, Framing};
///
/// let mut decoder = BodyDecoder::new(Framing::Chunked);
/// let mut input = &b"5\r\nhello\r\n0\r\n\r\nnext"[..];
/// assert_eq!(decoder.decode(&mut input)?, Some(BodyPart::Data(b"hello")));
/// assert_eq!(decoder.decode(&mut input)?, Some(BodyPart::End));
/// assert_eq!(input, b"next");
/// # Ok::<(), ws_http::BodyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BodyDecoder {
    state: State,
}

/// What [`BodyDecoder::decode`] lends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BodyPart<'b> {
    /// The next bytes of the body, at least one.
    Data(&'b [u8]),
    /// The body is complete; bytes behind it stay in the input.
    End,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Bytes up to a length.
    Length(u64),
    /// Bytes up to the end of the connection.
    Eof,
    /// In a chunk's size, of which there are this many digits.
    Size { size: u64, digits: u8 },
    /// Behind the size, with this many bytes of extension so far.
    Extension { size: u64, len: u16 },
    /// The LF behind a size line is due.
    SizeEnd { size: u64 },
    /// In the data of a chunk.
    Chunk { left: u64 },
    /// The line end behind the data is due: its CR, then its LF.
    DataEnd { carriage_return: bool },
    /// In the trailer section, with so many bytes of it and of its current line so far.
    Trailers {
        total: u16,
        line: u16,
        carriage_return: bool,
    },
    /// Behind the end.
    End,
    /// Nothing is read any more.
    Failed(BodyError),
}

const MAX_SIZE_DIGITS: u8 = 16;
const MAX_EXTENSION: u16 = 256;
const MAX_TRAILERS: u16 = 8 * 1024;

impl BodyDecoder {
    /// A decoder at the first byte of a body.
    pub const fn new(framing: Framing) -> Self {
        Self {
            state: match framing {
                Framing::Length(0) => State::End,
                Framing::Length(length) => State::Length(length),
                Framing::Chunked => State::Size { size: 0, digits: 0 },
                Framing::Eof => State::Eof,
            },
        }
    }

    /// A decoder that takes everything and fails with `error`: for a body without clear framing.
    pub const fn failed(error: BodyError) -> Self {
        Self {
            state: State::Failed(error),
        }
    }

    /// Takes bytes off the front of `input` and lends the part of the body among them.
    ///
    /// `None` means that all of `input` was taken and that more is wanted.
    ///
    /// # Errors
    ///
    /// Once it has failed it takes everything and fails the same way for ever.
    pub fn decode<'b>(&mut self, input: &mut &'b [u8]) -> Result<Option<BodyPart<'b>>, BodyError> {
        loop {
            match &mut self.state {
                State::End => return Ok(Some(BodyPart::End)),
                State::Failed(error) => {
                    *input = &[];
                    return Err(*error);
                }
                _ if input.is_empty() => return Ok(None),
                State::Eof => return Ok(Some(BodyPart::Data(core::mem::take(input)))),
                State::Length(left) => {
                    let data = take(input, left);
                    if *left == 0 {
                        self.state = State::End;
                    }
                    return Ok(Some(BodyPart::Data(data)));
                }
                State::Chunk { left } => {
                    let data = take(input, left);
                    if *left == 0 {
                        self.state = State::DataEnd {
                            carriage_return: false,
                        };
                    }
                    return Ok(Some(BodyPart::Data(data)));
                }
                _ => {
                    let byte = input[0];
                    *input = &input[1..];
                    self.state = self.state.step(byte).unwrap_or_else(State::Failed);
                }
            }
        }
    }

    /// Tells that the connection has ended.
    ///
    /// # Errors
    ///
    /// If the body was not complete. A body up to the end of the connection is complete now.
    pub const fn receive_eof(&mut self) -> Result<(), BodyError> {
        match self.state {
            State::End | State::Eof => {
                self.state = State::End;
                Ok(())
            }
            State::Failed(error) => Err(error),
            _ => {
                self.state = State::Failed(BodyError::UnexpectedEof);
                Err(BodyError::UnexpectedEof)
            }
        }
    }
}

impl State {
    /// One byte of what surrounds the data of chunks (RFC 9112 §7.1).
    fn step(self, byte: u8) -> Result<Self, BodyError> {
        match self {
            Self::Size { size, digits } => match byte {
                b'\r' if digits > 0 => Ok(Self::SizeEnd { size }),
                b';' | b' ' | b'\t' if digits > 0 => Ok(Self::Extension { size, len: 1 }),
                _ if digits == MAX_SIZE_DIGITS => Err(BodyError::ChunkSize),
                _ => {
                    let digit = char::from(byte).to_digit(16).ok_or(BodyError::ChunkSize)?;
                    // Sixteen digits of four bits are exactly a u64.
                    Ok(Self::Size {
                        size: size << 4 | u64::from(digit),
                        digits: digits + 1,
                    })
                }
            },
            Self::Extension { size, .. } if byte == b'\r' => Ok(Self::SizeEnd { size }),
            Self::Extension { size, len } if is_text(byte) && len < MAX_EXTENSION => {
                Ok(Self::Extension { size, len: len + 1 })
            }
            Self::Extension { .. } => Err(BodyError::ChunkExtension),
            Self::SizeEnd { .. } if byte != b'\n' => Err(BodyError::ChunkEnd),
            Self::SizeEnd { size: 0 } => Ok(Self::Trailers {
                total: 0,
                line: 0,
                carriage_return: false,
            }),
            Self::SizeEnd { size } => Ok(Self::Chunk { left: size }),
            Self::DataEnd {
                carriage_return: false,
            } if byte == b'\r' => Ok(Self::DataEnd {
                carriage_return: true,
            }),
            Self::DataEnd {
                carriage_return: true,
            } if byte == b'\n' => Ok(Self::Size { size: 0, digits: 0 }),
            Self::DataEnd { .. } => Err(BodyError::ChunkEnd),
            Self::Trailers {
                line,
                carriage_return: true,
                total,
            } => match (byte, line) {
                (b'\n', 0) => Ok(Self::End),
                (b'\n', _) => Ok(Self::Trailers {
                    total,
                    line: 0,
                    carriage_return: false,
                }),
                _ => Err(BodyError::Trailers),
            },
            Self::Trailers { total, line, .. } if byte == b'\r' && total < MAX_TRAILERS => {
                Ok(Self::Trailers {
                    total: total + 1,
                    line,
                    carriage_return: true,
                })
            }
            Self::Trailers { total, line, .. } if is_text(byte) && total < MAX_TRAILERS => {
                Ok(Self::Trailers {
                    total: total + 1,
                    line: line + 1,
                    carriage_return: false,
                })
            }
            Self::Trailers { .. } => Err(BodyError::Trailers),
            // These are not stepped through byte by byte.
            Self::Length(_) | Self::Eof | Self::Chunk { .. } | Self::End | Self::Failed(_) => {
                Ok(self)
            }
        }
    }
}

/// Takes at most `left` bytes off the front of `input`, and off `left`.
fn take<'b>(input: &mut &'b [u8], left: &mut u64) -> &'b [u8] {
    let len = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
    let (data, rest) = input.split_at(len);
    *input = rest;
    *left -= len as u64;
    data
}

/// RFC 9110 §8.6: `1*DIGIT`, and nothing else.
fn decimal(value: &[u8]) -> Result<u64, BodyError> {
    let value = trim(value);
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(BodyError::ContentLength);
    }
    let text = core::str::from_utf8(value).map_err(|_| BodyError::ContentLength)?;
    text.parse().map_err(|_| BodyError::ContentLength)
}

#[cfg(test)]
mod tests;

//! Frames as readable literals, written and read without any code under test.
//!
//! What a test expects on the wire must not come from the encoder that the test is about, so this
//! module builds and reads RFC 6455 §5.2 frames by itself, valid and broken ones alike.

use alloc::vec::Vec;
use core::fmt;

/// The bytes of a hexadecimal literal: `hex("81 85 00000000 48656c6c6f")`.
///
/// White space and `|` are skipped; see [`reads`] for the latter.
///
/// # Panics
///
/// When anything else than pairs of hexadecimal digits is left.
#[track_caller]
pub fn hex(literal: &str) -> Vec<u8> {
    let digits: Vec<u8> = literal
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '|')
        .map(|c| match c.to_digit(16).map(u8::try_from) {
            Some(Ok(digit)) => digit,
            _ => panic!("{c:?} is no hexadecimal digit in {literal:?}"),
        })
        .collect();
    let (pairs, odd) = digits.as_chunks::<2>();
    assert!(odd.is_empty(), "half a byte in {literal:?}");
    pairs.iter().map(|[high, low]| high << 4 | low).collect()
}

/// The reads of a hexadecimal literal in which `|` marks where one read ends and the next begins:
/// `reads("88 82 00000000 | 03 | e8")` are three.
///
/// # Panics
///
/// As [`hex`], for each read by itself.
#[track_caller]
pub fn reads(literal: &str) -> Vec<Vec<u8>> {
    literal.split('|').map(hex).collect()
}

/// All frames in one byte string.
pub fn concat<'f>(frames: impl IntoIterator<Item = &'f Frame>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for frame in frames {
        frame.write(&mut bytes);
    }
    bytes
}

/// The frames in `bytes`, which must end with the last frame. Payloads come unmasked.
///
/// # Panics
///
/// When the bytes end inside a frame or declare more than memory can hold.
#[track_caller]
pub fn frames(mut bytes: &[u8]) -> Vec<Frame> {
    let whole = bytes;
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let Some(frame) = Frame::read(&mut bytes) else {
            panic!(
                "{} bytes of an unfinished frame at the end of {whole:02x?}",
                bytes.len()
            );
        };
        frames.push(frame);
    }
    frames
}

/// A frame with every bit in the open: what the RFC forbids can be built as well.
///
/// ```
/// use hybi_testkit::wire::{Frame, hex};
///
/// assert_eq!(Frame::text("Hello").bytes(), hex("81 05 48656c6c6f"));
/// // RFC 6455 §5.7 has this one too.
/// let masked = Frame::text("Hello").masked([0x37, 0xfa, 0x21, 0x3d]);
/// assert_eq!(masked.bytes(), hex("81 85 37fa213d 7f9f4d5158"));
/// // A first fragment that announces more than it brings.
/// assert_eq!(Frame::binary(b"a").fragment().declaring(200).bytes(), hex("02 7e 00c8 61"));
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Frame {
    fin: bool,
    rsv: u8,
    opcode: u8,
    mask: Option<[u8; 4]>,
    width: Option<Width>,
    declared: Option<u64>,
    payload: Vec<u8>,
}

impl Frame {
    /// An unmasked frame with FIN set. Only the low four bits of `opcode` are used.
    pub fn new(opcode: u8, payload: impl AsRef<[u8]>) -> Self {
        Self {
            fin: true,
            rsv: 0,
            opcode: opcode & 0x0f,
            mask: None,
            width: None,
            declared: None,
            payload: payload.as_ref().to_vec(),
        }
    }

    /// A continuation frame, opcode 0.
    pub fn continuation(payload: impl AsRef<[u8]>) -> Self {
        Self::new(0x0, payload)
    }

    /// A text frame, opcode 1. The payload need not be UTF-8.
    pub fn text(payload: impl AsRef<[u8]>) -> Self {
        Self::new(0x1, payload)
    }

    /// A binary frame, opcode 2.
    pub fn binary(payload: impl AsRef<[u8]>) -> Self {
        Self::new(0x2, payload)
    }

    /// A Close frame, opcode 8, with any code and any reason, permitted or not.
    pub fn close(code: u16, reason: impl AsRef<[u8]>) -> Self {
        let mut payload = code.to_be_bytes().to_vec();
        payload.extend_from_slice(reason.as_ref());
        Self::new(0x8, payload)
    }

    /// A Close frame without a code.
    pub fn close_empty() -> Self {
        Self::new(0x8, [])
    }

    /// A Ping frame, opcode 9.
    pub fn ping(payload: impl AsRef<[u8]>) -> Self {
        Self::new(0x9, payload)
    }

    /// A Pong frame, opcode 10.
    pub fn pong(payload: impl AsRef<[u8]>) -> Self {
        Self::new(0xa, payload)
    }

    /// The same frame with FIN cleared: more of the message follows.
    #[must_use]
    pub const fn fragment(mut self) -> Self {
        self.fin = false;
        self
    }

    /// The same frame with these reserved bits: 4 is RSV1, 2 is RSV2, 1 is RSV3.
    #[must_use]
    pub const fn rsv(mut self, bits: u8) -> Self {
        self.rsv = bits & 0b111;
        self
    }

    /// The same frame masked with `key`, as clients must. The key `[0; 4]` keeps it readable.
    #[must_use]
    pub const fn masked(mut self, key: [u8; 4]) -> Self {
        self.mask = Some(key);
        self
    }

    /// The same frame with its length written this wide, even where a narrower form would do.
    ///
    /// A form too narrow for the length cuts the length's upper bits off.
    #[must_use]
    pub const fn width(mut self, width: Width) -> Self {
        self.width = Some(width);
        self
    }

    /// The same frame announcing `len` bytes, whatever it brings.
    #[must_use]
    pub const fn declaring(mut self, len: u64) -> Self {
        self.declared = Some(len);
        self
    }

    /// Whether this is the last frame of its message.
    pub const fn is_fin(&self) -> bool {
        self.fin
    }

    /// The four bits that say what the frame is.
    pub const fn opcode(&self) -> u8 {
        self.opcode
    }

    /// The masking key, if the frame is masked.
    pub const fn mask(&self) -> Option<[u8; 4]> {
        self.mask
    }

    /// The payload, unmasked.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The same frame without a mask: what a comparison wants, where the key is random.
    #[must_use]
    pub const fn unmasked(mut self) -> Self {
        self.mask = None;
        self
    }

    /// The frame on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(14 + self.payload.len());
        self.write(&mut bytes);
        bytes
    }

    /// The 2 to 14 bytes before the payload.
    pub fn header(&self) -> Vec<u8> {
        let mut bytes = self.bytes();
        bytes.truncate(bytes.len() - self.payload.len());
        bytes
    }

    /// Takes a frame off the front of `input`; `None` leaves an unfinished one there.
    ///
    /// The declared length and the width are remembered only where they are not what this module
    /// would write, so that a frame that was read equals one that was built.
    pub fn read(input: &mut &[u8]) -> Option<Self> {
        let [first, second, rest @ ..] = *input else {
            return None;
        };
        let (len, width, rest) = match second & 0x7f {
            126 => rest
                .split_first_chunk()
                .map(|(len, rest)| (u64::from(u16::from_be_bytes(*len)), Width::Sixteen, rest))?,
            127 => rest
                .split_first_chunk()
                .map(|(len, rest)| (u64::from_be_bytes(*len), Width::SixtyFour, rest))?,
            len => (u64::from(len), Width::Seven, rest),
        };
        let (mask, rest) = if second & 0x80 == 0 {
            (None, rest)
        } else {
            rest.split_first_chunk()
                .map(|(key, rest)| (Some(*key), rest))?
        };
        let (payload, rest) = rest.split_at_checked(usize::try_from(len).ok()?)?;
        *input = rest;
        let mut payload = payload.to_vec();
        apply(mask, &mut payload);
        Some(Self {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 0b111,
            opcode: first & 0x0f,
            mask,
            width: (width != Width::least(len)).then_some(width),
            declared: None,
            payload,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let len = self.declared.unwrap_or(self.payload.len() as u64);
        let masked = u8::from(self.mask.is_some()) << 7;
        out.push(u8::from(self.fin) << 7 | self.rsv << 4 | self.opcode);
        let [.., low1, low0] = len.to_be_bytes();
        match self.width.unwrap_or_else(|| Width::least(len)) {
            Width::Seven => out.push(masked | low0 & 0x7f),
            Width::Sixteen => out.extend_from_slice(&[masked | 126, low1, low0]),
            Width::SixtyFour => {
                out.push(masked | 127);
                out.extend_from_slice(&len.to_be_bytes());
            }
        }
        out.extend_from_slice(self.mask.as_ref().map_or(&[], <[u8; 4]>::as_slice));
        let payload = out.len();
        out.extend_from_slice(&self.payload);
        apply(self.mask, &mut out[payload..]);
    }
}

impl fmt::Debug for Frame {
    /// `Text+ "he"` for a fragment, `Binary m37fa213d [1, 2]` for a masked frame, and so on. Long
    /// payloads are cut.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 40;
        match self.opcode {
            0x0 => write!(f, "Continuation")?,
            0x1 => write!(f, "Text")?,
            0x2 => write!(f, "Binary")?,
            0x8 => write!(f, "Close")?,
            0x9 => write!(f, "Ping")?,
            0xa => write!(f, "Pong")?,
            other => write!(f, "OpCode({other:#x})")?,
        }
        if !self.fin {
            write!(f, "+")?;
        }
        if self.rsv != 0 {
            write!(f, " rsv{:03b}", self.rsv)?;
        }
        if let Some([a, b, c, d]) = self.mask {
            write!(f, " m{a:02x}{b:02x}{c:02x}{d:02x}")?;
        }
        if let Some(width) = self.width {
            write!(f, " {width:?}")?;
        }
        if let Some(declared) = self.declared {
            write!(f, " declaring {declared}")?;
        }
        let shown = &self.payload[..self.payload.len().min(SHOWN)];
        write!(f, " \"{}\"", shown.escape_ascii())?;
        if shown.len() < self.payload.len() {
            write!(f, "… of {}", self.payload.len())?;
        }
        Ok(())
    }
}

/// How wide a payload length is written (RFC 6455 §5.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Width {
    /// In the seven bits of the second byte: up to 125.
    Seven,
    /// In the two bytes after it: up to 65535.
    Sixteen,
    /// In the eight bytes after it.
    SixtyFour,
}

impl Width {
    /// The form that the RFC demands for `len`: the narrowest.
    const fn least(len: u64) -> Self {
        match len {
            0..=125 => Self::Seven,
            126..=0xffff => Self::Sixteen,
            _ => Self::SixtyFour,
        }
    }
}

fn apply(mask: Option<[u8; 4]>, payload: &mut [u8]) {
    let Some(key) = mask else { return };
    for (byte, key) in payload.iter_mut().zip(key.into_iter().cycle()) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests;

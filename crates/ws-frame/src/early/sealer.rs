//! Headers to bytes.

use core::ops::Deref;

use super::{Masker, Version, bits};
use crate::framing::Sealed;
use crate::{Header, Sealing};

/// Writes the frames of one version.
///
/// ```
/// use ws_frame::early::{Sealer, Version};
/// use ws_frame::{Header, MaskKey, OpCode, Rsv, Sealing};
///
/// let mut payload = *b"Hello";
/// let (header, mask) = Sealer::new(Version::Hybi5, true).seal(&Header {
///     fin: true,
///     rsv: Rsv::NONE,
///     opcode: OpCode::Text,
///     mask: Some(MaskKey([0x37, 0xfa, 0x21, 0x3d])),
///     payload_len: 5,
/// });
/// mask.expect("has a key").apply(&mut payload);
/// assert_eq!(*header, *b"\x37\xfa\x21\x3d\xb3\xff");
/// assert_eq!(payload, *b"\x69\x58\x5b\x96\x4e");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sealer {
    version: Version,
    client: bool,
}

impl Sealer {
    /// Writes what a client sends, or a server. Which frames are masked is told by their headers.
    pub const fn new(version: Version, client: bool) -> Self {
        Self { version, client }
    }
}

impl Sealed for Sealer {}

impl Sealing for Sealer {
    type Header = EncodedHeader;
    type Mask = Masker;

    fn seal(&self, header: &Header) -> (EncodedHeader, Option<Masker>) {
        let mut out = EncodedHeader {
            bytes: [0; Header::MAX_LEN],
            len: 0,
        };
        if let Some(key) = header.mask {
            out.push(&key.0);
        }
        let start = out.len;
        // All else is where RFC 6455 has it, and the bit of MASK is reserved: 0.
        out.push(
            &Header {
                mask: None,
                ..*header
            }
            .encode(),
        );
        out.bytes[start] = out.bytes[start] & 0xF0 | bits(header.opcode);
        let mut masker = header.mask.map(|key| self.version.masker(key));
        if let Some(masker) = &mut masker {
            masker.apply(&mut out.bytes[start..out.len]);
        }
        (out, masker)
    }

    fn mask(mask: &mut Masker, bytes: &mut [u8]) {
        mask.apply(bytes);
    }

    fn padded(header: &EncodedHeader) -> &[u8; Header::MAX_LEN] {
        &header.bytes
    }

    fn close_payload<'p>(&self, payload: &'p [u8]) -> &'p [u8] {
        match self.version {
            Version::Hybi4(_) => b"",
            // hybi-05: one byte, by who sends it.
            Version::Hybi5 if self.client => b"C",
            Version::Hybi5 => b"S",
            Version::Hybi6 => payload,
        }
    }
}

/// A key and a header ready to be written; dereferences to its 2 to 14 bytes.
#[derive(Clone, Copy, Debug)]
pub struct EncodedHeader {
    bytes: [u8; Header::MAX_LEN],
    len: usize,
}

impl EncodedHeader {
    /// At most ten bytes of header go behind four of key.
    fn push(&mut self, more: &[u8]) {
        self.bytes[self.len..self.len + more.len()].copy_from_slice(more);
        self.len += more.len();
    }
}

impl Deref for EncodedHeader {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

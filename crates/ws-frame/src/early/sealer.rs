//! Headers to bytes.

use super::{Masker, Version, bits};
use crate::framing::Sealed;
use crate::{EncodedHeader, Header, Sealing};

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
    type Mask = Masker;

    fn seal(&self, header: &Header) -> (EncodedHeader, Option<Masker>) {
        // All else is where RFC 6455 has it, and the bit of MASK is reserved: 0.
        let unmasked = Header {
            mask: None,
            ..*header
        };
        let mut encoded = unmasked.encode();
        encoded.bytes[0] = encoded.bytes[0] & 0xF0 | bits(header.opcode);
        let Some(key) = header.mask else {
            return (encoded, None);
        };
        let mut masker = self.version.masker(key);
        let len = encoded.len;
        masker.apply(&mut encoded.bytes[..len]);
        // Before: bytes [ header . . . . ]      ten of header at most, and four of key
        // after:  bytes [ key header ]
        encoded.bytes.copy_within(..len, key.0.len());
        encoded.bytes[..key.0.len()].copy_from_slice(&key.0);
        encoded.len += key.0.len();
        (encoded, Some(masker))
    }

    fn mask(mask: &mut Masker, bytes: &mut [u8]) {
        mask.apply(bytes);
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

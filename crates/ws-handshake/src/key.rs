//! The key that a client sends and the proof that a server answers with.

#[cfg(feature = "alloc")]
use alloc::string::String;
#[cfg(feature = "alloc")]
use core::fmt;

#[cfg(feature = "alloc")]
use base64::Engine as _;
#[cfg(feature = "alloc")]
use base64::engine::general_purpose::STANDARD;
#[cfg(feature = "alloc")]
use sha1::{Digest as _, Sha1};

/// RFC 6455 §1.3: what is hashed behind the key, so that nobody answers by accident.
pub(crate) const GUID: &[u8; 36] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// How long a `Sec-WebSocket-Key` is: sixteen bytes in base64.
pub(crate) const KEY_LEN: usize = 24;

/// How long a `Sec-WebSocket-Accept` is: twenty bytes in base64.
pub(crate) const PROOF_LEN: usize = 28;

/// Sixteen random bytes from the caller: the client's half of the proof.
///
/// RFC 6455 §4.1-7 wants it selected randomly for each connection. It is no secret.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// The nonce of these bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// The value of `Sec-WebSocket-Key`.
    #[cfg(feature = "alloc")]
    pub(crate) fn key(self) -> String {
        STANDARD.encode(self.0)
    }
}

impl From<[u8; 16]> for Nonce {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// The value of `Sec-WebSocket-Accept` that answers this `Sec-WebSocket-Key` (RFC 6455 §4.2.2).
///
/// The key is hashed as text, without decoding it. For those who run the HTTP part of a handshake
/// all by themselves.
///
/// ```
/// // The example of RFC 6455 §1.3.
/// let accept = ws_handshake::accept_key(b"dGhlIHNhbXBsZSBub25jZQ==");
/// assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// ```
#[cfg(feature = "alloc")]
pub fn accept_key(key: &[u8]) -> String {
    STANDARD.encode(digest(key))
}

/// [`accept_key`] without an allocation.
#[cfg(feature = "alloc")]
pub(crate) fn proof(key: &[u8]) -> [u8; PROOF_LEN] {
    let mut proof = [0; PROOF_LEN];
    let written = STANDARD.encode_slice(digest(key), &mut proof);
    debug_assert_eq!(written, Ok(PROOF_LEN));
    proof
}

#[cfg(feature = "alloc")]
fn digest(key: &[u8]) -> impl AsRef<[u8]> + use<> {
    Sha1::new().chain_update(key).chain_update(GUID).finalize()
}

/// RFC 6455 §4.2.1-5: base64 that decodes to sixteen bytes.
///
/// Some clients leave rubbish in the four bits of the last digit that have no meaning. The text
/// goes into the hash as it is, so nothing depends on them, and nothing has to be decoded.
pub(crate) fn is_key(text: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    matches!(text, [digits @ .., b'=', b'='] if digits.len() == 22 && digits.iter().all(is_digit))
}

/// Basic credentials as RFC 7617 writes them, from bytes that have been percent-decoded.
#[cfg(feature = "url")]
pub(crate) fn basic(user_and_password: &[u8]) -> String {
    let mut value = String::from("Basic ");
    STANDARD.encode_string(user_and_password, &mut value);
    value
}

#[cfg(feature = "alloc")]
impl fmt::Display for Nonce {
    /// The value of `Sec-WebSocket-Key`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())
    }
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests {
    use super::*;

    // RFC 6455 §4.2.2-5.4
    #[test]
    fn hs01_accept_answers_the_key() {
        for (key, accept) in [
            ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("2vBVWg4Qyk3ZoM/5d3QD9Q==", "QV3I5XUXU2CdhtjixE7QCkCcMZM="),
            ("JFBCWHksyIpXV+6Wlq/9pw==", "JdiiuafpBKRqD7eol0y4vJDTsTs="),
            ("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
        ] {
            assert_eq!(accept_key(key.as_bytes()), accept);
            assert_eq!(proof(key.as_bytes()), accept.as_bytes());
        }
    }

    // RFC 6455 §4.1-7
    #[test]
    fn nonce_is_written_in_base64() {
        assert_eq!(
            Nonce::from(*b"the sample nonce").key(),
            "dGhlIHNhbXBsZSBub25jZQ=="
        );
    }

    // RFC 6455 §4.2.1-5
    #[test]
    fn hs11_hs12_key_decodes_to_sixteen_bytes() {
        for (key, good) in [
            ("dGhlIHNhbXBsZSBub25jZQ==", true),
            ("AAAAAAAAAAAAAAAAAAAAAB==", true),
            ("", false),
            ("dGhlIHNhbXBsZSBub25jZQ", false),
            ("dGhlIHNhbXBsZSBub25jZQ=", false),
            ("dGhlIHNhbXBsZSBub25jZQ===", false),
            ("dGhlIHNhbXBs*SBub25jZQ==", false),
            ("dGhlIHNhbXBsZSBub25jZ===", false),
            // 15, 17 and 18 bytes in the same 24 digits or fewer.
            ("dGhlIHNhbXBsZSBub25j", false),
            ("dGhlIHNhbXBsZSBub25jZWU=", false),
            ("dGhlIHNhbXBsZSBub25jZWVl", false),
        ] {
            assert_eq!(is_key(key.as_bytes()), good, "{key}");
        }
        assert!(!is_key(b"dGhlIHNhbXBsZSBub25j\xff\xff=="));
    }
}

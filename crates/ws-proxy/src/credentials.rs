//! What a client tells a proxy about itself.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Misuse, ProxyUrlError};

/// User and password together: in base64 they fit on a line of 8 KiB.
const MAX_LEN: usize = 4 * 1024;

/// A user and a password for a proxy. They are never shown.
///
/// Bytes are sent as they are; a proxy takes them for UTF-8 (RFC 7617 §2.1).
///
/// ```
/// let credentials = ws_proxy::Credentials::new("kettle", "s3cret")?;
/// assert_eq!(format!("{credentials:?}"), "Credentials(<redacted>)");
/// # Ok::<(), ws_proxy::Misuse>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Credentials {
    user: Vec<u8>,
    password: Vec<u8>,
}

impl Credentials {
    /// The credentials of a user and a password, percent-decoded if they come from a URL.
    ///
    /// Both may be empty. SOCKS5 cannot carry more than 255 bytes of each, which
    /// [`Socks5::start`](crate::Socks5::start) sees to.
    ///
    /// # Errors
    ///
    /// [`Misuse::User`] if the user has a colon, which Basic authentication takes for its end;
    /// [`Misuse::ControlCharacter`]; [`Misuse::CredentialsTooLong`] beyond 4 KiB together.
    pub fn new(user: impl AsRef<[u8]>, password: impl AsRef<[u8]>) -> Result<Self, Misuse> {
        let (user, password) = (user.as_ref(), password.as_ref());
        // RFC 7617 §2: neither may have control characters, the user no colon.
        if user.contains(&b':') {
            return Err(Misuse::User);
        }
        if user.iter().chain(password).any(u8::is_ascii_control) {
            return Err(Misuse::ControlCharacter);
        }
        if user.len() + password.len() > MAX_LEN {
            return Err(Misuse::CredentialsTooLong);
        }
        Ok(Self {
            user: user.to_vec(),
            password: password.to_vec(),
        })
    }

    /// Reads `user[:password]` of a URL. `None` if both are empty.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, ProxyUrlError> {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        if user.is_empty() && password.is_empty() {
            return Ok(None);
        }
        Self::new(decode(user)?, decode(password)?)
            .map(Some)
            .map_err(|_| ProxyUrlError::Credentials)
    }

    /// The user.
    pub fn user(&self) -> &[u8] {
        &self.user
    }

    /// The password.
    pub fn password(&self) -> &[u8] {
        &self.password
    }

    /// The value of `Proxy-Authorization` (RFC 7617 §2).
    pub(crate) fn basic(&self) -> String {
        let mut value = String::from("Basic ");
        // There is a colon even if the password is empty.
        STANDARD.encode_string([&*self.user, b":", &self.password].concat(), &mut value);
        value
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(<redacted>)")
    }
}

/// Percent-decodes once. A percent sign without two digits has more than one reading.
fn decode(text: &str) -> Result<Vec<u8>, ProxyUrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(ProxyUrlError::Credentials);
        };
        bytes.extend(u8::try_from(high << 4 | low));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    // RFC 7617 §2
    #[test]
    fn p17_credentials_that_can_be_sent() {
        for (user, password, expected) in [
            ("user", "pass", Ok("Basic dXNlcjpwYXNz")),
            (
                "Aladdin",
                "open sesame",
                Ok("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ),
            ("test", "123\u{a3}", Ok("Basic dGVzdDoxMjPCow==")),
            ("user", "", Ok("Basic dXNlcjo=")),
            ("", "p:w", Ok("Basic OnA6dw==")),
            ("us:er", "pass", Err(Misuse::User)),
            ("us\r\ner", "pass", Err(Misuse::ControlCharacter)),
            ("user", "pa\0ss", Err(Misuse::ControlCharacter)),
            ("user", "pa\u{7f}ss", Err(Misuse::ControlCharacter)),
        ] {
            let value = Credentials::new(user, password).map(|credentials| credentials.basic());
            assert_eq!(value.as_deref(), expected.as_ref().copied(), "{user}");
        }
        let long = "a".repeat(MAX_LEN);
        assert!(Credentials::new("", &long).is_ok());
        let error = Credentials::new("b", &long).err();
        assert_eq!(error, Some(Misuse::CredentialsTooLong));
    }

    #[test]
    fn p17_user_information_is_decoded_once() {
        for (text, expected) in [
            ("user:pass", Some(("user", "pass"))),
            ("user", Some(("user", ""))),
            ("user:", Some(("user", ""))),
            (":pass", Some(("", "pass"))),
            ("a%40b:%2525%3a", Some(("a@b", "%25:"))),
            ("u:p:w", Some(("u", "p:w"))),
            ("\u{e9}:%C3%A9", Some(("\u{e9}", "\u{e9}"))),
            ("", None),
            (":", None),
        ] {
            let credentials = Credentials::parse(text).unwrap();
            let expected = expected.map(|(user, password)| (user.as_bytes(), password.as_bytes()));
            let parts = credentials.as_ref().map(|c| (c.user(), c.password()));
            assert_eq!(parts, expected, "{text}");
        }
        for text in [
            "a%3Ab:c",
            "a%0d%0a:b",
            "a:%00",
            "a%",
            "a%4",
            "a%4x",
            "a:%%41",
        ] {
            assert_eq!(
                Credentials::parse(text),
                Err(ProxyUrlError::Credentials),
                "{text}"
            );
        }
    }

    #[test]
    fn p23_credentials_are_not_shown() {
        let credentials = Credentials::new("kettle", "s3cret").unwrap();
        let shown = format!("{credentials:?} {credentials:#?}");
        assert!(!shown.contains("kettle") && !shown.contains("s3cret"));
        assert!(shown.contains("redacted"));
    }
}

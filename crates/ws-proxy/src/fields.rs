//! Fields for the proxy alone.

use core::fmt;

use ws_http::{Fields, InvalidField, is_secret};

use crate::error::Misuse;

/// Fields that a proxy is sent with `CONNECT`, and nobody else.
///
/// Not [`Fields`], so that the fields of a request to the origin cannot end up here by mistake;
/// those that carry the origin's secrets are refused by name.
///
/// ```
/// use ws_proxy::{Misuse, ProxyFields};
///
/// let mut fields = ProxyFields::new();
/// fields.push("User-Agent", "kettle/1")?;
/// assert_eq!(fields.push("Cookie", "id=1"), Err(Misuse::OriginField));
/// # Ok::<(), Misuse>(())
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct ProxyFields {
    fields: Fields,
}

/// What this crate writes, and what would give the request a body or another meaning.
const OWN: [&str; 6] = [
    "Host",
    "Connection",
    "Content-Length",
    "Transfer-Encoding",
    "Upgrade",
    "Expect",
];

/// What only the origin may know, besides everything that begins with `Sec-WebSocket-`.
const OF_ORIGIN: [&str; 3] = ["Authorization", "Cookie", "Origin"];

const HANDSHAKE: &[u8] = b"Sec-WebSocket-";

impl ProxyFields {
    /// No fields.
    pub const fn new() -> Self {
        Self {
            fields: Fields::new(),
        }
    }

    /// Adds a field at the end, whether or not there is one of that name.
    ///
    /// A `Proxy-Authorization` takes the place of the one that
    /// [`ConnectOptions::credentials`](crate::ConnectOptions::credentials) would make: for schemes
    /// other than Basic.
    ///
    /// # Errors
    ///
    /// [`Misuse::Field`] if it cannot be written, which goes for every CR, LF and NUL;
    /// [`Misuse::ProtocolField`]; [`Misuse::OriginField`]. Nothing has been added then.
    pub fn push(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<(), Misuse> {
        if OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(Misuse::ProtocolField);
        }
        let start = name.as_bytes().get(..HANDSHAKE.len());
        if start.is_some_and(|start| start.eq_ignore_ascii_case(HANDSHAKE))
            || OF_ORIGIN
                .iter()
                .any(|other| other.eq_ignore_ascii_case(name))
        {
            return Err(Misuse::OriginField);
        }
        Ok(self.fields.push(name, value)?)
    }

    /// The same without those that tell who asks: for a proxy that is not known beforehand.
    pub fn without_secrets(&self) -> Self {
        let mut kept = Fields::new();
        for (name, value) in self.fields.iter().filter(|(name, _)| !is_secret(name)) {
            // It could be pushed before.
            let pushed = kept.push(name, value);
            debug_assert!(pushed.is_ok(), "{name}");
        }
        Self { fields: kept }
    }

    /// The fields, to look at.
    pub const fn as_fields(&self) -> &Fields {
        &self.fields
    }
}

impl fmt::Debug for ProxyFields {
    /// Shows no credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fields.fmt(f)
    }
}

/// Adds a field whose parts are constants or have been checked, their length included.
pub(crate) fn push(fields: &mut Fields, name: &str, value: &str) {
    let pushed: Result<(), InvalidField> = fields.push(name, value);
    debug_assert!(pushed.is_ok(), "{name}");
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn p23_fields_of_others_are_refused() {
        for (name, value, expected) in [
            ("User-Agent", "Chrome", Ok(())),
            ("Proxy-Connection", "keep-alive", Ok(())),
            ("Proxy-Authorization", "Bearer t0ken", Ok(())),
            ("authorization", "Basic eDp5", Err(Misuse::OriginField)),
            ("COOKIE", "a=b", Err(Misuse::OriginField)),
            ("Origin", "http://a", Err(Misuse::OriginField)),
            ("sec-websocket-KEY", "x", Err(Misuse::OriginField)),
            ("host", "a", Err(Misuse::ProtocolField)),
            ("Connection", "close", Err(Misuse::ProtocolField)),
            ("Content-Length", "1", Err(Misuse::ProtocolField)),
            ("Transfer-Encoding", "chunked", Err(Misuse::ProtocolField)),
            ("Upgrade", "websocket", Err(Misuse::ProtocolField)),
            ("X", "a\r\nY: b", Err(Misuse::Field(InvalidField::Value))),
            ("X", "a\0", Err(Misuse::Field(InvalidField::Value))),
            ("X Y", "a", Err(Misuse::Field(InvalidField::Name))),
            ("", "a", Err(Misuse::Field(InvalidField::Name))),
        ] {
            let mut fields = ProxyFields::new();
            assert_eq!(fields.push(name, value), expected, "{name}");
            assert_eq!(fields.as_fields().len(), usize::from(expected.is_ok()));
            assert!(!format!("{fields:?}").contains("t0ken"));
        }
    }
}

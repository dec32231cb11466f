//! What a request's fields say about the handshake, found in one pass over them.

#[cfg(feature = "alloc")]
use ws_http::Fields;

use crate::names::{EXTENSIONS, SUBPROTOCOLS};
use crate::syntax::trim;

/// The fields that the rules of a request are about.
///
/// A look-up for each of them would go over all fields ten times: a third of the time that it
/// takes to judge a browser's request.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact about the request"
)]
pub(crate) struct Seen<'a> {
    pub(crate) host: Once<'a>,
    pub(crate) origin: Once<'a>,
    pub(crate) key: Once<'a>,
    pub(crate) version: Once<'a>,
    /// `Upgrade` lists `websocket`.
    pub(crate) upgrade: bool,
    /// `Connection` lists `upgrade`.
    pub(crate) connection: bool,
    /// There is a field that may announce a body.
    pub(crate) framing: bool,
    /// There is a `Sec-WebSocket-Protocol`.
    pub(crate) subprotocols: bool,
    /// There is a `Sec-WebSocket-Extensions`.
    pub(crate) extensions: bool,
}

/// A field that may occur only once.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Once<'a> {
    #[default]
    Missing,
    Value(&'a [u8]),
    Repeated,
}

impl<'a> Seen<'a> {
    #[cfg(feature = "alloc")]
    pub(crate) fn in_fields(fields: &'a Fields) -> Self {
        Self::in_lines(fields.iter_bytes())
    }

    /// The same with fields that are held in some other way, as names and values.
    pub(crate) fn in_lines(lines: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let mut seen = Self::default();
        for (name, value) in lines {
            // Lengths differ, so that of these comparisons one or two look at the name itself. Most
            // peers write names as the RFC does, which is quickly seen.
            let is = |other: &str| {
                name == other.as_bytes() || name.eq_ignore_ascii_case(other.as_bytes())
            };
            if is("Host") {
                seen.host.add(value);
            } else if is("Origin") {
                seen.origin.add(value);
            } else if is("Upgrade") {
                seen.upgrade |= lists(value, b"websocket");
            } else if is("Connection") {
                seen.connection |= lists(value, b"upgrade");
            } else if is("Sec-WebSocket-Key") {
                seen.key.add(value);
            } else if is("Sec-WebSocket-Version") {
                seen.version.add(value);
            } else if is(SUBPROTOCOLS) {
                seen.subprotocols = true;
            } else if is(EXTENSIONS) {
                seen.extensions = true;
            } else if is("Content-Length") || is("Transfer-Encoding") {
                seen.framing = true;
            }
        }
        seen
    }
}

impl<'a> Once<'a> {
    /// Looks for one field.
    #[cfg(feature = "alloc")]
    pub(crate) fn of(fields: &'a Fields, name: &str) -> Self {
        match fields.single(name) {
            Ok(None) => Self::Missing,
            Ok(Some(value)) => Self::Value(value),
            Err(_) => Self::Repeated,
        }
    }

    pub(crate) fn add(&mut self, value: &'a [u8]) {
        *self = match self {
            Self::Missing => Self::Value(value),
            Self::Value(_) | Self::Repeated => Self::Repeated,
        };
    }

    /// The value, if there is just one.
    pub(crate) fn value(self) -> Option<&'a [u8]> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Repeated => None,
        }
    }
}

/// Whether a line of a list has this element.
pub(crate) fn lists(line: &[u8], element: &[u8]) -> bool {
    line.split(|&byte| byte == b',')
        .any(|other| trim(other).eq_ignore_ascii_case(element))
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 12] = [
        "Host",
        "HOST",
        "origin",
        "Upgrade",
        "Connection",
        "connection",
        "Sec-WebSocket-Key",
        "sec-websocket-version",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions",
        "Content-Length",
        "transfer-encoding",
    ];

    const VALUES: [&str; 8] = [
        "",
        "a",
        "13",
        "websocket",
        "Upgrade",
        "h2c, WebSocket",
        "close ,\tupgrade,",
        "upgrades",
    ];

    proptest! {
        #[test]
        fn one_pass_sees_what_look_ups_find(
            lines in prop::collection::vec(
                (prop::sample::select(&NAMES[..]), prop::sample::select(&VALUES[..])),
                0..8,
            ),
        ) {
            let mut fields = Fields::new();
            for (name, value) in lines {
                fields.push(name, value).unwrap();
            }
            let seen = Seen::in_fields(&fields);
            prop_assert_eq!(seen.host, Once::of(&fields, "Host"));
            prop_assert_eq!(seen.origin, Once::of(&fields, "Origin"));
            prop_assert_eq!(seen.key, Once::of(&fields, "Sec-WebSocket-Key"));
            prop_assert_eq!(seen.version, Once::of(&fields, "Sec-WebSocket-Version"));
            prop_assert_eq!(seen.upgrade, fields.list_contains("Upgrade", "websocket"));
            prop_assert_eq!(seen.connection, fields.list_contains("Connection", "upgrade"));
            prop_assert_eq!(seen.subprotocols, fields.contains("Sec-WebSocket-Protocol"));
            prop_assert_eq!(seen.extensions, fields.contains("Sec-WebSocket-Extensions"));
            let names = ["Content-Length", "Transfer-Encoding"];
            prop_assert_eq!(seen.framing, names.iter().any(|name| fields.contains(name)));
        }
    }
}

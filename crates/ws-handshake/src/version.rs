//! The versions of the protocol, and how a server tells them apart.

use core::fmt;

use ws_http::Fields;

use crate::subprotocol;

/// A version of the WebSocket protocol.
///
/// All that were ever deployed are known, so that a server can say what it is refusing. Versions
/// 13, 8 and 7 can always be spoken; the older ones with the feature `drafts`.
///
/// `Display` gives `hybi-` and the wire number, or `hixie-` and the draft: `hybi-13`, `hixie-76`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Version {
    /// `Sec-WebSocket-Version: 13`: drafts 13 to 17 and RFC 6455.
    Rfc6455,
    /// `Sec-WebSocket-Version: 8`: drafts 08 to 12.
    Hybi8,
    /// `Sec-WebSocket-Version: 7`: draft 07.
    Hybi7,
    /// `Sec-WebSocket-Version: 6`: draft 06.
    Hybi6,
    /// `Sec-WebSocket-Version: 5`: draft 05.
    Hybi5,
    /// `Sec-WebSocket-Version: 4`: draft 04.
    Hybi4,
    /// draft-hixie-thewebsocketprotocol-76, known by its two keys.
    Hixie76,
    /// draft-hixie-thewebsocketprotocol-75, which sends no mark of its version at all.
    Hixie75,
}

impl Version {
    /// Every version, the most preferred first.
    const ALL: [Self; 8] = [
        Self::Rfc6455,
        Self::Hybi8,
        Self::Hybi7,
        Self::Hybi6,
        Self::Hybi5,
        Self::Hybi4,
        Self::Hixie76,
        Self::Hixie75,
    ];

    /// The version that a request to upgrade to WebSocket asks for.
    ///
    /// This is the one place where protocols part; the order of the tests is the contract.
    ///
    /// # Errors
    ///
    /// If the request asks for something that no version of the protocol ever was.
    pub fn detect(fields: &Fields) -> Result<Self, VersionError> {
        let present = |name: &str| fields.first(name).is_some_and(|value| !value.is_empty());
        if present("Sec-WebSocket-Version") || present("Sec-WebSocket-Key") {
            // RFC 6455 §11.3.5: at most one version in a request.
            let value = fields.single("Sec-WebSocket-Version");
            let value = value
                .map_err(|_| VersionError::Repeated)?
                .ok_or(VersionError::Missing)?;
            // RFC 6455 §4.3: a number without leading zeros, so that comparing text suffices.
            return match value {
                b"13" => Ok(Self::Rfc6455),
                b"8" => Ok(Self::Hybi8),
                b"7" => Ok(Self::Hybi7),
                b"6" => Ok(Self::Hybi6),
                b"5" => Ok(Self::Hybi5),
                b"4" => Ok(Self::Hybi4),
                _ => Err(VersionError::Unknown),
            };
        }
        // Drafts 01 to 03 were never deployed; they also carry the keys of hixie-76.
        if present("Sec-WebSocket-Draft") {
            return Err(VersionError::Unknown);
        }
        if present("Sec-WebSocket-Key1") || present("Sec-WebSocket-Key2") {
            return Ok(Self::Hixie76);
        }
        Ok(Self::Hixie75)
    }

    /// The number in `Sec-WebSocket-Version`; the hixie drafts have none.
    pub const fn wire_number(self) -> Option<u8> {
        match self {
            Self::Rfc6455 => Some(13),
            Self::Hybi8 => Some(8),
            Self::Hybi7 => Some(7),
            Self::Hybi6 => Some(6),
            Self::Hybi5 => Some(5),
            Self::Hybi4 => Some(4),
            Self::Hixie76 | Self::Hixie75 => None,
        }
    }

    /// Whether handshakes of this version are compiled in.
    pub(crate) const fn is_spoken(self) -> bool {
        cfg!(feature = "drafts") || Versions::RECENT.contains(self)
    }

    /// The names of fields that differ, and what there is to say in them.
    pub(crate) const fn dialect(self) -> &'static Dialect {
        /// Draft 11 gave the origin's field its name back, but kept the number 8.
        const HYBI: Dialect = Dialect {
            other_origin: Some("Sec-WebSocket-Origin"),
            ..Dialect::RFC6455
        };
        const HYBI_4: Dialect = Dialect {
            has_extensions: false,
            ..HYBI
        };
        const HIXIE_76: Dialect = Dialect {
            has_key: false,
            has_extensions: false,
            separator: b' ',
            ..Dialect::RFC6455
        };
        const HIXIE_75: Dialect = Dialect {
            subprotocols: "WebSocket-Protocol",
            max_subprotocols: 1,
            ..HIXIE_76
        };
        match self {
            Self::Rfc6455 => &Dialect::RFC6455,
            Self::Hybi8 | Self::Hybi7 => &HYBI,
            Self::Hybi6 | Self::Hybi5 | Self::Hybi4 => &HYBI_4,
            Self::Hixie76 => &HIXIE_76,
            Self::Hixie75 => &HIXIE_75,
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What differs between the versions in what both messages say in the same way.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// Another name for `Origin`. A client uses it in its place; a server knows both.
    pub(crate) other_origin: Option<&'static str>,
    /// The field with the subprotocols.
    pub(crate) subprotocols: &'static str,
    /// What stands between them.
    pub(crate) separator: u8,
    /// How many there may be.
    pub(crate) max_subprotocols: usize,
    /// Whether there is a `Sec-WebSocket-Key`, and a proof that answers it.
    pub(crate) has_key: bool,
    /// Whether extensions can be negotiated.
    pub(crate) has_extensions: bool,
}

impl Dialect {
    pub(crate) const RFC6455: Self = Self {
        other_origin: None,
        subprotocols: subprotocol::FIELD,
        separator: b',',
        max_subprotocols: usize::MAX,
        has_key: true,
        has_extensions: true,
    };
}

/// The field with the origin of the page that asks, in most versions.
pub(crate) const ORIGIN: &str = "Origin";

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.wire_number(), self) {
            (Some(number), _) => write!(f, "hybi-{number}"),
            (None, Self::Hixie76) => f.write_str("hixie-76"),
            (None, _) => f.write_str("hixie-75"),
        }
    }
}

/// A request whose version cannot be told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum VersionError {
    /// There is a `Sec-WebSocket-Key` but no `Sec-WebSocket-Version`.
    Missing,
    /// There are several `Sec-WebSocket-Version` fields.
    Repeated,
    /// Its value is none that was ever used, or the request is of drafts 01 to 03.
    Unknown,
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "no version in the request",
            Self::Repeated => "several versions in the request",
            Self::Unknown => "no known version",
        })
    }
}

impl core::error::Error for VersionError {}

/// The set of versions that a server accepts.
///
/// The default is [`Versions::RECENT`]. `Display` gives what a refusal tells the client in
/// `Sec-WebSocket-Version`: the numbers, the most preferred first.
///
/// ```
/// use ws_handshake::{Version, Versions};
///
/// assert_eq!(Versions::default().to_string(), "13, 8, 7");
/// assert_eq!(Versions::default().without(Version::Hybi7).to_string(), "13, 8");
/// assert_eq!(Versions::RFC6455.to_string(), "13");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Versions(u8);

impl Versions {
    /// Version 13 alone.
    pub const RFC6455: Self = Self(Version::Rfc6455.bit());

    /// Versions 13, 8 and 7, which have the same frames: the default.
    pub const RECENT: Self =
        Self(Version::Rfc6455.bit() | Version::Hybi8.bit() | Version::Hybi7.bit());

    /// Every version there is.
    ///
    /// The two oldest let a page choose the bytes that go through proxies on the way (they have no
    /// masks), which has been used to poison caches; offer them where nobody else listens. For
    /// version 4, [`Accept::nonce`](crate::Accept::nonce) must be set.
    #[cfg(feature = "drafts")]
    pub const ALL: Self = Self(u8::MAX);

    /// These and one more.
    #[cfg(feature = "drafts")]
    pub const fn with(self, version: Version) -> Self {
        Self(self.0 | version.bit())
    }

    /// These but one.
    pub const fn without(self, version: Version) -> Self {
        Self(self.0 & !version.bit())
    }

    /// Whether this version is accepted.
    pub const fn contains(self, version: Version) -> bool {
        self.0 & version.bit() != 0
    }

    /// The versions, the most preferred first.
    pub fn iter(self) -> impl Iterator<Item = Version> {
        Version::ALL
            .into_iter()
            .filter(move |&version| self.contains(version))
    }
}

impl Default for Versions {
    fn default() -> Self {
        Self::RECENT
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, number) in self.iter().filter_map(Version::wire_number).enumerate() {
            write!(f, "{}{number}", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn fields(lines: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::new();
        for (name, value) in lines {
            fields.push(name, value).unwrap();
        }
        fields
    }

    // RFC 6455 §4.2.1-6, §4.4
    #[test]
    fn detect_looks_at_version_then_draft_then_keys() {
        const VERSION: &str = "Sec-WebSocket-Version";
        const KEY: &str = "Sec-WebSocket-Key";
        const KEY1: &str = "sec-websocket-key1";
        let unknown = Err(VersionError::Unknown);
        for (lines, expected) in [
            (&[(VERSION, "13")][..], Ok(Version::Rfc6455)),
            (&[(VERSION, " 13 ")], Ok(Version::Rfc6455)),
            (&[(VERSION, "8")], Ok(Version::Hybi8)),
            (&[(VERSION, "7")], Ok(Version::Hybi7)),
            (&[(VERSION, "6")], Ok(Version::Hybi6)),
            (&[(VERSION, "5")], Ok(Version::Hybi5)),
            (&[(VERSION, "4")], Ok(Version::Hybi4)),
            (&[(VERSION, "0")], unknown),
            (&[(VERSION, "9")], unknown),
            (&[(VERSION, "013")], unknown),
            (&[(VERSION, "+13")], unknown),
            (&[(VERSION, "13.0")], unknown),
            (&[(VERSION, "0x0d")], unknown),
            (&[(VERSION, "13, 8")], unknown),
            (&[(VERSION, "269")], unknown),
            (&[(VERSION, ""), (KEY, "k")], unknown),
            (&[(KEY, "k")], Err(VersionError::Missing)),
            (
                &[(VERSION, "13"), (VERSION, "13")],
                Err(VersionError::Repeated),
            ),
            (&[(KEY1, "1"), (VERSION, "13")], Ok(Version::Rfc6455)),
            (&[(KEY1, "1"), ("Sec-WebSocket-Draft", "2")], unknown),
            (&[(KEY1, "1")], Ok(Version::Hixie76)),
            (&[("Sec-WebSocket-Key2", "1")], Ok(Version::Hixie76)),
            (&[(VERSION, "")], Ok(Version::Hixie75)),
            (&[], Ok(Version::Hixie75)),
        ] {
            assert_eq!(Version::detect(&fields(lines)), expected, "{lines:?}");
        }
    }

    #[test]
    fn versions_are_named_and_listed_by_wire_number() {
        let names: alloc::vec::Vec<_> = Version::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(
            names.join(" "),
            "hybi-13 hybi-8 hybi-7 hybi-6 hybi-5 hybi-4 hixie-76 hixie-75"
        );
        let some = Version::Hixie75.bit() | Version::Hybi7.bit() | Version::Rfc6455.bit();
        assert_eq!(Versions(some).to_string(), "13, 7");
        assert!(Versions(some).contains(Version::Hixie75));
        assert!(!Versions(some).contains(Version::Hybi8));
        assert_eq!(Versions(u8::MAX).to_string(), "13, 8, 7, 6, 5, 4");
        let hixie = Versions(Version::Hixie75.bit() | Version::Hixie76.bit());
        assert_eq!(hixie.to_string(), "");
    }
}

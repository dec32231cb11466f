//! The versions before RFC 6455.
//!
//! WebSockets were deployed several times before they were finished, and some of the devices are
//! still there: television sets, set-top boxes, machines in factories. With the feature `drafts` both ends can
//! speak all of it, through the same [`WebSocket`](crate::WebSocket).
//!
//! | [`Version`](crate::handshake::Version) | name | known by | without the feature |
//! |---|---|---|---|
//! | `Rfc6455` | `hybi-13` | `Sec-WebSocket-Version: 13` | yes |
//! | `Hybi8` | `hybi-8` | 8 | yes |
//! | `Hybi7` | `hybi-7` | 7 | yes |
//! | `Hybi6`, `Hybi5`, `Hybi4` | `hybi-6`, … | 6, 5, 4 | refused |
//! | `Hixie76` | `hixie-76` | two keys, and eight bytes behind the head | refused |
//! | `Hixie75` | `hixie-75` | nothing at all | refused |
//!
//! Versions 13, 8 and 7 have the same frames and differ in the name of a field. They are on by default; a
//! server tells them apart from the request alone.
//!
//! ```
//! use hybi::Options;
//! use hybi::handshake::{Version, Versions};
//!
//! let mut options = Options::server();
//! options.handshake.versions = Versions::ALL;
//! // or, for that one television set:
//! options.handshake.versions = Versions::RECENT.with(Version::Hixie76);
//! ```
//!
//! A client asks for one version, and gets it or none:
//!
//! ```
//! use hybi::Request;
//! use hybi::handshake::Version;
//!
//! let request = Request::from_url("ws://example.com/")?.with_version(Version::Hixie76)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What they lack
//!
//! | | 8, 7 | 6 | 5, 4 | hixie-76 | hixie-75 |
//! |---|---|---|---|---|---|
//! | binary messages | yes | yes | yes | no | no |
//! | messages in pieces, sent as such | yes | yes | yes | gathered | gathered |
//! | Ping and Pong | yes | yes | yes | no | no |
//! | a Pong that nobody asked for | yes | no | no | no | no |
//! | a code and a reason in Close | yes | yes | no | no | no |
//! | Close | yes | yes | yes | yes | no: the transport ends |
//! | extensions | yes | no | no | no | no |
//! | masks, from clients | yes | yes | yes | no | no |
//!
//! What a version lacks is [`Misuse::Unsupported`](crate::driver::Misuse), and nothing was sent. What a
//! [`close`](crate::WebSocket::close) says where there is no room for it is checked and left out. Without
//! Pings a keep-alive cannot ask; `idle_timeout` still ends what is not used.
//!
//! [`WebSocket::version`](crate::WebSocket::version) tells what is spoken.
//!
//! # What they cost
//!
//! - **The hixie drafts have no masks.** A page can choose the bytes that go through proxies on the way,
//!   which has been used to poison caches. Offer them where nobody else listens, or where the clients are
//!   your own.
//! - hixie-76's last key comes behind the head of its request. A proxy may hold it back until it has seen
//!   the answer, so the answer's head goes out first, and the handshake is over later:
//!   [`Requested::accept`](crate::handshake::Requested::accept) gives `NeedsInput` there. The async layer
//!   does this by itself.
//! - Version 4 wants sixteen random bytes from the server as well,
//!   [`Accept::nonce`](crate::Accept); the async layer draws them.
//! - Responses of the hixie drafts name the URL, which is `wss` only if
//!   [`ServerConfig::secure`](crate::handshake::ServerConfig) says so.
//!
//! Drafts 01 to 03 are recognised and refused: [`VersionError`](crate::handshake::VersionError).
//!
//! # How they are kept apart
//!
//! Each lives in files of its own, which nothing new depends on: the day nobody needs them they are deleted,
//! and a test does that every time to see that all else still builds.

//! Ways through proxies for WebSocket clients, without I/O: `CONNECT`, SOCKS5, and which to take.
//!
//! # Overview
//!
//! Each way is a value that every step consumes, so a step out of order does not compile:
//!
//! ```text
//! HTTP    Connect::start ──► AwaitingProxy ──receive──► Open ──► (TLS, WebSocket handshake)
//!                                          ├──────────► AuthenticationRequired ──► (close)
//!                                          └──────────► Refused ──► (close)
//!
//! SOCKS5  Socks5::start ──► AwaitingSocks5 ──receive──► Open ──► (TLS, WebSocket handshake)
//! ```
//!
//! - [`Environment`] picks a [`Proxy`] for a URL from `https_proxy` and its kin, which the caller
//!   has read; [`NoProxy`] is the list of hosts that are reached without one.
//! - [`Proxy::scheme`] says what to speak: [`Connect`] for [`Scheme::Http`] and (inside TLS)
//!   [`Scheme::Https`], [`Socks5`] for the others.
//! - [`Authority`] is where the tunnel leads. [`Credentials`] and [`ProxyFields`] are for the proxy
//!   alone; being types of their own, they are not mixed up with what the origin is told.
//! - A [`Refusal`] is a proxy's answer other than 2xx, which is no error of the protocol. What
//!   breaks a rule is a [`ConnectError`] or a [`SocksError`]; what the caller may not ask for is a
//!   [`Misuse`].
//!
//! # Example
//!
//! ```
//! use ws_proxy::{Authority, Connect, ConnectOptions, Environment, Scheme};
//!
//! // What `std::env::vars_os` would give.
//! let environment = Environment::from_vars([
//!     ("https_proxy", "http://kettle:s3cret@proxy.example:3128"),
//!     ("no_proxy", "localhost,.internal"),
//! ]);
//! let target = Authority::new("chat.example.com", 443)?;
//! let proxy = environment.for_wss(&target)?.expect("it is not in no_proxy");
//! assert_eq!(proxy.scheme(), Scheme::Http);
//! // Here the caller opens a connection to this.
//! assert_eq!(proxy.authority().to_string(), "proxy.example:3128");
//!
//! let mut options = ConnectOptions::default();
//! options.credentials = proxy.credentials().cloned();
//! options.fields.push("User-Agent", "kettle/1")?;
//! let mut to_proxy = Vec::new();
//! let connect = Connect::start(&target, &options, &mut to_proxy);
//! assert!(to_proxy.starts_with(b"CONNECT chat.example.com:443 HTTP/1.1\r\n"));
//!
//! // Half an answer: all of it is taken. Nothing may be written to the proxy meanwhile.
//! let Connect::NeedsInput(connect) = connect.receive(&mut &b"HTTP/1.1 200 Conn"[..])? else {
//!     panic!("the answer goes on");
//! };
//! // Bytes behind the head come from the other end of the tunnel; they stay in the input.
//! let mut input = &b"ection established\r\n\r\nhello"[..];
//! let Connect::Open(response) = connect.receive(&mut input)? else {
//!     panic!("the proxy has accepted");
//! };
//! assert_eq!(response.status().code(), 200);
//! assert_eq!(input, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Failing
//!
//! Whatever does not lead to `Open` ends the connection to the proxy: nothing behind a refusal may
//! be read or written there (RFC 9931). Another attempt, with credentials say, takes another
//! connection. Nothing is tried again, and nothing goes to the origin directly, by itself.
//!
//! # What this crate does not do
//!
//! It resolves no names, dials nothing, reads no environment and knows no TLS: TLS to the proxy
//! ([`Scheme::Https`]) and TLS inside the tunnel are two sessions with names and settings of their
//! own. It has no clock: the deadline for a tunnel is set by who does the I/O. It knows Basic
//! authentication only, and neither SOCKS4 nor proxy auto-configuration.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod authority;
mod connect;
mod credentials;
mod environment;
mod error;
mod fields;
#[doc(hidden)]
pub mod fuzzing;
mod no_proxy;
mod proxy;
mod refusal;
mod socks5;

pub use authority::Authority;
pub use connect::{AwaitingProxy, Connect, ConnectOptions};
pub use credentials::Credentials;
pub use environment::Environment;
pub use error::{ConnectError, EnvironmentError, Misuse, ProxyUrlError, SocksError, SocksReply};
pub use fields::ProxyFields;
pub use no_proxy::NoProxy;
pub use proxy::{Proxy, Scheme};
pub use refusal::Refusal;
pub use socks5::{AwaitingSocks5, Socks5};
pub use ws_http::{Fields, HeadError, InvalidField, Limits, ResponseHead, Status};

//! Server-sent events over any async byte stream: streams of a server, and sources that reconnect.
//!
//! A server answers an [`Incoming`](crate::Incoming) request with an [`EventStream`], on the same
//! port as pages and WebSockets. What many clients get goes through a [`Hub`], which encodes each
//! event once and gives those who come back what they have missed. Servers that are built on
//! another HTTP library send an [`EventBody`].
//!
//! A client is an `EventSource` (with the feature `client`): it gets to its server as WebSockets do,
//! through proxies and TLS, and connects again with the last event id until there is a reason to
//! stop.
//!
//! What an event is made of, and what a stream may be, is in `ws-sse`.

mod accept;
mod body;
mod hub;
mod options;
#[cfg(feature = "client")]
mod source;
mod stream;
mod subscription;
mod supply;
mod wire;

pub use body::EventBody;
pub use hub::Hub;
pub use options::EventOptions;
#[cfg(feature = "client")]
pub use source::{
    EventRequest, EventSource, Lost, OwnedEvent, SourceError, SourceEvent, SourceState,
};
pub use stream::EventStream;
pub use subscription::{Delivered, Served, Serving, Subscription};
/// What streams and events are made of.
pub use ws_sse::{Accept, EncodedEvent, Event, Misuse, Offer, Queue, Reject, SlowPolicy};

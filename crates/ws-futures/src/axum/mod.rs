//! WebSockets and server-sent events as an axum handler takes them, over HTTP/1.1 and HTTP/2 alike.
//!
//! ```
//! use axum_core::response::Response;
//! use ws_futures::Event;
//! use ws_futures::axum::WebSocketUpgrade;
//!
//! async fn echo(upgrade: WebSocketUpgrade) -> Response {
//!     upgrade.on_upgrade(async |mut socket| {
//!         while let Ok(Some((event, mut outbox))) = socket.exchange().await {
//!             if let Event::Message(message) = event
//!                 && outbox.feed(message).await.is_err()
//!             {
//!                 break;
//!             }
//!         }
//!     })
//! }
//! ```
//!
//! For HTTP/2 route `any`, not `get`: there the method is `CONNECT`.
//!
//! With the feature `sse`, a handler takes a request for events as well, which is routed by `get`:
//!
//! ```
//! # #[cfg(feature = "sse")] {
//! use axum_core::response::Response;
//! use ws_futures::axum::ServerSentEvents;
//! use ws_futures::sse::Hub;
//!
//! /// With axum: `State(hub): State<Hub>`.
//! async fn feed(hub: Hub, events: ServerSentEvents) -> Response {
//!     events.serve(&hub) // what was missed, then what comes
//! }
//! # }
//! ```

#[cfg(feature = "sse")]
mod events;
mod upgrade;

#[cfg(feature = "sse")]
pub use events::{NotEvents, ServerSentEvents};
pub use upgrade::{NotWebSocket, WebSocketUpgrade};

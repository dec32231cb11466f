//! The common calls under the names that tungstenite and tokio-tungstenite have for them.
//!
//! For moving a program here in two steps: first the `use` lines, then, in one's own time, what
//! lends messages and costs less. [`WebSocketStream`] is a `Stream` and a `Sink` of [`Message`]s, in
//! which Ping, Pong and Close are messages, too. The manual has the whole table, under
//! `moving_in`.
//!
//! ```
//! use futures::StreamExt;
//! use hybi::tungstenite::{Message, WebSocketStream};
//! use hybi::{Error, Options};
//! use tokio::net::TcpStream;
//!
//! async fn echo(stream: TcpStream) -> Result<(), Error> {
//!     let socket = hybi::tokio::accept(stream, &Options::server()).await?;
//!     let mut socket = WebSocketStream::from(socket);
//!     while let Some(message) = socket.next().await {
//!         let message = message?;
//!         if message.is_text() || message.is_binary() {
//!             socket.send(message).await?;
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! What is different, because it cannot be the same:
//!
//! - A Ping is answered before it is shown. A [`Message::Pong`] that is sent is one more, which does no
//!   harm, but no version before hybi-7 has such: it is an error there.
//! - The end is `None` from the stream and [`Error::Closed`](crate::Error::Closed) from
//!   [`read`](WebSocketStream::read); a connection that ends in no order is an error before that.
//! - Limits and deadlines are those of [`Options`](crate::Options), and they are on.

mod message;
mod stream;

pub use message::{CloseFrame, Message};
pub use stream::WebSocketStream;

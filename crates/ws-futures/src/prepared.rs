//! Messages that go out on many connections.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use ws_driver::{DriverWriter, Shape};

use crate::Message;

/// A message for many connections: framed once, and encoded once for all whose extensions were
/// agreed on alike. A clone is a reference.
///
/// ```
/// use futures_io::{AsyncRead, AsyncWrite};
/// use ws_futures::{Error, Prepared, WebSocket};
///
/// async fn to_all<T>(sockets: &mut [WebSocket<T>], text: &str) -> Result<(), Error>
/// where
///     T: AsyncRead + AsyncWrite + Unpin,
/// {
///     let prepared = Prepared::new(text);
///     for socket in sockets {
///         socket.feed_prepared(&prepared).await?;
///     }
///     Ok(())
/// }
/// ```
///
/// A client masks each frame with a key of its own, so from there it is sent as any other. With
/// permessage-deflate and a context that is kept, what is sent so shrinks as little as without
/// one, and the compressor is made anew for the next message of the connection's own.
#[derive(Clone, Debug)]
pub struct Prepared(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    message: Message,
    frames: Mutex<Vec<(Shape, Bytes)>>,
}

/// The most frames that are kept: connections that differ in more ways get theirs one by one.
const MAX_SHAPES: usize = 16;

impl Prepared {
    /// Takes the message; nothing is done before the first connection sends it.
    pub fn new(message: impl Into<Message>) -> Self {
        Self(Arc::new(Inner {
            message: message.into(),
            frames: Mutex::default(),
        }))
    }

    /// The message.
    pub fn message(&self) -> &Message {
        &self.0.message
    }

    /// The frame that connections of the shape of this one send; `None` if it has to be sent as
    /// any other.
    pub(crate) fn frame(&self, writer: &DriverWriter<'_>) -> Option<Bytes> {
        let shape = writer.shape()?;
        // Whoever panicked here has left whole frames.
        let mut frames = self.0.frames.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, frame)) = frames.iter().find(|(of, _)| *of == shape) {
            return Some(frame.clone());
        }
        if frames.len() == MAX_SHAPES {
            return None;
        }
        let mut frame = Vec::new();
        if !writer.share(self.message().borrowed(), &mut frame) {
            return None;
        }
        let frame = Bytes::from(frame);
        frames.push((shape, frame.clone()));
        Some(frame)
    }
}

impl<M: Into<Message>> From<M> for Prepared {
    fn from(message: M) -> Self {
        Self::new(message)
    }
}

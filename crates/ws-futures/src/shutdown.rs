//! The end of a server: all its connections are told, and waited for.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{CloseCode, CloseFrame, Event};

use crate::core::Mode;
use crate::{Error, Outbox, Timer, WebSocket};

/// Ends the connections of a server: each is closed with 1001, and all are waited for.
///
/// Clones are the same. Connections take part by receiving through their [`Member`].
///
/// ```
/// use std::time::Duration;
/// use futures_io::{AsyncRead, AsyncWrite};
/// use ws_futures::{Error, Event, Shutdown, WebSocket};
///
/// async fn echo<T>(mut socket: WebSocket<T>, shutdown: &Shutdown) -> Result<(), Error>
/// where
///     T: AsyncRead + AsyncWrite + Unpin,
/// {
///     let mut member = shutdown.join();
///     while let Some((event, mut outbox)) = member.exchange(&mut socket).await? {
///         if let Event::Message(message) = event {
///             outbox.feed(message).await?;
///         }
///     }
///     Ok(())
/// }
///
/// # #[cfg(feature = "tokio")]
/// # async fn test() {
/// let shutdown = Shutdown::new();
/// // … connections come and go; then, after accepting has stopped:
/// let all = shutdown.finish(ws_futures::tokio::timer(), Duration::from_secs(10)).await;
/// println!("{}", if all { "all have gone" } else { "some were left" });
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Shutdown {
    shared: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    has_begun: bool,
    members: usize,
    next: u64,
    /// Who waits for the beginning.
    waiting: BTreeMap<u64, Waker>,
    /// Who waits for the end.
    finishing: Vec<Waker>,
}

impl Shutdown {
    /// One that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes part, until the member is dropped: it is told, and waited for.
    pub fn join(&self) -> Member {
        let mut state = self.lock();
        state.members += 1;
        state.next += 1;
        Member {
            shutdown: self.clone(),
            id: state.next,
            told: false,
        }
    }

    /// Begins: every member is told.
    pub fn begin(&self) {
        let mut state = self.lock();
        state.has_begun = true;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_values().for_each(Waker::wake);
    }

    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        self.lock().has_begun
    }

    /// How many take part.
    pub fn members(&self) -> usize {
        self.lock().members
    }

    /// Waits until it begins: for the loop that accepts.
    pub async fn begun(&self) {
        let mut here = self.join();
        poll_fn(|cx| here.poll_begun(cx)).await;
    }

    /// Begins, and waits until all members are gone, at most so long; whether they are.
    pub async fn finish(&self, timer: impl Timer, within: Duration) -> bool {
        self.begin();
        let mut timer = timer;
        let by = timer.now().saturating_add(within);
        let mut gone = pin!(self.gone());
        poll_fn(|cx| match gone.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending => timer.poll_at(cx, by).map(|()| false),
        })
        .await
    }

    /// Waits until nobody takes part.
    async fn gone(&self) {
        poll_fn(|cx| {
            let mut state = self.lock();
            if state.members == 0 {
                return Poll::Ready(());
            }
            state.finishing.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Shutdown")
            .field("has_begun", &state.has_begun)
            .field("members", &state.members)
            .finish()
    }
}

/// A connection's part in a [`Shutdown`]; dropped when the connection is done.
#[derive(Debug)]
pub struct Member {
    shutdown: Shutdown,
    id: u64,
    /// Our Close is out, or somebody else's.
    told: bool,
}

impl Member {
    /// As [`WebSocket::receive`], but once the shutdown begins the connection is closed with 1001:
    /// what the peer has sent before its answer still comes, then `None`.
    ///
    /// Cancel-safe: nothing is lost if the future is dropped.
    ///
    /// # Errors
    ///
    /// Those of [`WebSocket::receive`].
    pub async fn receive<'s, T>(
        &mut self,
        socket: &'s mut WebSocket<T>,
    ) -> Result<Option<Event<'s>>, Error>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let event = self.exchange(socket).await?;
        Ok(event.map(|(event, _)| event))
    }

    /// As [`WebSocket::exchange`], and otherwise as [`receive`](Self::receive).
    ///
    /// # Errors
    ///
    /// Those of [`WebSocket::exchange`].
    pub async fn exchange<'s, T>(
        &mut self,
        socket: &'s mut WebSocket<T>,
    ) -> Result<Option<(Event<'s>, Outbox<'s, T>)>, Error>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let core = &mut socket.core;
        let advanced = poll_fn(|cx| {
            if !self.told && self.poll_begun(cx).is_ready() {
                self.told = true;
                // RFC 6455 §7.4.1
                let frame = CloseFrame {
                    code: CloseCode::GOING_AWAY,
                    reason: "server is going away",
                };
                // If it is closing already, there is nothing to be told.
                let _ = core.start_close(Some(frame));
            }
            core.poll_advance(cx, Mode::Whole)
        });
        if let Err(ended) = advanced.await {
            return ended.told();
        }
        socket.core.take_event()
    }

    /// Whether the shutdown has begun; if not, the task is woken when it does.
    pub fn poll_begun(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.shutdown.lock();
        if state.has_begun {
            return Poll::Ready(());
        }
        match state.waiting.get_mut(&self.id) {
            Some(waker) => waker.clone_from(cx.waker()),
            None => drop(state.waiting.insert(self.id, cx.waker().clone())),
        }
        Poll::Pending
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut state = self.shutdown.lock();
        let waker = state.waiting.remove(&self.id);
        state.members -= 1;
        let finishing = match state.members {
            0 => std::mem::take(&mut state.finishing),
            _ => Vec::new(),
        };
        drop(state);
        drop(waker);
        finishing.into_iter().for_each(Waker::wake);
    }
}

//! An event stream to one client.

mod drive;

use std::fmt;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use futures_core::Stream;
use futures_io::{AsyncRead, AsyncWrite};
use ws_sse::{EncodedEvent, Event, LastEventId, Misuse, Offer, StreamWriter};

use crate::opening::Opening;
use crate::sse::subscription::Served;
use crate::sse::supply::Items;
use crate::sse::wire::Wire;
use crate::timer::Alarm;
use crate::trace::Life;
use crate::{Error, Options};

/// An event stream to one client, over `T`, a byte stream.
///
/// - [`send`](Self::send) has written an event when it returns. What is [fed](Self::feed) is
///   written together with others: at the next [`flush`](Self::flush), while the client's
///   [leaving](Self::gone) is waited for, or when it is too much to wait.
/// - [`forward`](Self::forward) sends all events of a `Stream`, and does everything else.
/// - [`Hub::serve`](crate::sse::Hub::serve) sends what many get.
///
/// With a timer, a stream on which nothing was sent for
/// [`EventOptions::ping`](crate::sse::EventOptions::ping) gets a comment, and a client that takes
/// nothing for [`Options::write_timeout`] is given up; both while one of its futures is waited for.
/// An idle stream owns no buffer. Dropping any future of these methods loses nothing.
pub struct EventStream<T> {
    wire: Wire<T>,
    writer: StreamWriter,
    ping: Option<Duration>,
    /// From how many waiting bytes on feeding waits.
    soft: usize,
    is_shut: bool,
    asked: Box<Asked>,
    /// Ends with the stream.
    _life: Life,
}

/// What the client has asked for.
struct Asked {
    target: String,
    host: Option<String>,
    last_event_id: Vec<u8>,
}

impl<T> EventStream<T> {
    pub(super) fn opened(
        opening: Opening<T>,
        writer: StreamWriter,
        offer: &Offer<'_>,
        last_event_id: LastEventId<'_>,
        options: &Options,
    ) -> Self {
        let Opening {
            io,
            output,
            timer,
            life,
            ..
        } = opening;
        let alarm = Alarm::new(timer);
        let mut wire = Wire::new(io, output, alarm, writer.framing(), options.write_timeout);
        wire.output.release();
        let mut this = Self {
            wire,
            writer,
            ping: options.events.ping,
            soft: options.write_buffer,
            is_shut: false,
            asked: Box::new(Asked {
                target: offer.target().to_owned(),
                host: offer.host().map(str::to_owned),
                last_event_id: last_event_id.as_bytes().to_vec(),
            }),
            _life: life,
        };
        this.note_sending();
        this
    }

    /// What was asked for: path and query, or a URL.
    pub fn target(&self) -> &str {
        &self.asked.target
    }

    /// The URL that was asked for, if the request says it. Whether the client has come through TLS
    /// does not stand there.
    pub fn url(&self, is_secure: bool) -> Option<String> {
        let host = self
            .asked
            .host
            .as_deref()
            .map(|host| ("host", host.as_bytes()));
        Offer::from_parts("GET", &self.asked.target, host).url(is_secure)
    }

    /// The last event that the client has seen, as it says; empty if it has seen none. It is text
    /// of a stranger, and need not be UTF-8.
    pub fn last_event_id(&self) -> &[u8] {
        &self.asked.last_event_id
    }

    /// Whether the stream has ended on our side.
    pub const fn is_closed(&self) -> bool {
        self.writer.is_closed()
    }

    /// The byte stream.
    pub const fn io(&self) -> &T {
        &self.wire.io
    }

    /// The next ping is not due before its interval is over.
    fn note_sending(&mut self) {
        if let (Some(interval), Some(now)) = (self.ping, self.wire.alarm.now()) {
            self.wire.alarm.connection = Some(now.saturating_add(interval));
        }
    }

    fn add(
        &mut self,
        encode: impl FnOnce(&mut StreamWriter, &mut Vec<u8>) -> Result<(), Misuse>,
    ) -> Result<(), Error> {
        self.wire.output.prepare();
        encode(&mut self.writer, &mut self.wire.output.buffer)?;
        self.note_sending();
        Ok(())
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> EventStream<T> {
    /// Sends an event; it has been written when this returns.
    ///
    /// # Errors
    ///
    /// [`Error::Event`] for an event that cannot be written; [`Error::Closed`] behind
    /// [`close`](Self::close); [`Error::Io`] if the client has gone, also if it took nothing for
    /// too long (`TimedOut`).
    pub async fn send(&mut self, event: &Event<'_>) -> Result<(), Error> {
        self.feed(event).await?;
        self.flush().await
    }

    /// Adds an event to what will be written, and waits only if there is much of that already.
    /// Dropped before it returns, it has not been added.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn feed(&mut self, event: &Event<'_>) -> Result<(), Error> {
        self.append(|writer, out| writer.send(event, out)).await
    }

    /// As [`feed`](Self::feed), for an event that was encoded for many: it is not copied.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn feed_encoded(&mut self, event: &EncodedEvent) -> Result<(), Error> {
        self.check_open()?;
        poll_fn(|cx| self.wire.poll_queue_room(cx, self.soft)).await?;
        self.push(event.clone());
        Ok(())
    }

    /// Adds a comment of any text, of which clients make nothing.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn feed_comment(&mut self, text: &str) -> Result<(), Error> {
        self.append(|writer, out| writer.comment(text, out)).await
    }

    /// Adds how long the client shall wait before it reconnects.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn feed_retry(&mut self, after: Duration) -> Result<(), Error> {
        self.append(|writer, out| writer.retry(after, out)).await
    }

    /// Sends an empty comment now, whatever the timer says.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn ping(&mut self) -> Result<(), Error> {
        self.append(StreamWriter::ping).await?;
        self.flush().await
    }

    /// Writes all that was fed.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.wire.poll_written(cx)).await
    }

    /// Waits for the client to leave; meanwhile writes what was fed, and pings.
    ///
    /// A client that ends its own side counts as gone. No `EventSource` does so before it leaves.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send): the client did not say that it leaves, or the stream is
    /// closed.
    pub async fn gone(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.poll_gone(cx)).await
    }

    /// Waits for something else, and meanwhile does what [`gone`](Self::gone) does; `None` if the
    /// client leaves first.
    ///
    /// ```
    /// # use futures::{AsyncRead, AsyncWrite, StreamExt};
    /// use ws_futures::Error;
    /// use ws_futures::sse::{Event, EventStream};
    ///
    /// # async fn f<T: AsyncRead + AsyncWrite + Unpin>(
    /// #     mut stream: EventStream<T>,
    /// #     mut ticks: impl futures::Stream<Item = String> + Unpin,
    /// # ) -> Result<(), Error> {
    /// while let Some(Some(tick)) = stream.until_gone(ticks.next()).await? {
    ///     stream.feed(&Event::new(&tick)).await?; // written while the next one is waited for
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`gone`](Self::gone).
    pub async fn until_gone<F: Future>(&mut self, work: F) -> Result<Option<F::Output>, Error> {
        let mut work = std::pin::pin!(work);
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(Some(output))),
            Poll::Pending => self.poll_gone(cx).map_ok(|()| None),
        })
        .await
    }

    /// Sends each event of `events` as soon as it is there, pings meanwhile, and closes at their
    /// end. While the client takes nothing, nothing is taken from `events`.
    ///
    /// Dropped, it may have taken events which are written by the next [`flush`](Self::flush);
    /// none is lost.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn forward<S>(&mut self, events: S) -> Result<Served, Error>
    where
        S: Stream<Item = EncodedEvent>,
    {
        let mut items = Items(std::pin::pin!(events));
        let mut served = None;
        poll_fn(|cx| self.poll_to_end(cx, &mut items, &mut served)).await
    }

    /// Ends the stream: writes what is left, and waits until the client has seen it, for five
    /// seconds at most. The client will reconnect; to keep it from that, its next request is to be
    /// [stopped](crate::Incoming::stop_events).
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if what is left cannot be written.
    pub async fn close(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.poll_close(cx)).await
    }

    async fn append(
        &mut self,
        encode: impl FnOnce(&mut StreamWriter, &mut Vec<u8>) -> Result<(), Misuse>,
    ) -> Result<(), Error> {
        poll_fn(|cx| self.wire.poll_room(cx, self.soft)).await?;
        self.add(encode)
    }

    fn push(&mut self, event: EncodedEvent) {
        self.wire.push(event);
        self.note_sending();
    }

    fn check_open(&self) -> Result<(), Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        self.wire.check()
    }
}

impl<T: fmt::Debug> fmt::Debug for EventStream<T> {
    /// Shows no target, which may have a secret in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("io", &self.wire.io)
            .field("waiting", &self.wire.waiting())
            .field("is_closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}

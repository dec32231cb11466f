//! What was found is lent.

use std::sync::Arc;
use std::task::{Context, Waker};

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{Chunk, DriverReader, DriverWriter, Event, Halves};

use super::Core;
use crate::Error;
use crate::input::Mark;
use crate::outbox::Outbox;
use crate::trace::{self, Life};
use crate::wakers::Wakers;
use crate::wire::Wire;

impl<T: AsyncRead + AsyncWrite + Unpin> Core<T> {
    /// Lends the event that [`poll_advance`](Self::poll_advance) found.
    #[inline]
    pub(crate) fn take_event(&mut self) -> Result<Option<(Event<'_>, Outbox<'_, T>)>, Error> {
        let (mut unread, mark) = self.input.split();
        let (reader, writer) = match self.connection.halves() {
            Halves::Usual(reader, writer) => {
                if let Some(message) = reader.single(&mut unread) {
                    mark.leave(unread.len());
                    let outbox = Outbox {
                        writer: writer.into(),
                        wire: &mut self.wire,
                    };
                    return Ok(Some((Event::Message(message), outbox)));
                }
                (reader.into(), writer.into())
            }
            Halves::Rare(reader, writer) => (reader, writer),
        };
        let lender = Lender {
            reader,
            writer,
            unread,
            mark,
            wire: &mut self.wire,
            spent: &mut self.spent,
            wakers: self.wakers.as_ref(),
            life: &self.life,
        };
        // Not returned: what a call returns into stays in memory, and messages with it, which are
        // then moved in other widths than they were stored in.
        let mut other = Ok(None);
        lender.event(&mut other);
        other
    }

    /// Lends the chunk that [`poll_advance`](Self::poll_advance) found.
    pub(crate) fn take_chunk(&mut self) -> Result<Option<Event<'_, Chunk<'_>>>, Error> {
        let (reader, mut writer) = self.connection.split_mut();
        let (mut unread, mark) = self.input.split();
        let event = reader.event_chunk(&mut unread, &mut writer, &mut self.wire.output.buffer);
        mark.leave(unread.len());
        let mut outbox = Outbox {
            writer,
            wire: &mut self.wire,
        };
        match event {
            Ok(event) => {
                if let Some(event) = &event
                    && !matches!(event, Event::Message(_))
                {
                    self.spent = self.spent.saturating_add(1);
                    outbox.time_pong(event);
                }
                Ok(event)
            }
            Err(error) => {
                let wakers = self.wakers.as_ref();
                Err(last_words(&mut outbox, wakers, &self.life, error))
            }
        }
    }
}

/// All that an event is lent from, and what is to be noted of it.
struct Lender<'a, T> {
    reader: DriverReader<'a>,
    writer: DriverWriter<'a>,
    unread: &'a mut [u8],
    mark: Mark<'a>,
    wire: &'a mut Wire<T>,
    spent: &'a mut u8,
    wakers: Option<&'a Arc<Wakers>>,
    life: &'a Life,
}

impl<'a, T: AsyncWrite + Unpin> Lender<'a, T> {
    /// Lends what did not come the short way, which is kept free of all this.
    #[cold]
    #[inline(never)]
    fn event(mut self, lent: &mut Result<Option<(Event<'a>, Outbox<'a, T>)>, Error>) {
        let out = &mut self.wire.output.buffer;
        let event = self.reader.event(&mut self.unread, &mut self.writer, out);
        self.mark.leave(self.unread.len());
        let mut outbox = Outbox {
            writer: self.writer,
            wire: self.wire,
        };
        *lent = match event {
            Ok(event) => Ok(event.map(|event| {
                if !matches!(event, Event::Message(_)) {
                    *self.spent = self.spent.saturating_add(1);
                    outbox.time_pong(&event);
                }
                (event, outbox)
            })),
            Err(error) => Err(last_words(&mut outbox, self.wakers, self.life, error)),
        };
    }
}

/// The connection failed while an event was to be lent: writes what the transport takes at once.
///
/// Not inlined, or the compiler takes errors apart byte by byte and then moves every event in such
/// pieces, which stalls the processor: 25 ns of 100 for a message among many.
#[cold]
#[inline(never)]
fn last_words<T: AsyncWrite + Unpin>(
    outbox: &mut Outbox<'_, T>,
    wakers: Option<&Arc<Wakers>>,
    life: &Life,
    error: ws_driver::Error,
) -> Error {
    // Another task may be waiting to write, and must not be forgotten for this.
    let waker = wakers.map_or_else(|| Waker::noop().clone(), |wakers| Arc::clone(wakers).into());
    let _ = outbox.poll_written(&mut Context::from_waker(&waker));
    outbox.wire.output.ended = true;
    let error = error.into();
    trace::failed(life, &error);
    error
}

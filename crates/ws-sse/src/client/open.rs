//! A stream that is open.

use alloc::boxed::Box;

use ws_http::{BodyDecoder, BodyPart, Framing, ResponseHead};

use crate::client::EventSource;
use crate::client::outcome::{Closed, Closure, Loss};
use crate::client::request::Request;
use crate::client::source::Source;
use crate::client::waiting::Waiting;
use crate::decoder::Here;
use crate::event::Event;

/// A source of events whose stream is open. It has nothing to write.
#[derive(Debug)]
pub struct Open {
    source: Box<Source>,
    head: ResponseHead,
    body: BodyDecoder,
    /// How many bytes at the front of the input are known to be of the stream: an event has ended
    /// among them.
    unread: usize,
    lost: Option<Loss>,
}

impl Open {
    pub(super) fn new(mut source: Box<Source>, head: ResponseHead, framing: Framing) -> Self {
        source.begin_stream();
        Self {
            source,
            head,
            body: BodyDecoder::new(framing),
            unread: 0,
            lost: None,
        }
    }

    /// Takes bytes off the front of `input`, up to the end of an event, which it lends.
    ///
    /// `None` means that all of `input` was taken and that more is wanted. What was not taken has
    /// to be given again. The first event ends the growth of the delays between attempts.
    ///
    /// # Errors
    ///
    /// When the stream is over, be it in order ([`Loss::Ended`]) or not. Nothing is left of
    /// `input` then, the connection has to be closed, and [`receive_eof`](Self::receive_eof) says
    /// how it goes on.
    pub fn receive<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b [u8],
    ) -> Result<Option<Event<'e>>, Loss> {
        let mut here = Here::default();
        match self.step(input, &mut here) {
            Ok(false) => Ok(None),
            Ok(true) => {
                self.source.backoff.reset();
                Ok(Some(self.source.decoder.event(&here)))
            }
            Err(loss) => {
                *input = &[];
                self.unread = 0;
                self.lost = Some(loss);
                Err(loss)
            }
        }
    }

    /// Tells that the connection has ended or broken, that nothing came for too long, or that an
    /// error was seen.
    ///
    /// An event that was not complete is forgotten. The result is
    /// [`Waiting`](EventSource::Waiting), or [`Closed`](EventSource::Closed) if the stream
    ///
    /// - broke a limit, and
    ///   [`retries_broken_limits`](crate::SourceOptions::retries_broken_limits) is off;
    /// - ended in order, what was asked has a body or is no `GET`, and
    ///   [`repeats_after_end`](crate::SourceOptions::repeats_after_end) is off.
    #[must_use]
    pub fn receive_eof(mut self) -> EventSource {
        let loss = self.lost.unwrap_or_else(|| match self.body.receive_eof() {
            Ok(()) => Loss::Ended,
            Err(error) => Loss::Body(error),
        });
        self.source.end_stream();
        match loss {
            Loss::Stream(error) if !self.source.options.retries_broken_limits => {
                EventSource::Closed(self.source.close(Closure::Stream(error), None))
            }
            Loss::Ended if !self.source.is_repeated() => {
                EventSource::Closed(self.source.close(Closure::Ended, None))
            }
            _ => EventSource::Waiting(Waiting::new(self.source, loss, None)),
        }
    }

    /// Ends the source.
    pub fn close(self) -> Closed {
        self.source.close(Closure::Caller, None)
    }

    /// Ends the growth of the delays between attempts, as the first event does: to be called when
    /// a stream without events has lasted for half a minute.
    pub const fn mark_stable(&mut self) {
        self.source.backoff.reset();
    }

    /// The head of the response.
    pub const fn response(&self) -> &ResponseHead {
        &self.head
    }

    /// What was asked for, behind all redirects: the origin of the events.
    pub const fn request(&self) -> &Request {
        self.source.request()
    }

    /// The last event id; empty if there is none.
    pub fn last_event_id(&self) -> &str {
        self.source.last_event_id()
    }

    /// Whether an event is complete, which is in `here` and the decoder.
    fn step<'b>(&mut self, input: &mut &'b [u8], here: &mut Here<'b>) -> Result<bool, Loss> {
        if let Some(loss) = self.lost {
            return Err(loss);
        }
        loop {
            let mut rest = *input;
            let mut data = if self.unread == 0 {
                match self.body.decode(&mut rest).map_err(Loss::Body)? {
                    Some(BodyPart::Data(data)) => {
                        self.unread = data.len();
                        data
                    }
                    Some(_) => return Err(Loss::Ended),
                    None => {
                        *input = rest;
                        return Ok(false);
                    }
                }
            } else {
                let (data, behind) = rest.split_at(self.unread.min(rest.len()));
                rest = behind;
                data
            };
            let (end, len) = (input.len() - rest.len(), data.len());
            let step = self.source.decoder.step(&mut data, here);
            let is_event = step.map_err(Loss::Stream)?;
            // What is behind the event stays in the input, and with it what is known about it.
            self.unread -= len - data.len();
            *input = &input[end - data.len()..];
            if is_event || input.is_empty() {
                return Ok(is_event);
            }
        }
    }
}

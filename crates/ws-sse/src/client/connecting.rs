//! From a connection that is wanted to the head of the answer.

use alloc::boxed::Box;
use alloc::vec::Vec;

use ws_http::{KeptResponse, Progress, ResponseDecoder, ResponseHead};

use crate::client::EventSource;
use crate::client::judge::{Verdict, judge};
use crate::client::open::Open;
use crate::client::origin::Origin;
use crate::client::outcome::{Closed, Closure, Loss, UnsentId};
use crate::client::redirected::Redirected;
use crate::client::request::Request;
use crate::client::source::Source;
use crate::client::waiting::Waiting;
use crate::response::Response;

/// How many interim responses (1xx) a server may send before its answer.
const MAX_INTERIM: u32 = 8;

/// A source of events that wants a connection.
#[derive(Debug)]
pub struct Connecting {
    source: Box<Source>,
}

impl Connecting {
    pub(super) const fn new(source: Box<Source>) -> Self {
        Self { source }
    }

    /// Where to connect.
    pub const fn origin(&self) -> &Origin {
        self.source.request().origin()
    }

    /// What will be asked for: the caller's request, or what a redirect has made of it.
    pub const fn request(&self) -> &Request {
        self.source.request()
    }

    /// The last event id, whether it will be sent or not; empty if there is none.
    pub fn last_event_id(&self) -> &str {
        self.source.last_event_id()
    }

    /// The connection is there: appends the request to `out`.
    pub fn open(self, out: &mut Vec<u8>) -> AwaitingResponse {
        let id = self.source.id_to_send();
        self.source.request().encode(id.unwrap_or_default(), out);
        AwaitingResponse {
            unsent_id: id.err(),
            decoder: ResponseDecoder::new(self.source.options.head),
            interim: 0,
            refusal: None,
            source: self.source,
        }
    }

    /// There is no connection to be had now: a name that does not resolve, a host that cannot be
    /// reached, a deadline that has passed. Where it is clear that there never will be one, as
    /// with a certificate that is not valid, [`close`](Self::close) instead.
    pub fn abandon(self) -> Waiting {
        Waiting::new(self.source, Loss::Unreachable, None)
    }

    /// Ends the source.
    pub fn close(self) -> Closed {
        self.source.close(Closure::Caller, None)
    }
}

/// A source of events that waits for the server's answer. It has nothing to write.
#[derive(Debug)]
pub struct AwaitingResponse {
    source: Box<Source>,
    unsent_id: Option<UnsentId>,
    decoder: ResponseDecoder,
    /// How many interim responses have come.
    interim: u32,
    /// There once the head of a refusal is complete.
    refusal: Option<(Closure, KeptResponse)>,
}

impl AwaitingResponse {
    /// Takes bytes off the front of `input`, up to the end of the answer.
    ///
    /// The result is [`Awaiting`](EventSource::Awaiting) if all of `input` was taken and more is
    /// wanted. If it is [`Open`](EventSource::Open), the bytes behind the head stay in `input`:
    /// they are the stream's first. Otherwise nothing is left, and the connection has to be
    /// closed.
    #[must_use]
    pub fn receive(mut self, input: &mut &[u8]) -> EventSource {
        let step = self.step(input);
        let source = match step {
            Step::More => EventSource::Awaiting(self),
            Step::Head(head) => self.answer(head),
            Step::Lost(loss) => EventSource::Waiting(Waiting::new(self.source, loss, None)),
        };
        let source = match source {
            EventSource::Awaiting(awaiting) => awaiting.read_refusal(input),
            source => source,
        };
        if !matches!(source, EventSource::Open(_)) {
            *input = &[];
        }
        source
    }

    /// Tells that the connection has ended or broken, or that nobody wants to wait any longer.
    ///
    /// A refusal whose head is there is delivered, with the body as far as it has come. The result
    /// is [`Waiting`](EventSource::Waiting) or [`Closed`](EventSource::Closed).
    #[must_use]
    pub fn receive_eof(self) -> EventSource {
        let loss = match (self.refusal, self.decoder.progress()) {
            (Some((closure, refusal)), _) => {
                let response = Response::received(refusal.receive_eof());
                return EventSource::Closed(self.source.close(closure, Some(response)));
            }
            (None, Progress::Nothing) => Loss::ClosedBeforeResponse,
            (None, _) => Loss::ClosedInHead,
        };
        EventSource::Waiting(Waiting::new(self.source, loss, None))
    }

    /// Ends the source.
    pub fn close(self) -> Closed {
        self.source.close(Closure::Caller, None)
    }

    /// What was asked for.
    pub const fn request(&self) -> &Request {
        self.source.request()
    }

    /// The last event id, whether it was sent or not; empty if there is none.
    pub fn last_event_id(&self) -> &str {
        self.source.last_event_id()
    }

    /// Why the last event id was not sent, if there is one that was not: the server will begin as
    /// if this client had seen nothing. It is kept all the same.
    pub const fn unsent_id(&self) -> Option<UnsentId> {
        self.unsent_id
    }

    /// Reads heads up to the one that counts.
    fn step(&mut self, input: &mut &[u8]) -> Step {
        if self.refusal.is_some() {
            return Step::More;
        }
        loop {
            match self.decoder.decode(input) {
                Ok(None) => return Step::More,
                Err(error) => return Step::Lost(Loss::Head(error)),
                // 101 is no interim response: nothing that can be read follows.
                Ok(Some(head)) if !head.status().is_informational() || is_101(&head) => {
                    return Step::Head(head);
                }
                Ok(Some(_)) if self.interim < MAX_INTERIM => self.interim += 1,
                Ok(Some(_)) => return Step::Lost(Loss::TooManyInterimResponses),
            }
        }
    }

    fn answer(mut self, head: ResponseHead) -> EventSource {
        match judge(&head, &self.source.options) {
            Verdict::Open(framing) => EventSource::Open(Open::new(self.source, head, framing)),
            Verdict::Redirect(location) if self.source.may_follow() => {
                EventSource::Redirected(Redirected::new(self.source, head, location))
            }
            Verdict::Redirect(_) => {
                let response = Response::without_body(head);
                let closed = self.source.close(Closure::TooManyRedirects, Some(response));
                EventSource::Closed(closed)
            }
            Verdict::Lost(loss, at_least) => {
                EventSource::Waiting(Waiting::new(self.source, loss, at_least))
            }
            Verdict::Fail(closure) => {
                let refusal = KeptResponse::new(head, self.source.options.max_body);
                self.refusal = Some((closure, refusal));
                EventSource::Awaiting(self)
            }
        }
    }

    fn read_refusal(mut self, input: &mut &[u8]) -> EventSource {
        let refusal = self.refusal.take_if(|(_, refusal)| refusal.receive(input));
        match refusal {
            Some((closure, refusal)) => {
                let response = Response::received(refusal);
                EventSource::Closed(self.source.close(closure, Some(response)))
            }
            None => EventSource::Awaiting(self),
        }
    }
}

/// What the bytes so far have come to.
enum Step {
    /// More bytes are wanted, or a refusal's body.
    More,
    /// The head of the final response.
    Head(ResponseHead),
    /// The connection is of no use.
    Lost(Loss),
}

fn is_101(head: &ResponseHead) -> bool {
    head.status() == ws_http::Status::SWITCHING_PROTOCOLS
}

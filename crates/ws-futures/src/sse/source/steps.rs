//! The run loop of a source of events.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use ws_driver::Instant;
use ws_proxy::Authority;
use ws_sse::{AwaitingResponse, Closed, Closure, Connecting, Open, Origin, Waiting};

use super::request::target_of;
use super::{EventSource, SourceError};
use crate::Step as DialStep;
use crate::dial::dial_on;
use crate::entropy;
use crate::output::Output;
use crate::{DialCause, DialError, Error, Runtime, Transport};

/// Where a source stands, and what it holds there.
pub(super) enum State<R: Runtime> {
    Connecting(Connecting),
    Dialling(Connecting, Dialling<R>),
    Asking(AwaitingResponse, Box<Asking<R>>),
    Open(Open, Transport<R::Socket>),
    Waiting(Waiting, Instant),
    Closed(Ended),
    /// From one state to the next.
    Moving,
}

type Dialling<R> =
    Pin<Box<dyn Future<Output = Result<Transport<<R as Runtime>::Socket>, Error>> + Send>>;

/// A connection on which a request is being written.
pub(super) struct Asking<R: Runtime> {
    io: Transport<R::Socket>,
    output: Output,
}

/// What is left of a source.
pub(super) struct Ended {
    pub(super) closure: Closure,
    last_event_id: String,
}

/// What has happened.
pub(super) enum Step {
    Opened,
    /// It is in the source.
    Event,
    /// So is this.
    Lost,
    End,
    Failed(SourceError),
}

/// A stream without events counts as good after so long.
const STABLE: Duration = Duration::from_secs(30);
/// After so many reads without an event other tasks get their turn.
const TURN: u32 = 32;

impl<R: Runtime> State<R> {
    pub(super) fn close(&mut self) {
        let closed = match std::mem::replace(self, Self::Moving) {
            Self::Connecting(connecting) | Self::Dialling(connecting, _) => connecting.close(),
            Self::Asking(awaiting, _) => awaiting.close(),
            Self::Open(open, _) => open.close(),
            Self::Waiting(waiting, _) => waiting.close(),
            state @ (Self::Closed(_) | Self::Moving) => {
                *self = state;
                return;
            }
        };
        *self = Self::Closed(Ended::new(&closed));
    }

    pub(super) fn last_event_id(&self) -> &str {
        match self {
            Self::Connecting(connecting) | Self::Dialling(connecting, _) => {
                connecting.last_event_id()
            }
            Self::Asking(awaiting, _) => awaiting.last_event_id(),
            Self::Open(open, _) => open.last_event_id(),
            Self::Waiting(waiting, _) => waiting.last_event_id(),
            Self::Closed(ended) => &ended.last_event_id,
            Self::Moving => "",
        }
    }

    pub(super) const fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Connecting(connecting) | Self::Dialling(connecting, _) => {
                Some(connecting.origin())
            }
            Self::Asking(awaiting, _) => Some(awaiting.request().origin()),
            Self::Open(open, _) => Some(open.request().origin()),
            Self::Waiting(..) | Self::Closed(_) | Self::Moving => None,
        }
    }
}

impl Ended {
    fn new(closed: &Closed) -> Self {
        Self {
            closure: closed.closure(),
            last_event_id: closed.last_event_id().to_owned(),
        }
    }
}

impl<R: Runtime> EventSource<R> {
    /// Goes on until something has happened. All progress is kept here.
    pub(super) fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        loop {
            if matches!(self.state, State::Open(..)) {
                return self.poll_open(cx);
            }
            match std::mem::replace(&mut self.state, State::Moving) {
                State::Connecting(connecting) => self.dial(connecting),
                State::Dialling(connecting, mut dialling) => match dialling.as_mut().poll(cx) {
                    Poll::Ready(Ok(io)) => self.ask(connecting, io),
                    Poll::Ready(Err(error)) => {
                        return Poll::Ready(self.unreachable(connecting, error));
                    }
                    Poll::Pending => {
                        self.state = State::Dialling(connecting, dialling);
                        return Poll::Pending;
                    }
                },
                State::Asking(awaiting, asking) => {
                    if let Some(step) = ready!(self.poll_answer(cx, awaiting, asking)) {
                        return Poll::Ready(step);
                    }
                }
                State::Waiting(waiting, until) => {
                    if !self.poll_until(cx, until).is_ready() {
                        self.state = State::Waiting(waiting, until);
                        return Poll::Pending;
                    }
                    self.state = State::Connecting(waiting.reconnect());
                }
                State::Closed(ended) => {
                    self.state = State::Closed(ended);
                    return Poll::Ready(Step::End);
                }
                // An open one has been dealt with, and no step leaves it moving.
                state @ (State::Open(..) | State::Moving) => {
                    self.state = state;
                    return Poll::Ready(Step::End);
                }
            }
        }
    }

    fn dial(&mut self, connecting: Connecting) {
        let shared = Arc::clone(&self.shared);
        let origin = connecting.origin().clone();
        let dialling = Box::pin(async move {
            let (runtime, options) = &*shared;
            let server = Authority::new(origin.host(), origin.port())
                .map_err(|misuse| DialError::new(DialStep::Route, &origin, misuse))?;
            dial_on(runtime, &server, origin.is_secure(), &options.dial).await
        });
        self.state = State::Dialling(connecting, dialling);
    }

    fn unreachable(&mut self, connecting: Connecting, error: Error) -> Step {
        match error {
            Error::Dial(error) if is_futile(&error) => {
                self.state = State::Closed(Ended::new(&connecting.close()));
                Step::Failed(SourceError::Dial(error))
            }
            error => self.lose(connecting.abandon(), Some(error)),
        }
    }

    fn ask(&mut self, connecting: Connecting, io: Transport<R::Socket>) {
        let mut output = Output::new();
        output.prepare();
        let awaiting = connecting.open(&mut output.buffer);
        self.unsent_id = awaiting.unsent_id();
        let timeout = self.shared.1.handshake_timeout;
        let now = self.alarm.now();
        self.alarm.connection = now.map(|now| now.saturating_add(timeout));
        self.alarm.transport = None;
        self.state = State::Asking(awaiting, Box::new(Asking { io, output }));
    }

    /// Writes the request and reads the answer, which may come before all is written. `None` if
    /// that has led to another state of which there is nothing to tell.
    fn poll_answer(
        &mut self,
        cx: &mut Context<'_>,
        mut awaiting: AwaitingResponse,
        mut asking: Box<Asking<R>>,
    ) -> Poll<Option<Step>> {
        loop {
            let written = asking.poll_written(cx);
            let (next, error) = match self.input.poll_read(&mut asking.io, cx) {
                Poll::Ready(Ok(0)) => (awaiting.receive_eof(), written_error(written)),
                Poll::Ready(Ok(_)) => {
                    let mut unread = self.input.unread();
                    let next = awaiting.receive(&mut unread);
                    let left = unread.len();
                    self.input.leave(left);
                    (next, None)
                }
                Poll::Ready(Err(error)) => (awaiting.receive_eof(), Some(Error::Io(error))),
                Poll::Pending => {
                    self.input.release();
                    let by = self.alarm.connection;
                    if by.is_none_or(|by| self.poll_until(cx, by).is_pending()) {
                        self.state = State::Asking(awaiting, asking);
                        return Poll::Pending;
                    }
                    (awaiting.receive_eof(), Some(Error::HandshakeTimedOut))
                }
            };
            match next {
                ws_sse::EventSource::Awaiting(again) => awaiting = again,
                ws_sse::EventSource::Open(open) => {
                    self.open(open, asking.io);
                    return Poll::Ready(Some(Step::Opened));
                }
                next => return Poll::Ready(self.go_on(next, error)),
            }
        }
    }

    fn open(&mut self, open: Open, io: Transport<R::Socket>) {
        self.is_heard = true;
        self.lost = None;
        let now = self.alarm.now();
        self.alarm.transport = now.map(|now| now.saturating_add(STABLE));
        self.state = State::Open(open, io);
    }

    /// Decodes and reads until there is an event, or the stream is over.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        self.event.shrink();
        for _ in 0..TURN {
            let State::Open(open, io) = &mut self.state else {
                return Poll::Ready(Step::End);
            };
            let mut unread = self.input.unread();
            match open.receive(&mut unread) {
                Ok(Some(event)) => {
                    self.event.set(&event);
                    let left = unread.len();
                    self.input.leave(left);
                    // The stream is good already.
                    self.alarm.transport = None;
                    return Poll::Ready(Step::Event);
                }
                Ok(None) => self.input.leave(0),
                Err(_) => return Poll::Ready(self.over(None)),
            }
            match self.input.poll_read(io, cx) {
                Poll::Ready(Ok(0)) => return Poll::Ready(self.over(None)),
                Poll::Ready(Ok(_)) => self.is_heard = true,
                Poll::Ready(Err(error)) => return Poll::Ready(self.over(Some(error))),
                Poll::Pending => {
                    self.input.release();
                    ready!(self.poll_silence(cx));
                    let silent = io::ErrorKind::TimedOut;
                    return Poll::Ready(self.over(Some(silent.into())));
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Waits for the time when nothing has come for too long.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let Some(now) = self.alarm.now() else {
                return Poll::Pending;
            };
            if std::mem::take(&mut self.is_heard) {
                let silence = self.shared.1.events.silence;
                self.alarm.connection = silence.map(|silence| now.saturating_add(silence));
            }
            if self.alarm.connection.is_some_and(|by| now >= by) {
                return Poll::Ready(());
            }
            if let State::Open(open, _) = &mut self.state
                && self.alarm.transport.take_if(|at| now >= *at).is_some()
            {
                open.mark_stable();
            }
            ready!(self.alarm.poll(cx, now));
        }
    }

    /// The stream is over, in whatever way.
    fn over(&mut self, error: Option<io::Error>) -> Step {
        let State::Open(open, _) = std::mem::replace(&mut self.state, State::Moving) else {
            return Step::End;
        };
        let next = open.receive_eof();
        self.go_on(next, error.map(Error::Io)).unwrap_or(Step::End)
    }

    /// What follows the end of a connection; the error is why it ended, if the machine cannot
    /// know.
    fn go_on(&mut self, next: ws_sse::EventSource, error: Option<Error>) -> Option<Step> {
        self.input.leave(0);
        self.input.release();
        match next {
            ws_sse::EventSource::Waiting(waiting) => Some(self.lose(waiting, error)),
            ws_sse::EventSource::Closed(closed) => Some(self.end(closed)),
            ws_sse::EventSource::Connecting(connecting) => {
                self.state = State::Connecting(connecting);
                None
            }
            ws_sse::EventSource::Redirected(redirected) => {
                let next = match target_of(redirected.request(), redirected.location()) {
                    Some((origin, target)) => redirected.follow(origin, &target),
                    None => ws_sse::EventSource::Closed(redirected.refuse()),
                };
                self.go_on(next, None)
            }
            // An answer that is still awaited, or an open stream, has not ended; no other state
            // can follow.
            _ => Some(Step::End),
        }
    }

    fn lose(&mut self, mut waiting: Waiting, error: Option<Error>) -> Step {
        let delay = waiting.delay(entropy::spread());
        self.lost = Some((waiting.loss(), error, delay));
        let until = match self.alarm.now() {
            Some(now) => now.saturating_add(delay),
            None => Instant::EPOCH,
        };
        self.state = State::Waiting(waiting, until);
        Step::Lost
    }

    fn end(&mut self, closed: Closed) -> Step {
        self.state = State::Closed(Ended::new(&closed));
        match closed.closure() {
            Closure::Caller | Closure::Stopped => Step::End,
            _ => Step::Failed(SourceError::Closed(Box::new(closed))),
        }
    }

    fn poll_until(&mut self, cx: &mut Context<'_>, until: Instant) -> Poll<()> {
        self.alarm.connection = Some(until);
        self.alarm.transport = None;
        loop {
            match self.alarm.now() {
                Some(now) if now < until => ready!(self.alarm.poll(cx, now)),
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl<R: Runtime> Asking<R> {
    fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.output.failure().is_some() {
            return Poll::Ready(Ok(()));
        }
        let result = loop {
            if self.output.is_empty() {
                break ready!(self.output.poll_flush(&mut self.io, cx));
            }
            if let Err(error) = ready!(self.output.poll_write(&mut self.io, cx)) {
                break Err(error);
            }
        };
        match &result {
            Ok(()) => self.output.release(),
            // The server may have answered before it left.
            Err(error) => self.output.fail(error.kind()),
        }
        Poll::Ready(result)
    }
}

/// Why a connection ended on which nothing could be written.
fn written_error(written: Poll<io::Result<()>>) -> Option<Error> {
    match written {
        Poll::Ready(Err(error)) => Some(Error::Io(error)),
        _ => None,
    }
}

/// Whether it is clear that there never will be a connection: the certificate is not valid, the
/// proxy wants other credentials, or what is asked for cannot be asked.
fn is_futile(error: &DialError) -> bool {
    match error.cause() {
        DialCause::AuthenticationRequired(_)
        | DialCause::Environment(_)
        | DialCause::Misuse(_)
        | DialCause::TlsMissing => true,
        // What rustls says of a peer that it does not believe or understand.
        DialCause::Io(error_of_tls) => {
            matches!(error.step(), DialStep::Tls | DialStep::ProxyTls)
                && error_of_tls.kind() == io::ErrorKind::InvalidData
        }
        _ => false,
    }
}

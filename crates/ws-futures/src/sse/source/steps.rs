//! The run loop of a source of events.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use ws_driver::{Instant, Role};
use ws_proxy::Authority;
use ws_sse::{Closed, Closure, Connecting, Open, Waiting};

use super::request::target_of;
use super::state::{Ended, State};
use super::{EventSource, SourceError};
use crate::Step as DialStep;
use crate::dial::dial_on;
use crate::entropy;
use crate::{DialError, Error, Runtime, Transport, trace};

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
        let begin = || trace::begun(Role::Client, Some(&origin));
        let life = self.life.get_or_insert_with(begin).clone();
        let dialling = async move {
            let (runtime, options) = &*shared;
            let server = Authority::new(origin.host(), origin.port())
                .map_err(|misuse| DialError::new(DialStep::Route, &origin, misuse))?;
            dial_on(runtime, &server, origin.is_secure(), &options.dial).await
        };
        let dialling = Box::pin(trace::within(&life, dialling));
        self.state = State::Dialling(connecting, dialling);
    }

    fn unreachable(&mut self, connecting: Connecting, error: Error) -> Step {
        match error {
            Error::Dial(error) if is_futile(&error) => {
                let mut ended = Ended::new(&connecting.close());
                ended.closure = None;
                self.state = State::Closed(ended);
                self.tell_end(&error, None);
                Step::Failed(SourceError::Dial(error))
            }
            error => self.lose(connecting.abandon(), Some(error)),
        }
    }

    pub(super) fn open(&mut self, open: Open, io: Transport<R::Socket>) {
        if let Some(life) = &self.life {
            trace::source_opened(life, open.response().status());
        }
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
                    self.events += 1;
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
    pub(super) fn go_on(
        &mut self,
        next: ws_sse::EventSource,
        error: Option<Error>,
    ) -> Option<Step> {
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
        let events = std::mem::take(&mut self.events);
        if let (Some(life), Some(lost)) = (self.life.take(), self.lost()) {
            trace::source_lost(&life, lost, events);
        }
        let until = match self.alarm.now() {
            Some(now) => now.saturating_add(delay),
            None => Instant::EPOCH,
        };
        self.state = State::Waiting(waiting, until);
        Step::Lost
    }

    fn end(&mut self, closed: Closed) -> Step {
        self.state = State::Closed(Ended::new(&closed));
        let status = closed.response().map(ws_sse::Response::status);
        self.tell_end(&closed.closure(), status);
        match closed.closure() {
            Closure::Caller | Closure::Stopped | Closure::Ended => Step::End,
            _ => Step::Failed(SourceError::Closed(Box::new(closed))),
        }
    }

    pub(super) fn poll_until(&mut self, cx: &mut Context<'_>, until: Instant) -> Poll<()> {
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

/// Whether it is clear that there never will be a connection (WHATWG HTML §9.2.3, "known to be
/// futile"). A certificate that is not valid counts, other than for WebSockets: a source would ask
/// again and again with nobody there to see why.
fn is_futile(error: &DialError) -> bool {
    let is_of_tls = matches!(error.step(), DialStep::Tls | DialStep::ProxyTls);
    error.cause().is_futile() || (is_of_tls && error.io_error().is_some_and(is_disbelief))
}

/// Whether TLS does not believe who the peer is. Other libraries than rustls tell that with this
/// kind of error, if they tell it apart at all.
fn is_disbelief(error: &io::Error) -> bool {
    #[cfg(feature = "rustls")]
    {
        use crate::tls::rustls::rustls::Error as OfRustls;
        let inner = error.get_ref().and_then(|error| error.downcast_ref());
        if let Some(error) = inner {
            // What is broken otherwise may be so only on this way and today.
            return matches!(error, OfRustls::InvalidCertificate(_));
        }
    }
    error.kind() == io::ErrorKind::InvalidData
}

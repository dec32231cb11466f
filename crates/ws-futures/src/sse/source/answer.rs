//! From a connection to the head of its answer.

use std::io;
use std::task::{Context, Poll, ready};

use ws_sse::{AwaitingResponse, Connecting};

use super::EventSource;
use super::state::{Asking, State};
use super::steps::Step;
use crate::output::Output;
use crate::{Error, Runtime, Transport};

impl<R: Runtime> EventSource<R> {
    pub(super) fn ask(&mut self, connecting: Connecting, io: Transport<R::Socket>) {
        let mut output = Output::new();
        output.prepare();
        let awaiting = connecting.open(&mut output.buffer);
        self.unsent_id = awaiting.unsent_id();
        let timeout = self.shared.1.events.answer;
        let now = self.alarm.now();
        self.alarm.connection = now.map(|now| now.saturating_add(timeout));
        self.alarm.transport = None;
        self.state = State::Asking(awaiting, Box::new(Asking { io, output }));
    }

    /// Writes the request and reads the answer, which may come before all is written. `None` if
    /// that has led to another state of which there is nothing to tell.
    pub(super) fn poll_answer(
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

//! What a source of events remembers from one connection to the next.

use alloc::boxed::Box;
use alloc::string::{String, ToString};

use ws_http::Status;

use crate::client::options::SourceOptions;
use crate::client::origin::Origin;
use crate::client::outcome::{Closed, Closure, UnsentId};
use crate::client::request::Request;
use crate::decoder::Decoder;
use crate::error::Misuse;
use crate::reconnect::Backoff;
use crate::response::Response;

/// How long an id may be that is sent back.
const MAX_LAST_EVENT_ID: usize = 4 * 1024;

/// What a source of events remembers from one connection to the next. Every state has it.
#[derive(Debug)]
pub(super) struct Source {
    /// What every attempt begins with.
    home: Request,
    /// Where a redirect has led this attempt.
    away: Option<Request>,
    /// How many redirects this attempt has followed.
    redirects: u32,
    pub(super) options: SourceOptions,
    pub(super) decoder: Decoder,
    pub(super) backoff: Backoff,
    /// The origin that the last event id is from.
    id_origin: Origin,
    /// The last event id as it was when the stream was opened.
    id_before: String,
}

impl Source {
    pub(super) fn new(request: Request, options: SourceOptions) -> Box<Self> {
        Box::new(Self {
            id_origin: request.origin().clone(),
            home: request,
            away: None,
            redirects: 0,
            decoder: Decoder::new(options.stream),
            backoff: options.backoff,
            options,
            id_before: String::new(),
        })
    }

    pub(super) fn with_last_event_id(mut self: Box<Self>, id: &str) -> Result<Box<Self>, Misuse> {
        let decoder = Decoder::new(self.options.stream);
        self.decoder = decoder.with_last_event_id(id)?;
        Ok(self)
    }

    /// What this attempt asks for.
    pub(super) const fn request(&self) -> &Request {
        match &self.away {
            Some(request) => request,
            None => &self.home,
        }
    }

    pub(super) fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }

    /// The last event id as it is sent with this attempt, if there is one.
    pub(super) fn id_to_send(&self) -> Result<Option<&str>, UnsentId> {
        let id = self.last_event_id();
        let request = self.request();
        let may_know = !request.has_strayed()
            || self.id_origin == *request.origin()
            || self.options.shares_last_event_id;
        let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
        let is_control = |byte: u8| byte.is_ascii_control() && byte != b'\t';
        let bytes = id.as_bytes();
        if id.is_empty() {
            Ok(None)
        } else if !may_know {
            Err(UnsentId::OtherOrigin)
        } else if id.len() > MAX_LAST_EVENT_ID {
            Err(UnsentId::TooLong)
        } else if is_blank(bytes.first()) || is_blank(bytes.last()) || id.bytes().any(is_control) {
            Err(UnsentId::Unrepresentable)
        } else {
            Ok(Some(id))
        }
    }

    /// Begins the next attempt. It goes to the origin that was asked for, or to where a permanent
    /// redirect has moved that.
    pub(super) fn go_home(&mut self) {
        self.away = None;
        self.redirects = 0;
    }

    /// Whether another redirect may be followed.
    pub(super) const fn may_follow(&self) -> bool {
        self.redirects < self.options.max_redirects
    }

    /// Follows a redirect.
    pub(super) fn follow(
        &mut self,
        status: Status,
        origin: Origin,
        target: &str,
    ) -> Result<(), Closure> {
        let from = self.request();
        if from.origin().is_secure() && !origin.is_secure() && !self.options.allows_downgrade {
            return Err(Closure::Downgrade);
        }
        let next = from.redirect(status, origin, target);
        let next = next.map_err(|_| Closure::Location)?;
        let is_elsewhere = next.origin() != from.origin();
        if is_elsewhere && next.body().is_some() && !self.options.shares_body {
            return Err(Closure::BodyElsewhere);
        }
        self.redirects += 1;
        // Behind a temporary redirect nothing is permanent.
        if is_permanent(status) && self.away.is_none() {
            self.home = next;
        } else {
            self.away = Some(next);
        }
        Ok(())
    }

    /// A stream begins.
    pub(super) fn begin_stream(&mut self) {
        self.decoder.restart();
        self.id_before.clear();
        self.id_before.push_str(self.decoder.last_event_id());
    }

    /// The stream has ended, in whatever way.
    pub(super) fn end_stream(&mut self) {
        if let Some(retry) = self.decoder.retry() {
            self.backoff.set_retry(retry);
        }
        if self.id_before != self.decoder.last_event_id() {
            self.id_origin = self.request().origin().clone();
        }
    }

    /// Whether the request is made again after its stream has ended in order. The next attempt goes
    /// home, wherever a redirect has led this one.
    pub(super) fn is_repeated(&self) -> bool {
        let is_plain = self.home.method() == "GET" && self.home.body().is_none();
        is_plain || self.options.repeats_after_end
    }

    pub(super) fn close(&self, closure: Closure, response: Option<Response>) -> Closed {
        Closed::new(closure, response, self.last_event_id().to_string())
    }
}

/// RFC 9110 §15.4: whether requests should go to the new place from now on.
pub(super) const fn is_permanent(status: Status) -> bool {
    matches!(
        status,
        Status::MOVED_PERMANENTLY | Status::PERMANENT_REDIRECT
    )
}

//! Connections to one server, one after the other.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use ws_driver::Instant;
use ws_handshake::{Request, Response};

use crate::entropy;
use crate::{By, Disconnect, Error, Options, Runtime, Timer, Transport, WebSocket, connect_on};

/// When to connect again, and when not to.
///
/// ```no_run
/// use ws_futures::{Options, Reconnect, Request};
///
/// # #[cfg(feature = "smol")]
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// let request = Request::from_url("wss://example.com/feed")?;
/// let mut policy = Reconnect::default();
/// policy.max_attempts = Some(20);
/// let mut sessions = policy.sessions(ws_futures::smol::Smol, request, Options::client());
/// while let Some(session) = sessions.next().await {
///     let (mut socket, _) = match session {
///         Ok(session) => session,
///         Err(why) => {
///             eprintln!("{why}"); // the next attempt is made when the next session is asked for
///             continue;
///         }
///     };
///     // What of the last session got lost is ours to send again.
///     let error = loop {
///         match socket.receive().await {
///             Ok(Some(event)) => println!("{event:?}"),
///             Ok(None) => break None,
///             Err(error) => break Some(error),
///         }
///     };
///     sessions.ended(&socket.disconnect(error));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Reconnect {
    /// About how long to wait after the first failure; each one that follows doubles it. A random
    /// half of the time is left out, so that clients which lost their server all at once do not
    /// all come back at once. 500 ms.
    pub first_delay: Duration,
    /// About how long to wait at most. 30 seconds.
    pub max_delay: Duration,
    /// How many attempts in a row may fail, or lead to sessions that are not stable, before it is
    /// given up. `None`, the default: however many.
    pub max_attempts: Option<u32>,
    /// How long a session must have lasted for the failures before it to be forgotten. 10 seconds.
    pub stable_after: Duration,
    /// Whether there is no point in trying again. Default: [`is_fatal`](Self::is_fatal).
    pub fatal: Arc<dyn Fn(&Disconnect) -> bool + Send + Sync>,
}

impl Reconnect {
    /// Sessions with the server of `request`: the first attempt is made when the first is asked
    /// for.
    pub fn sessions<R: Runtime>(
        self,
        runtime: R,
        request: Request,
        options: Options,
    ) -> Attempts<R> {
        Attempts {
            policy: self,
            shared: Arc::new((runtime, options)),
            request,
            timer: R::timer(),
            failures: 0,
            state: State::Ready,
        }
    }

    /// Whether there is no point in trying again, if nobody says otherwise:
    /// - we closed the connection;
    /// - the peer did, with 1000, 1002, 1003, 1007 to 1010, or as registered with 3000
    ///   (unauthorized) and 3003 (forbidden);
    /// - the server answered with 3xx or 4xx, but 408, 425 and 429, or with what is against the rules
    ///   (2xx is tried again: the page of a portal that one has to pass, or of a proxy whose server is
    ///   starting);
    /// - the proxy wants other credentials, or is none;
    /// - what is asked for cannot be asked, or there is no TLS.
    ///
    /// Everything else may be better next time: the network, certificates, 1001, 1011 to 1014, 5xx,
    /// codes of the application's.
    pub fn is_fatal(ended: &Disconnect) -> bool {
        match ended.error() {
            None => match (ended.by(), ended.code()) {
                (By::Us, _) => true,
                (_, Some(code)) => {
                    matches!(code.get(), 1000 | 1002 | 1003 | 1007..=1010 | 3000 | 3003)
                }
                (_, None) => false,
            },
            Some(Error::Rejected(response)) => match response.status().code() {
                408 | 425 | 429 => false,
                code => (300..500).contains(&code),
            },
            Some(Error::Dial(error)) => error.cause().is_futile(),
            Some(
                Error::Extensions(_)
                | Error::Handshake(_)
                | Error::Misuse(_)
                | Error::Response(_)
                | Error::Url(_),
            ) => true,
            Some(_) => false,
        }
    }

    /// How long to wait after so many failures in a row.
    fn delay(&self, failures: u32, random: u32) -> Duration {
        let doublings = failures.saturating_sub(1);
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        let whole = self.first_delay.saturating_mul(factor).min(self.max_delay);
        let share = f64::from(random) / f64::from(u32::MAX);
        whole / 2 + (whole / 2).mul_f64(share)
    }
}

impl fmt::Debug for Reconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnect")
            .field("first_delay", &self.first_delay)
            .field("max_delay", &self.max_delay)
            .field("max_attempts", &self.max_attempts)
            .field("stable_after", &self.stable_after)
            .finish_non_exhaustive()
    }
}

impl Default for Reconnect {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            max_attempts: None,
            stable_after: Duration::from_secs(10),
            fatal: Arc::new(Self::is_fatal),
        }
    }
}

/// Sessions with one server, as a `Stream`: connections that are open, and attempts that failed.
///
/// Tell how each session [`ended`](Self::ended) before the next one is asked for. Asking waits
/// until it is time; to stop, just do not ask. Nothing is ever sent again by itself: what was sent
/// in a session that broke off may have arrived or not, and only the application can know.
pub struct Attempts<R: Runtime> {
    policy: Reconnect,
    shared: Arc<(R, Options)>,
    request: Request,
    timer: Box<dyn Timer>,
    /// How many attempts in a row led to nothing that lasted.
    failures: u32,
    state: State<R>,
}

type Session<R> = (WebSocket<Transport<<R as Runtime>::Socket>>, Response);

enum State<R: Runtime> {
    /// The next attempt can be made.
    Ready,
    /// It is waited for its time.
    Waiting(Instant),
    Dialling(Pin<Box<dyn Future<Output = Result<Session<R>, Error>> + Send>>),
    /// A session has been handed out at this time.
    Open(Instant),
    Over,
}

impl<R: Runtime> Attempts<R> {
    /// Waits for the next session, or for an attempt that failed; `None` when it is given up. It is
    /// the `next` of a `Stream`, without a crate that has it.
    #[expect(
        clippy::should_implement_trait,
        reason = "it waits, as `StreamExt::next` does"
    )]
    pub fn next(&mut self) -> impl Future<Output = Option<Result<Session<R>, Disconnect>>> + Unpin {
        poll_fn(move |cx| Pin::new(&mut *self).poll_next(cx))
    }

    /// Tells how the session ended that was handed out last. Without this, nothing that ended it
    /// is fatal.
    pub fn ended(&mut self, how: &Disconnect) {
        if let State::Open(since) = self.state {
            self.next_after(Some(since), Some(how));
        }
    }

    /// The request of the attempts to come: for a token that must be renewed.
    pub fn request_mut(&mut self) -> &mut Request {
        &mut self.request
    }

    /// How many attempts in a row have led to nothing that lasted.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// Whether there will be no more attempts.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    fn next_after(&mut self, opened: Option<Instant>, how: Option<&Disconnect>) {
        let now = self.timer.now();
        let stable_after = self.policy.stable_after;
        if opened.is_some_and(|at| now.saturating_since(at) >= stable_after) {
            self.failures = 0;
        } else {
            self.failures = self.failures.saturating_add(1);
        }
        let is_fatal = how.is_some_and(|how| (self.policy.fatal)(how));
        let is_enough = self.failures > 0
            && self
                .policy
                .max_attempts
                .is_some_and(|max| self.failures >= max);
        self.state = if is_fatal || is_enough {
            State::Over
        } else {
            let delay = self.policy.delay(self.failures, entropy::jitter());
            // RFC 9110 §10.2.3: the server may know better.
            let delay = delay.max(how.and_then(retry_after).unwrap_or_default());
            State::Waiting(now.saturating_add(delay))
        };
    }
}

/// How long a server that is busy wants to be left alone: in seconds, at most an hour.
fn retry_after(how: &Disconnect) -> Option<Duration> {
    const MOST: u64 = 60 * 60;
    let Some(Error::Rejected(response)) = how.error() else {
        return None;
    };
    let value = response.fields().first("Retry-After")?;
    // A date would need a clock that shows one.
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let digits = is_number.then_some(value)?;
    let seconds: u64 = str::from_utf8(digits).ok()?.parse().unwrap_or(MOST);
    Some(Duration::from_secs(seconds.min(MOST)))
}

impl<R: Runtime> Stream for Attempts<R> {
    type Item = Result<Session<R>, Disconnect>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            match &mut this.state {
                State::Ready => {
                    let shared = Arc::clone(&this.shared);
                    let request = this.request.clone();
                    this.state = State::Dialling(Box::pin(async move {
                        let (runtime, options) = &*shared;
                        connect_on(runtime, &request, options).await
                    }));
                }
                State::Waiting(until) => {
                    ready!(this.timer.poll_at(cx, *until));
                    this.state = State::Ready;
                }
                State::Dialling(dialling) => {
                    return Poll::Ready(Some(match ready!(dialling.as_mut().poll(cx)) {
                        Ok(session) => {
                            this.state = State::Open(this.timer.now());
                            Ok(session)
                        }
                        Err(error) => {
                            let how = Disconnect::from(error);
                            this.next_after(None, Some(&how));
                            Err(how)
                        }
                    }));
                }
                State::Open(since) => {
                    let since = *since;
                    this.next_after(Some(since), None);
                }
                State::Over => return Poll::Ready(None),
            }
        }
    }
}

impl<R: Runtime> fmt::Debug for Attempts<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Ready => "ready",
            State::Waiting(_) => "waiting",
            State::Dialling(_) => "dialling",
            State::Open(_) => "open",
            State::Over => "over",
        };
        f.debug_struct("Attempts")
            .field("policy", &self.policy)
            .field("request", &self.request)
            .field("failures", &self.failures)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

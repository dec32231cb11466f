//! How a source of events behaves.

use crate::limits::Limits;
use crate::reconnect::Backoff;

/// How a source of events behaves. For a `GET`, the only request that a browser makes, the defaults
/// are what the standard wants.
///
/// ```
/// let mut options = ws_sse::SourceOptions::default();
/// options.max_redirects = 0;
/// options.retries_refusals = true;
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one decision of the user's"
)]
pub struct SourceOptions {
    /// Bounds on the heads of responses. Default: 16 KiB and 100 fields.
    pub head: ws_http::Limits,
    /// Bounds on the stream. Default: 1 MiB for a line and for an event, 16 KiB for an id.
    pub stream: Limits,
    /// How much of the body of a refusal is kept, in bytes. Default: 64 KiB.
    pub max_body: usize,
    /// How many redirects one after the other are reported; the next one ends the source. Default:
    /// 20, as in browsers.
    pub max_redirects: u32,
    /// Whether a redirect from `https` to `http` may be followed. Default: no.
    pub allows_downgrade: bool,
    /// Whether a redirect may take the body of the request to another origin, as browsers do (Fetch
    /// §4.4). Default: no, the source ends with [`Closure::BodyElsewhere`]: the body may be as
    /// private as the credentials that are dropped there.
    ///
    /// [`Closure::BodyElsewhere`]: crate::Closure::BodyElsewhere
    pub shares_body: bool,
    /// Whether the last event id is sent to any origin that a redirect leads to. Default: no, only
    /// to the one that the request is for, and to the one whose stream has set it.
    pub shares_last_event_id: bool,
    /// Whether 429, 500, 502, 503 and 504 are reasons to try again later, not before the time that
    /// `Retry-After` says in seconds. Default: no, every status but 200 ends the source.
    pub retries_refusals: bool,
    /// Whether a stream that breaks a limit is a reason to reconnect. Default: no, as what is too
    /// long is likely to come again.
    pub retries_broken_limits: bool,
    /// Whether a request that has a body or is no `GET` is made again after its stream has ended in
    /// order. Default: no, the source ends with [`Closure::Ended`](crate::Closure::Ended): such a
    /// stream is mostly an answer, and to ask again would have it done again. A connection that
    /// broke is made again all the same.
    pub repeats_after_end: bool,
    /// The delays between attempts, and the reconnection time as long as the server sets none.
    pub backoff: Backoff,
}

impl Default for SourceOptions {
    fn default() -> Self {
        Self {
            head: ws_http::Limits::default(),
            stream: Limits::default(),
            max_body: 64 * 1024,
            max_redirects: 20,
            allows_downgrade: false,
            shares_body: false,
            shares_last_event_id: false,
            retries_refusals: false,
            retries_broken_limits: false,
            repeats_after_end: false,
            backoff: Backoff::new(),
        }
    }
}

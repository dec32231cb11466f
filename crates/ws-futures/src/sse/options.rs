//! How event streams and sources of events behave.

use std::time::Duration;

/// How event streams and sources of events behave.
///
/// How long a client may take nothing of its stream is [`Options::write_timeout`].
///
/// [`Options::write_timeout`]: crate::Options::write_timeout
///
/// ```
/// use std::time::Duration;
/// use ws_futures::Options;
///
/// let mut options = Options::client();
/// options.events.silence = Some(Duration::from_secs(60));
/// options.events.source.max_redirects = 0;
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EventOptions {
    /// A server's stream on which nothing was sent for so long gets a comment, so that nobody on
    /// the way takes it for dead, and a client that is gone is noticed. It takes a timer. `None`:
    /// no comments. Default: 15 seconds.
    pub ping: Option<Duration>,
    /// A source gives up a connection on which nothing came for so long, and connects again: less
    /// than a few pings of the server makes no sense. `None`: it waits for ever, also for a server
    /// that is long gone. Default: 5 minutes.
    pub silence: Option<Duration>,
    /// How long a server may take to answer a source, from the connection to the end of the head;
    /// then the source tries again. Servers that think before they stream send their head late.
    /// Default: 1 minute.
    pub answer: Duration,
    /// What a source does with answers and streams, and how long it waits between attempts. How
    /// many redirects it follows is said here too, not in [`Dial`](crate::Dial).
    #[cfg(feature = "client")]
    pub source: ws_sse::SourceOptions,
}

impl Default for EventOptions {
    fn default() -> Self {
        Self {
            ping: Some(Duration::from_secs(15)),
            silence: Some(Duration::from_secs(5 * 60)),
            answer: Duration::from_secs(60),
            #[cfg(feature = "client")]
            source: ws_sse::SourceOptions::default(),
        }
    }
}

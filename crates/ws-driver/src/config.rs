//! Limits and deadlines of one connection.

use core::time::Duration;

/// What a connection allows its peer, and how long it waits.
///
/// Every limit is on by default and none means "unlimited" when it is zero: zero allows nothing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The largest message that [`receive`](crate::Connection::receive) delivers, in bytes,
    /// inclusive.
    ///
    /// A larger one fails the connection with 1009 when the header that exceeds the limit is
    /// read, before anything is allocated for it. 16 MiB for servers, 64 MiB for clients.
    pub max_message_size: usize,
    /// The largest message that [`receive_chunk`](crate::Connection::receive_chunk) delivers in
    /// chunks, in bytes, inclusive.
    ///
    /// Such a message takes no memory, so this bounds only how much a peer can send in one.
    /// 1 GiB.
    pub max_streamed_size: u64,
    /// The most frames that one message delivered by [`receive`](crate::Connection::receive) may
    /// come in, empty ones included; one more fails the connection with 1008.
    ///
    /// 131,072: joining them costs time and no memory, and Autobahn sends as many.
    pub max_fragments: u32,
    /// Pings that notice when the peer is gone; off by default here, because whoever sets it
    /// must also call [`tick`](crate::Connection::tick) in time.
    pub keep_alive: Option<KeepAlive>,
    /// After how long without a message, either way, the connection is closed with 1001. Off by
    /// default. Pings and pongs do not count: they show that the peer lives, not that it needs
    /// the connection.
    pub idle_timeout: Option<Duration>,
    /// After how long without a message, either way, extensions are put to
    /// [sleep](crate::Connection::sleep). Nothing happens where there are none. 5 seconds.
    pub sleep_after: Option<Duration>,
    /// How long the closing handshake may take, from our Close to the end of the transport.
    /// 5 seconds.
    pub close_timeout: Duration,
}

impl Config {
    /// The defaults of a server.
    pub const fn server() -> Self {
        Self {
            max_message_size: 16 << 20,
            max_streamed_size: 1 << 30,
            max_fragments: 131_072,
            keep_alive: None,
            idle_timeout: None,
            sleep_after: Some(Duration::from_secs(5)),
            close_timeout: Duration::from_secs(5),
        }
    }

    /// The defaults of a client: as a server's, with messages of up to 64 MiB.
    pub const fn client() -> Self {
        let mut config = Self::server();
        config.max_message_size = 64 << 20;
        config
    }
}

/// When to ask whether the peer is still there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "when to ask, and how long to wait"
)]
pub struct KeepAlive {
    /// How long nothing has come from the peer when a Ping is sent. Any byte counts as life.
    /// Less than [`MIN_INTERVAL`](Self::MIN_INTERVAL) is taken as that.
    pub interval: Duration,
    /// How long after that Ping something must have come, or the connection fails.
    pub timeout: Duration,
}

impl KeepAlive {
    /// Two idle peers that ask more often than this would do nothing else.
    pub const MIN_INTERVAL: Duration = Duration::from_millis(10);

    /// Asks after 20 seconds of silence and waits for 20 more.
    pub const DEFAULT: Self = Self {
        interval: Duration::from_secs(20),
        timeout: Duration::from_secs(20),
    };
}

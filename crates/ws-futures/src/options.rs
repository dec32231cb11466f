//! What an endpoint allows its peers, and how long it waits.

#[cfg(feature = "deflate")]
use std::sync::Arc;
use std::time::Duration;

use ws_driver::{Config, KeepAlive};
use ws_extensions::Negotiator;
use ws_handshake::ServerConfig;

#[cfg(feature = "client")]
use crate::Dial;
use crate::Timer;
#[cfg(feature = "deflate")]
use crate::codecs::ThreadPool;
#[cfg(feature = "sse")]
use crate::sse::EventOptions;
use crate::wire::Limits;
#[cfg(feature = "deflate")]
use ws_extensions::deflate::Deflate;

/// The settings of connections; made once, used for any number of them.
///
/// ```
/// use ws_futures::Options;
///
/// let mut options = Options::server();
/// options.handshake.subprotocols = vec!["chat".into()];
/// options.connection.max_message_size = 64 << 10;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Limits and deadlines of the connection. Here a keep-alive is on: a Ping after 20 seconds
    /// of silence, and 20 more to answer.
    pub connection: Config,
    /// What a server accepts; clients do not use it.
    pub handshake: ServerConfig,
    /// How a client gets to its server; servers do not use it, nor does
    /// [`connect`](crate::connect()), which is given a byte stream.
    #[cfg(feature = "client")]
    pub dial: Dial,
    /// Event streams and sources of events; WebSockets do not use it.
    #[cfg(feature = "sse")]
    pub events: EventOptions,
    /// The extensions that are offered or granted; none by default. They are negotiated in
    /// [`accept`](crate::accept()) and [`connect`](crate::connect()), unless the application
    /// answers or offers for itself.
    pub extensions: Negotiator,
    /// How long the opening handshake may take as a whole. 10 seconds.
    pub handshake_timeout: Duration,
    /// From how many bytes of waiting output on sending waits. 1 MiB; more than 4 GiB are taken
    /// as that.
    pub write_buffer: usize,
    /// Over how many bytes of waiting output nothing is added to it: sending waits, and what
    /// cannot wait is [`Error::WriteBufferFull`](crate::Error::WriteBufferFull). A single message
    /// may be larger. 16 MiB; more than 4 GiB are taken as that.
    pub max_write_buffer: usize,
    /// How long the transport may take nothing of what is waiting before it is given up: a peer
    /// that does not read is not waited for without end. 40 seconds.
    pub write_timeout: Duration,
    /// Makes the timer of each connection. Without one no deadline is kept. The functions in
    /// `smol` and `tokio` use their runtime's if this is `None`, which is the default.
    pub timer: Option<fn() -> Box<dyn Timer>>,
}

impl Options {
    /// The defaults of a server.
    pub fn server() -> Self {
        Self::new(Config::server())
    }

    /// The defaults of a client.
    pub fn client() -> Self {
        Self::new(Config::client())
    }

    fn new(mut connection: Config) -> Self {
        connection.keep_alive = Some(KeepAlive::DEFAULT);
        Self {
            connection,
            handshake: ServerConfig::default(),
            #[cfg(feature = "client")]
            dial: Dial::default(),
            #[cfg(feature = "sse")]
            events: EventOptions::default(),
            extensions: Negotiator::new(),
            handshake_timeout: Duration::from_secs(10),
            write_buffer: 1 << 20,
            max_write_buffer: 16 << 20,
            write_timeout: Duration::from_secs(40),
            timer: None,
        }
    }

    /// The same with permessage-deflate, whose codecs are lent by each thread to its connections
    /// unless `deflate` has a pool of its own.
    #[cfg(feature = "deflate")]
    pub fn with_deflate(mut self, deflate: Deflate) -> Self {
        let deflate = deflate.or_pool(Arc::new(ThreadPool));
        self.extensions = self.extensions.with(deflate);
        self
    }

    /// The same without a proxy, whatever the environment says.
    #[cfg(feature = "client")]
    pub fn without_proxy(mut self) -> Self {
        self.dial.route = crate::Route::Direct;
        self
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            soft: u32::try_from(self.write_buffer).unwrap_or(u32::MAX),
            hard: u32::try_from(self.max_write_buffer).unwrap_or(u32::MAX),
            stall: self.write_timeout,
            message: self.connection.max_message_size,
        }
    }
}

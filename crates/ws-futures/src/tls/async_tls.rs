//! TLS with async-tls.
//!
//! It rests on rustls 0.21, which gets no fixes any more, and trusts the roots that Mozilla had
//! when that was current. It is here for those who have it already; for everybody else there is the
//! feature `rustls`.

use std::fmt;

use crate::tls::TlsConnector;
use crate::{Io, IoFuture};

/// Does TLS with [`async_tls::TlsConnector`].
#[derive(Clone, Default)]
pub struct Connector {
    inner: ::async_tls::TlsConnector,
}

impl Connector {
    /// Trusts Mozilla's roots.
    pub fn new() -> Self {
        Self::default()
    }
}

/// With settings of one's own, which are made with rustls 0.21.
impl From<::async_tls::TlsConnector> for Connector {
    fn from(inner: ::async_tls::TlsConnector) -> Self {
        Self { inner }
    }
}

impl TlsConnector for Connector {
    fn connect<'a>(&'a self, host: &'a str, io: Box<dyn Io>) -> IoFuture<'a, Box<dyn Io>> {
        Box::pin(async move {
            let io = self.inner.connect(host, io).await?;
            Ok(Box::new(io) as Box<dyn Io>)
        })
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}

//! What dialling needs of a runtime, or of the user instead.

use std::fmt;
#[cfg(unix)]
use std::io;
use std::net::{IpAddr, SocketAddr};
#[cfg(unix)]
use std::path::PathBuf;

use crate::{Io, IoFuture, Timer};

/// A runtime's names, sockets and timers, for [`connect_on`](crate::connect_on).
///
/// The features `smol` and `tokio` bring one each; for another runtime, implement this.
pub trait Runtime: Send + Sync + 'static {
    /// A TCP socket. Closing it must end its write side, so that the peer sees the end.
    type Socket: Io + 'static;

    /// A timer, for deadlines and for the delay between attempts.
    fn timer() -> Box<dyn Timer>;

    /// The addresses of a host, in the order in which the system would have them tried.
    fn resolve(&self, host: String, port: u16) -> IoFuture<'static, Vec<SocketAddr>>;

    /// Opens a TCP connection to `address`, from `local` if that is set, and sets `TCP_NODELAY`.
    fn connect(
        &self,
        address: SocketAddr,
        local: Option<IpAddr>,
    ) -> IoFuture<'static, Self::Socket>;

    /// Opens a connection to a Unix socket. By default there are none.
    #[cfg(unix)]
    fn connect_unix(&self, path: PathBuf) -> IoFuture<'static, Box<dyn Io>> {
        let _ = path;
        Box::pin(std::future::ready(Err(io::ErrorKind::Unsupported.into())))
    }
}

/// Opens byte streams in the user's own way: through a tunnel that is there already, from a pool
/// of addresses, in a test without a network.
pub trait Dialler: fmt::Debug + Send + Sync {
    /// Opens a byte stream to this host, which is a name or an address without brackets: the
    /// server's, or the proxy's if there is one.
    fn dial<'a>(&'a self, host: &'a str, port: u16) -> IoFuture<'a, Box<dyn Io>>;
}

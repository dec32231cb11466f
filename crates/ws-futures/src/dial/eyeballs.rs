//! Happy Eyeballs (RFC 8305): a host with several addresses is reached by the first that answers.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};
use std::time::Duration;

use ws_driver::Instant;

use crate::dial::runtime::Runtime;
use crate::{IoFuture, Timer};

/// More addresses of one host are not tried: names are the peer's to fill.
const MAX_ADDRESSES: usize = 16;

/// Connects to the first of `addresses` that lets us, and says which one it was. The next one is tried
/// when the last one has failed, or has not answered for `delay`; the others go on meanwhile.
pub(crate) async fn connect<R: Runtime>(
    runtime: &R,
    addresses: Vec<SocketAddr>,
    local: Option<IpAddr>,
    delay: Duration,
) -> io::Result<(R::Socket, SocketAddr)> {
    let mut race = Race {
        runtime,
        local,
        delay,
        waiting: interleave(addresses, local),
        running: Vec::new(),
        error: None,
        timer: R::timer(),
        next: Instant::EPOCH,
    };
    poll_fn(|cx| race.poll(cx)).await
}

/// RFC 8305 §4: the families take turns, the one that the system prefers first. With a local
/// address there is only its own family.
pub(crate) fn interleave(
    addresses: Vec<SocketAddr>,
    local: Option<IpAddr>,
) -> VecDeque<SocketAddr> {
    let is_wanted = |address: &SocketAddr| local.is_none_or(|l| l.is_ipv4() == address.is_ipv4());
    let mut wanted = addresses.into_iter().filter(is_wanted);
    let Some(first) = wanted.next() else {
        return VecDeque::new();
    };
    let (mut same, mut other) = (VecDeque::from([first]), VecDeque::new());
    for address in wanted {
        if address.is_ipv4() == first.is_ipv4() {
            same.push_back(address);
        } else {
            other.push_back(address);
        }
    }
    let mut mixed = VecDeque::new();
    while mixed.len() < MAX_ADDRESSES && !(same.is_empty() && other.is_empty()) {
        mixed.extend(same.pop_front());
        mixed.extend(other.pop_front());
    }
    mixed
}

struct Race<'a, R: Runtime> {
    runtime: &'a R,
    local: Option<IpAddr>,
    delay: Duration,
    waiting: VecDeque<SocketAddr>,
    running: Vec<(SocketAddr, IoFuture<'static, R::Socket>)>,
    /// Why the first one failed that did: the preferred one says most.
    error: Option<io::Error>,
    timer: Box<dyn Timer>,
    /// When the next one is tried, though others are running.
    next: Instant,
}

impl<R: Runtime> Race<'_, R> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(R::Socket, SocketAddr)>> {
        loop {
            let mut at = 0;
            while let Some((address, attempt)) = self.running.get_mut(at) {
                match attempt.as_mut().poll(cx) {
                    Poll::Ready(Ok(socket)) => return Poll::Ready(Ok((socket, *address))),
                    Poll::Ready(Err(error)) => {
                        drop(self.running.remove(at));
                        self.error.get_or_insert(error);
                        // RFC 8305 §5: whoever fails makes way at once.
                        self.next = Instant::EPOCH;
                    }
                    Poll::Pending => at += 1,
                }
            }
            if self.waiting.is_empty() {
                return if self.running.is_empty() {
                    let none = || io::ErrorKind::AddrNotAvailable.into();
                    Poll::Ready(Err(self.error.take().unwrap_or_else(none)))
                } else {
                    Poll::Pending
                };
            }
            let now = self.timer.now();
            if now < self.next && self.timer.poll_at(cx, self.next).is_pending() {
                return Poll::Pending;
            }
            if let Some(address) = self.waiting.pop_front() {
                let attempt = self.runtime.connect(address, self.local);
                self.running.push((address, attempt));
                self.next = now.saturating_add(self.delay);
            }
        }
    }
}

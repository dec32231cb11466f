//! A network in memory: names, ports that answer, refuse or say nothing, and a log of who asked.

use core::future::{Future, poll_fn};
use core::net::{IpAddr, SocketAddr};
use core::task::{Poll, Waker};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hybi_testkit::pipe::{Behaviour, Pipe, pipe};
use hybi_tests::world;
use ws_futures::{Io, IoFuture, Runtime, Timer};

/// A network, shared by all that hold it.
#[derive(Clone, Default)]
pub(crate) struct Net(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    names: BTreeMap<String, Vec<IpAddr>>,
    /// How long a name takes.
    lookup: Duration,
    ports: BTreeMap<SocketAddr, (Duration, Answer)>,
    /// Of the client's ends.
    near: Behaviour,
    /// Who has been accepted and not been picked up.
    accepted: VecDeque<(SocketAddr, Pipe)>,
    waiting: Vec<Waker>,
    log: Vec<(Duration, String)>,
}

/// What a port does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    Accepts,
    Refuses,
    /// Neither, for ever.
    Ignores,
}

impl Net {
    /// Gives a name its addresses.
    pub(crate) fn name(&self, name: &str, addresses: &[&str]) -> &Self {
        let addresses = addresses
            .iter()
            .map(|text| text.parse().expect("an address"));
        self.lock().names.insert(name.into(), addresses.collect());
        self
    }

    /// Says how long it takes to look a name up.
    pub(crate) fn look_up_slowly(&self, time: Duration) -> &Self {
        self.lock().lookup = time;
        self
    }

    /// Says what a port does, after `delay`. Others refuse at once.
    pub(crate) fn port(&self, port: &str, delay: Duration, answer: Answer) -> &Self {
        let port = port.parse().expect("an address and a port");
        self.lock().ports.insert(port, (delay, answer));
        self
    }

    /// How the client's ends of connections behave.
    pub(crate) fn behave_near(&self, behaviour: Behaviour) {
        self.lock().near = behaviour;
    }

    /// Waits for a connection to any port; the port and the server's end of it.
    pub(crate) async fn accept(&self) -> (SocketAddr, Pipe) {
        poll_fn(|cx| {
            let mut state = self.lock();
            if let Some(accepted) = state.accepted.pop_front() {
                return Poll::Ready(accepted);
            }
            state.waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// What has been asked for, with the milliseconds since the thread began.
    pub(crate) fn log(&self) -> Vec<(u128, String)> {
        let log = self.lock().log.clone();
        let at = |(at, what): (Duration, String)| (at.as_millis(), what);
        log.into_iter().map(at).collect()
    }

    /// What has been asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.log().into_iter().map(|(_, what)| what).collect()
    }

    fn note(&self, what: String) {
        let now = world::timer().now().since_epoch();
        self.lock().log.push((now, what));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime for Net {
    type Socket = Pipe;

    fn timer() -> Box<dyn Timer> {
        world::timer()
    }

    fn resolve(&self, host: String, port: u16) -> IoFuture<'static, Vec<SocketAddr>> {
        self.note(format!("resolve {host}"));
        let found = self.lock().names.get(&host).cloned();
        let lookup = self.lock().lookup;
        Box::pin(async move {
            sleep(lookup).await;
            let addresses = found.ok_or_else(|| io::Error::other("no such name"))?;
            let with_port = |address| SocketAddr::new(address, port);
            Ok(addresses.into_iter().map(with_port).collect())
        })
    }

    fn connect(&self, address: SocketAddr, local: Option<IpAddr>) -> IoFuture<'static, Pipe> {
        let from = local.map(|local| format!(" from {local}"));
        self.note(format!("connect {address}{}", from.unwrap_or_default()));
        let this = self.clone();
        Box::pin(async move {
            let answer = this.lock().ports.get(&address).copied();
            let (delay, answer) = answer.unwrap_or((Duration::ZERO, Answer::Refuses));
            sleep(delay).await;
            match answer {
                Answer::Refuses => Err(io::ErrorKind::ConnectionRefused.into()),
                Answer::Ignores => core::future::pending().await,
                Answer::Accepts => {
                    let mut state = this.lock();
                    let (near, far) = pipe(state.near.clone(), Behaviour::default());
                    state.accepted.push_back((address, far));
                    state.waiting.drain(..).for_each(Waker::wake);
                    Ok(near)
                }
            }
        })
    }

    #[cfg(unix)]
    fn connect_unix(&self, path: std::path::PathBuf) -> IoFuture<'static, Box<dyn Io>> {
        self.note(format!("connect {}", path.display()));
        let (near, far) = pipe(self.lock().near.clone(), Behaviour::default());
        let mut state = self.lock();
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        state.accepted.push_back((nowhere, far));
        state.waiting.drain(..).for_each(Waker::wake);
        Box::pin(core::future::ready(Ok(Box::new(near) as Box<dyn Io>)))
    }
}

/// Waits on virtual time.
pub(crate) fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
    let mut timer = world::timer();
    let by = timer.now().saturating_add(time);
    poll_fn(move |cx| timer.poll_at(cx, by))
}

//! From a URL to a WebSocket, over a network in memory and on virtual time: names, proxies, TLS,
//! redirects, deadlines, reconnecting, and how it ended.

mod deadlines;
mod disconnect;
mod eyeballs;
mod net;
mod proxy;
mod reconnect;
mod redirects;
mod routes;
mod tls;

use core::time::Duration;

use futures::AsyncWriteExt;
use hybi_testkit::pipe::Pipe;
use hybi_tests::{head, world};
use ws_futures::{
    DialCause, DialError, Error, Options, Request, Response, Route, Step, Transport, WebSocket,
    accept, connect_on,
};

use crate::net::{Answer, Net};

const NOW: Duration = Duration::ZERO;
const SECOND: Duration = Duration::from_secs(1);

type Connected = (WebSocket<Transport<Pipe>>, Response);

/// A client's options that look at no environment.
fn options() -> Options {
    let mut options = Options::client().without_proxy();
    options.timer = Some(world::timer);
    options
}

/// A client's options with a proxy.
fn through(proxy: &str) -> Options {
    let mut options = options();
    options.dial.route = Route::Through(proxy.parse().expect("a proxy"));
    options
}

fn request(url: &str) -> Request {
    Request::from_url(url).expect("a URL")
}

/// Connects on a network, as a task can own it.
async fn connect(net: Net, url: &str, options: Options) -> Result<Connected, Error> {
    connect_on(&net, &request(url), &options).await
}

/// A network with one name, whose ports 80 and 443 answer.
fn usual() -> Net {
    let net = Net::default();
    net.name("server.example", &["192.0.2.1"])
        .port("192.0.2.1:80", NOW, Answer::Accepts)
        .port("192.0.2.1:443", NOW, Answer::Accepts)
        .name("proxy.example", &["192.0.2.8"])
        .port("192.0.2.8:3128", NOW, Answer::Accepts)
        .port("192.0.2.8:1080", NOW, Answer::Accepts);
    net
}

async fn say(io: &mut Pipe, text: impl AsRef<[u8]>) {
    io.write_all(text.as_ref())
        .await
        .expect("it can be written");
}

/// Serves one WebSocket that says hello.
async fn hello(io: Pipe) {
    let mut options = Options::server();
    options.timer = Some(world::timer);
    let mut socket = accept(io, &options).await.expect("a WebSocket");
    socket.send("hello").await.expect("it can be sent");
    let closure = socket.close(None).await;
    assert!(closure.is_ok_and(|closure| closure.is_clean()));
}

/// Receives what [`hello`] says, and closes.
async fn is_greeted(connected: Result<Connected, Error>) -> Response {
    let (mut socket, response) = connected.expect("a connection");
    let message = socket.receive().await.expect("a message");
    let Some(ws_futures::Event::Message(message)) = message else {
        panic!("{message:?}");
    };
    assert_eq!(message.as_bytes(), b"hello");
    assert!(socket.close(None).await.is_ok_and(|end| end.is_clean()));
    response
}

/// What was wrong with the way, and in which step.
#[track_caller]
fn dial_error(result: Result<Connected, Error>) -> DialError {
    match result {
        Err(Error::Dial(error)) => *error,
        other => panic!("{:?}", other.map(drop)),
    }
}

#[track_caller]
fn check_step(result: Result<Connected, Error>, step: Step, check: fn(&DialCause) -> bool) {
    let error = dial_error(result);
    assert_eq!(error.step(), step, "{error}");
    assert!(check(error.cause()), "{error:?}");
}

// Whoever spawns a task on a pool needs these to be.
#[test]
fn futures_and_sockets_can_go_to_another_thread() {
    fn is_send<T: Send>(_: T) {}

    let options = options();
    is_send(hybi::smol::connect("ws://localhost/", &options));
    is_send(hybi::tokio::connect("ws://localhost/", &options));
    is_send(connect(usual(), "ws://localhost/", options.clone()));
    let attempts = ws_futures::Reconnect::default().sessions(
        hybi::tokio::Tokio,
        request("ws://localhost/"),
        options,
    );
    is_send(attempts);
    is_send(None::<WebSocket<Transport<hybi::smol::Socket>>>);
    is_send(None::<ws_futures::Disconnect>);
}

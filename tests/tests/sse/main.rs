//! Event streams and sources of events, over a network in memory and on virtual time: each role
//! against raw bytes, and against the other.

mod body;
mod cancel;
mod hub;
mod memory;
#[path = "../dial/net.rs"]
mod net;
mod redirects;
mod source;
mod stream;
mod tls;
mod together;
mod waiting;

use core::time::Duration;

use futures::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pipe::{Pipe, duplex};
use hybi_tests::{World, head, world};
use ws_futures::sse::{EventRequest, EventSource, EventStream, SourceError, SourceEvent};
use ws_futures::{Error, Incoming, Options, read_request};

use crate::net::{Answer, Net};

const NOW: Duration = Duration::ZERO;
const SECOND: Duration = Duration::from_secs(1);

/// What begins a stream that a raw server sends; it ends with the connection.
const OPEN: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

/// A network with two servers.
fn network() -> Net {
    let net = Net::default();
    net.name("server.example", &["192.0.2.1"])
        .port("192.0.2.1:80", NOW, Answer::Accepts)
        .port("192.0.2.1:443", NOW, Answer::Accepts)
        .name("other.example", &["192.0.2.2"])
        .port("192.0.2.2:80", NOW, Answer::Accepts)
        .port("192.0.2.2:443", NOW, Answer::Accepts);
    net
}

fn client_options() -> Options {
    let mut options = Options::client().without_proxy();
    options.timer = Some(world::timer);
    options
}

fn server_options() -> Options {
    let mut options = Options::server();
    options.timer = Some(world::timer);
    options
}

fn request(url: &str) -> EventRequest {
    EventRequest::from_url(url).expect("a URL")
}

fn source(net: &Net, url: &str) -> EventSource<Net> {
    EventSource::new(net.clone(), request(url), &client_options())
}

/// What happens at a source, in short; `None` once it has ended.
async fn told(source: &mut EventSource<Net>) -> Option<String> {
    match source.receive().await {
        Ok(Some(SourceEvent::Opened)) => Some("opened".to_owned()),
        Ok(Some(SourceEvent::Event(event))) => {
            Some(format!("{} {} {}", event.kind, event.data, event.id))
        }
        Ok(Some(SourceEvent::Lost(lost))) => Some(format!("lost: {lost}")),
        Ok(None) => None,
        Ok(Some(other)) => panic!("{other:?}"),
        Err(error) => Some(failure(&error)),
    }
}

fn failure(error: &SourceError) -> String {
    format!("failed: {error}")
}

/// All that happens, up to the end or to so many events.
async fn all_told(source: &mut EventSource<Net>, count: usize) -> Vec<String> {
    let mut seen = Vec::new();
    while seen.len() < count
        && let Some(what) = told(source).await
    {
        seen.push(what);
    }
    seen
}

/// A server that answers one connection after the other with these bytes and then ends it; gives
/// the requests.
async fn script(net: Net, answers: Vec<String>) -> Vec<String> {
    let mut requests = Vec::new();
    for answer in answers {
        let mut io = net.accept().await.1;
        requests.push(head(&mut io).await);
        io.write_all(answer.as_bytes()).await.expect("it is read");
        let _ = io.close().await;
        // Until the client has gone, too.
        let _ = io.read(&mut [0]).await;
    }
    requests
}

/// The value of a field in a head, if it is there.
fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

const ASK: &str = "GET /feed?room=1 HTTP/1.1\r\nHost: server.example\r\n\
                   Accept: text/event-stream\r\n\r\n";

/// Reads a request that was sent already.
async fn incoming(io: Pipe, options: &Options) -> Result<Incoming<Pipe>, Error> {
    read_request(io, options).await
}

/// A stream that has been opened to a raw client, whose end of the connection is given, too, with
/// what was sent so far read.
fn opened(world: &mut World, options: Options) -> (EventStream<Pipe>, Pipe) {
    let (near, mut far) = duplex(1024);
    world.run(async move {
        far.write_all(ASK.as_bytes()).await.expect("there is room");
        let incoming = incoming(near, &options).await.expect("a request");
        assert!(incoming.wants_events() && !incoming.wants_websocket());
        let stream = incoming.accept_events(&options).await.expect("a stream");
        let head = head(&mut far).await;
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let mut prelude = [0; 18];
        far.read_exact(&mut prelude).await.expect("the prelude");
        assert_eq!(&prelude, b"d\r\nretry: 5000\n\n\r\n".as_slice());
        (stream, far)
    })
}

/// What is there to be read just now.
async fn available(io: &mut Pipe) -> String {
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    while let Some(read) = futures::FutureExt::now_or_never(io.read(&mut buffer)) {
        match read {
            Ok(0) => {
                all.extend_from_slice(b"<end>");
                break;
            }
            Ok(len) => all.extend_from_slice(&buffer[..len]),
            Err(error) => {
                all.extend_from_slice(format!("<{:?}>", error.kind()).as_bytes());
                break;
            }
        }
    }
    String::from_utf8(all).expect("UTF-8")
}

//! Event streams and sources of events over real sockets on loopback, on smol and on tokio: real
//! time, so short deadlines.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::{AsyncRead, AsyncWrite};
use hybi::futures::Incoming;
use hybi::sse::{Closure, Event};
use hybi::{EventSource, Hub, Options, SourceError, SourceEvent, Status};

const LOCALHOST: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the server of a test has.
#[derive(Clone)]
struct Server {
    options: Options,
    hub: Hub,
    /// How many event streams were asked for.
    asked: Arc<AtomicUsize>,
}

impl Server {
    fn new(timer: fn() -> Box<dyn hybi::futures::Timer>) -> Self {
        let mut options = Options::server();
        options.timer = Some(timer);
        options.events.ping = Some(Duration::from_millis(50));
        Self {
            options,
            hub: Hub::new(100, 1 << 20),
            asked: Arc::default(),
        }
    }

    /// One port for pages, WebSockets and events.
    async fn serve<T>(self, incoming: Incoming<T>)
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        if incoming.wants_websocket() {
            let mut socket = incoming.accept(&self.options).await.expect("a WebSocket");
            socket.send("hello").await.expect("it can be sent");
            let _ = socket.close(None).await;
        } else if incoming.wants_events() {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if self.hub.is_closed() {
                return incoming.stop_events().await;
            }
            let accepted = incoming.accept_events_with(&self.options, |_| {
                Ok(hybi::sse::Accept::new().with_retry(Some(Duration::from_millis(100))))
            });
            let _ = self.hub.serve(accepted.await.expect("a stream")).await;
        } else {
            let page = incoming.respond(Status::OK, "text/plain", b"a page");
            page.await.expect("it can be sent");
        }
    }
}

fn client_options() -> Options {
    let mut options = Options::client().without_proxy();
    options.events.silence = Some(Duration::from_secs(2));
    options
}

/// What a client makes of all that.
async fn follow<R: hybi::futures::Runtime>(
    mut source: EventSource<R>,
    server: Server,
    address: SocketAddr,
) -> Result<(), SourceError> {
    let event = source.receive().await?;
    assert!(matches!(event, Some(SourceEvent::Opened)), "{event:?}");
    for id in ["1", "2", "3"] {
        server
            .hub
            .publish(&Event::new("x").with_id(id))
            .expect("it is open");
        let event = source.receive().await?;
        assert!(
            matches!(event, Some(SourceEvent::Event(event)) if event.id == id),
            "{event:?}"
        );
    }
    // Much at once, and large.
    let large = "y".repeat(300_000);
    for _ in 0..3 {
        server.hub.publish(&Event::new(&large)).expect("it is open");
    }
    for _ in 0..3 {
        let event = source.receive().await?;
        assert!(matches!(event, Some(SourceEvent::Event(event)) if event.data.len() == 300_000));
    }
    // On the same port, meanwhile.
    let (page, socket) = smol::unblock(move || {
        use std::io::{Read, Write};
        let mut answers = [
            "",
            "Upgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        ]
        .map(|fields| {
            let mut stream = std::net::TcpStream::connect(address).expect("it listens");
            let ask = format!("GET / HTTP/1.1\r\nHost: {address}\r\n{fields}\r\n");
            stream.write_all(ask.as_bytes()).expect("it can be written");
            stream
                .shutdown(std::net::Shutdown::Write)
                .expect("it can be closed");
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).expect("it can be read");
            String::from_utf8_lossy(&answer).into_owned()
        })
        .into_iter();
        (answers.next(), answers.next())
    })
    .await;
    assert!(page.is_some_and(|page| page.ends_with("a page")));
    assert!(socket.is_some_and(|answer| answer.starts_with("HTTP/1.1 101 ")));
    // The end, and the word not to come back.
    server.hub.close(Some(Duration::from_millis(100)));
    let event = source.receive().await?;
    assert!(matches!(event, Some(SourceEvent::Lost(_))), "{event:?}");
    assert!(source.receive().await?.is_none());
    assert_eq!(source.closure(), Some(Closure::Stopped));
    assert_eq!(source.last_event_id(), "3");
    assert_eq!(server.asked.load(Ordering::Relaxed), 2);
    Ok(())
}

#[test]
fn both_roles_on_smol() {
    let executor = Arc::new(smol::Executor::new());
    smol::block_on(executor.run(smol::future::or(
        async {
            let listener = smol::Async::<std::net::TcpListener>::bind(LOCALHOST).expect("a port");
            let address = listener.get_ref().local_addr().expect("it listens");
            let server = Server::new(hybi::smol::timer);
            let serving = server.clone();
            let clients = Arc::clone(&executor);
            let accepting = executor.spawn(async move {
                loop {
                    let (stream, _) = listener.accept().await.expect("a client");
                    let server = serving.clone();
                    let serve = async move {
                        let stream = hybi::smol::Socket::from(stream);
                        let incoming = hybi::smol::read_request(stream, &server.options).await;
                        server.serve(incoming.expect("a request")).await;
                    };
                    clients.spawn(serve).detach();
                }
            });
            let url = format!("http://{address}/");
            let source = hybi::smol::event_source(&url, &client_options()).expect("a URL");
            follow(source, server, address).await.expect("no error");
            accepting.cancel().await;
        },
        async {
            smol::Timer::after(PATIENCE).await;
            panic!("it takes too long");
        },
    )));
}

#[tokio::test]
async fn both_roles_on_tokio() {
    let test = async {
        let listener = tokio::net::TcpListener::bind(LOCALHOST)
            .await
            .expect("a port");
        let address = listener.local_addr().expect("it listens");
        let server = Server::new(hybi::tokio::timer);
        let serving = server.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a client");
                let server = serving.clone();
                tokio::spawn(async move {
                    let incoming = hybi::tokio::read_request(stream, &server.options).await;
                    server.serve(incoming.expect("a request")).await;
                });
            }
        });
        let url = format!("http://{address}/");
        let source = hybi::tokio::event_source(&url, &client_options()).expect("a URL");
        follow(source, server, address).await.expect("no error");
    };
    tokio::time::timeout(PATIENCE, test)
        .await
        .expect("it takes too long");
}

/// A client that is silent for longer than it may be comes back.
#[tokio::test]
async fn sc26_silence_in_real_time() {
    let listener = tokio::net::TcpListener::bind(LOCALHOST)
        .await
        .expect("a port");
    let address = listener.local_addr().expect("it listens");
    let mut server = Server::new(hybi::tokio::timer);
    server.options.events.ping = None;
    let serving = server.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a client");
            let server = serving.clone();
            tokio::spawn(async move {
                let incoming = hybi::tokio::read_request(stream, &server.options).await;
                server.serve(incoming.expect("a request")).await;
            });
        }
    });
    let mut options = client_options();
    options.events.silence = Some(Duration::from_millis(100));
    let url = format!("http://{address}/");
    let mut source = hybi::tokio::event_source(&url, &options).expect("a URL");
    let seen = async {
        let mut seen = Vec::new();
        while seen.len() < 4 {
            seen.push(matches!(
                source.receive().await,
                Ok(Some(SourceEvent::Opened))
            ));
        }
        seen
    };
    let seen = tokio::time::timeout(PATIENCE, seen)
        .await
        .expect("it takes too long");
    assert_eq!(seen, [true, false, true, false]);
    // The server has noticed each time that its client left.
    let noticed = async {
        while server.hub.subscribers() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    drop(source);
    tokio::time::timeout(PATIENCE, noticed)
        .await
        .expect("it takes too long");
}

/// A clock that is paused goes on by itself while all wait: the delays are as long on it.
#[tokio::test(start_paused = true)]
async fn sc24_a_paused_clock() {
    let listener = std::net::TcpListener::bind(LOCALHOST).expect("a port");
    let address = listener.local_addr().expect("it listens");
    drop(listener);
    let url = format!("http://{address}/");
    let mut source = hybi::tokio::event_source(&url, &client_options()).expect("a URL");
    let began = tokio::time::Instant::now();
    let mut least = Duration::ZERO;
    for attempt in 0..6 {
        let Ok(Some(SourceEvent::Lost(lost))) = source.receive().await else {
            panic!("nobody listens");
        };
        assert!(lost.delay >= Duration::from_secs(3) && lost.error.is_some());
        let took = began.elapsed();
        assert!(took >= least, "{attempt}: {took:?}");
        assert!(took < least + Duration::from_secs(1), "{attempt}: {took:?}");
        least += lost.delay;
    }
    assert!(least >= Duration::from_secs(18));
}

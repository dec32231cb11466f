//! A26, A28: the adapters for smol and tokio over real sockets on loopback, with real time, so
//! with short deadlines.

use core::future::Future;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::task::{Context, Waker};
use core::time::Duration;
use std::io::Write;
use std::net::TcpStream;
use std::time::Instant;

use futures::{AsyncRead, AsyncWrite, FutureExt};
use hybi::driver::{self, KeepAlive, Timer};
use hybi::smol::Socket;
use hybi::{CloseCode, CloseFrame, Closure, Error, Event, Options, Transport, WebSocket};

const LOCALHOST: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const FRAME: CloseFrame<'static> = CloseFrame {
    code: CloseCode::GOING_AWAY,
    reason: "done",
};
/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a test on smol, then on tokio, each with a limit.
macro_rules! on_both {
    ($($name:ident: $test:ident;)*) => {$(
        mod $name {
            #[test]
            fn smol() {
                smol::block_on(smol::future::or(super::$test::<super::Smol>(), async {
                    smol::Timer::after(super::PATIENCE).await;
                    panic!("it takes too long");
                }))
                .unwrap();
            }

            #[test]
            fn tokio() {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                runtime.enable_all().build().unwrap().block_on(async {
                    let test = super::$test::<super::Tokio>();
                    tokio::time::timeout(super::PATIENCE, test).await.unwrap().unwrap();
                });
            }
        }
    )*};
}

on_both! {
    a28_session_that_the_client_closes: client_closes;
    a28_session_that_the_server_closes: server_closes;
    a28_silence_is_noticed_in_real_time: silence;
    round_trip_is_known_with_its_pong: round_trip;
    a28_close_is_given_up_in_real_time: unanswered_close;
    a26_accepting_goes_on_after_clients_that_fail: accepting;
    a_client_connects_from_a_given_address: local_address;
    a_client_finds_the_family_that_answers: both_families;
}

/// What the tests need of a runtime.
trait Runtime {
    type Listener;
    type Accepted: AsyncRead + AsyncWrite + Unpin;
    type Socket: AsyncRead + AsyncWrite + Unpin;

    fn peer(accepted: &Self::Accepted) -> IpAddr;
    async fn listen() -> Result<(Self::Listener, SocketAddr), Error>;
    async fn accept(
        listener: &Self::Listener,
        options: &Options,
    ) -> Result<WebSocket<Self::Accepted>, Error>;
    async fn connect(
        url: &str,
        options: &Options,
    ) -> Result<WebSocket<Transport<Self::Socket>>, Error>;
}

struct Smol;

impl Runtime for Smol {
    type Listener = smol::Async<std::net::TcpListener>;
    type Accepted = Socket;
    type Socket = Socket;

    fn peer(accepted: &Socket) -> IpAddr {
        accepted
            .get_ref()
            .peer_addr()
            .expect("it is connected")
            .ip()
    }

    async fn listen() -> Result<(Self::Listener, SocketAddr), Error> {
        let listener = smol::Async::<std::net::TcpListener>::bind(LOCALHOST)?;
        let address = listener.get_ref().local_addr()?;
        Ok((listener, address))
    }

    async fn accept(
        listener: &Self::Listener,
        options: &Options,
    ) -> Result<WebSocket<Socket>, Error> {
        let (stream, _) = listener.accept().await?;
        hybi::smol::accept(Socket::from(stream), options).await
    }

    async fn connect(
        url: &str,
        options: &Options,
    ) -> Result<WebSocket<Transport<Self::Socket>>, Error> {
        Ok(hybi::smol::connect(url, options).await?.0)
    }
}

struct Tokio;

impl Runtime for Tokio {
    type Listener = tokio::net::TcpListener;
    type Accepted = hybi::tokio::Compat<tokio::net::TcpStream>;
    type Socket = hybi::tokio::Compat<tokio::net::TcpStream>;

    fn peer(accepted: &Self::Accepted) -> IpAddr {
        accepted.0.peer_addr().expect("it is connected").ip()
    }

    async fn listen() -> Result<(Self::Listener, SocketAddr), Error> {
        let listener = tokio::net::TcpListener::bind(LOCALHOST).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    }

    async fn accept(
        listener: &Self::Listener,
        options: &Options,
    ) -> Result<WebSocket<Self::Accepted>, Error> {
        let (stream, _) = listener.accept().await?;
        hybi::tokio::accept(stream, options).await
    }

    async fn connect(
        url: &str,
        options: &Options,
    ) -> Result<WebSocket<Transport<Self::Socket>>, Error> {
        Ok(hybi::tokio::connect(url, options).await?.0)
    }
}

/// A client and a server that have opened.
async fn open<R: Runtime>(
    client: &Options,
    server: &Options,
) -> Result<(WebSocket<Transport<R::Socket>>, WebSocket<R::Accepted>), Error> {
    let (listener, address) = R::listen().await?;
    let url = format!("ws://{address}/");
    let connecting = R::connect(&url, client);
    let (client, server) = futures::join!(connecting, R::accept(&listener, server));
    Ok((client?, server?))
}

/// Echoes until the connection ends.
async fn echo<T: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocket<T>) -> Result<(), Error> {
    while let Some((event, mut outbox)) = socket.exchange().await? {
        if let Event::Message(message) = event {
            outbox.feed(message).await?;
        }
    }
    Ok(())
}

/// Sends messages, one of them large, and gets them back.
async fn exchange<T: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocket<T>,
) -> Result<(), Error> {
    for len in [0, 5, 1 << 20] {
        let text = "x".repeat(len);
        socket.send(&text[..]).await?;
        let echo = socket.receive().await?;
        assert!(matches!(echo, Some(Event::Message(echo)) if echo.as_bytes() == text.as_bytes()));
    }
    Ok(())
}

async fn client_closes<R: Runtime>() -> Result<(), Error> {
    let (mut client, mut server) =
        open::<R>(&Options::client().without_proxy(), &Options::server()).await?;
    let start = Instant::now();
    let (closure, end) = futures::join!(
        async {
            exchange(&mut client).await?;
            client.close(Some(FRAME)).await
        },
        echo(&mut server)
    );
    let closure = closure?;
    assert!(closure.is_clean() && end.is_ok(), "{closure:?}, {end:?}");
    assert_eq!(server.close_frame(), Some(FRAME));
    // Neither end waited for a deadline.
    assert!(start.elapsed() < Duration::from_secs(4));
    Ok(())
}

async fn server_closes<R: Runtime>() -> Result<(), Error> {
    let (mut client, mut server) =
        open::<R>(&Options::client().without_proxy(), &Options::server()).await?;
    let start = Instant::now();
    let (end, closure) = futures::join!(echo(&mut client), async {
        exchange(&mut server).await?;
        server.close(Some(FRAME)).await
    });
    let closure = closure?;
    assert!(closure.is_clean() && end.is_ok(), "{closure:?}, {end:?}");
    assert_eq!(client.close_frame(), Some(FRAME));
    assert!(start.elapsed() < Duration::from_secs(4));
    Ok(())
}

async fn silence<R: Runtime>() -> Result<(), Error> {
    let mut options = Options::server();
    options.connection.keep_alive = Some(KeepAlive {
        interval: KeepAlive::MIN_INTERVAL,
        timeout: Duration::from_millis(100),
    });
    // The client does not receive, so it does not answer.
    let (client, mut server) = open::<R>(&Options::client().without_proxy(), &options).await?;
    let start = Instant::now();
    let end = echo(&mut server).await;
    let timed_out = driver::Error::TimedOut(Timer::Pong);
    assert!(
        matches!(&end, Err(Error::Protocol(error)) if *error == timed_out),
        "{end:?}"
    );
    assert!(start.elapsed() >= Duration::from_millis(100));
    drop(client);
    Ok(())
}

async fn unanswered_close<R: Runtime>() -> Result<(), Error> {
    let mut options = Options::client().without_proxy();
    options.connection.close_timeout = Duration::from_millis(100);
    let (mut client, server) = open::<R>(&options, &Options::server()).await?;
    let start = Instant::now();
    let closure = client.close(Some(FRAME)).await?;
    let timed_out = driver::Error::TimedOut(Timer::Close);
    assert_eq!(closure, Closure::Failed(timed_out));
    assert!(start.elapsed() >= Duration::from_millis(100));
    drop(server);
    Ok(())
}

/// Clients that send nonsense, leave at once or say nothing: each is an error of its own, and the
/// one after them is served.
async fn accepting<R: Runtime>() -> Result<(), Error> {
    let (listener, address) = R::listen().await?;
    let mut options = Options::server();
    options.handshake_timeout = Duration::from_millis(200);
    let refused = |bytes: &'static [u8], stays: bool| {
        let (listener, options) = (&listener, &options);
        async move {
            let mut stream = TcpStream::connect(address)?;
            stream.write_all(bytes)?;
            let stream = stays.then_some(stream);
            let end = R::accept(listener, options).await;
            drop(stream);
            Ok::<_, Error>(end.err().expect("it is refused"))
        }
    };
    for bytes in [
        &b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..],
        b"\x16\x03\x01\0\0",
    ] {
        let error = refused(bytes, true).await?;
        assert!(matches!(error, Error::Request(_)), "{error:?}");
    }
    for bytes in [&b""[..], b"GET / HT"] {
        let error = refused(bytes, false).await?;
        assert!(matches!(error, Error::Io(_)), "{error:?}");
        let error = refused(bytes, true).await?;
        assert!(matches!(error, Error::HandshakeTimedOut), "{error:?}");
    }
    let url = format!("ws://{address}/");
    let of_client = Options::client().without_proxy();
    let connecting = R::connect(&url, &of_client);
    let (client, server) = futures::join!(connecting, R::accept(&listener, &options));
    assert!(client.is_ok() && server.is_ok());
    Ok(())
}

/// Both timers stay ready once their deadline is over, and are not before.
async fn timer(mut timer: Box<dyn hybi::futures::Timer>, sleep: impl Future) {
    let mut cx = Context::from_waker(Waker::noop());
    let at = timer.now().saturating_add(Duration::from_millis(20));
    assert!(timer.poll_at(&mut cx, at).is_pending());
    sleep.await;
    for _ in 0..3 {
        assert!(timer.poll_at(&mut cx, at).is_ready());
    }
    // Nor does a deadline that is over make the next one so.
    let later = timer.now().saturating_add(PATIENCE);
    assert!(timer.poll_at(&mut cx, later).is_pending());
}

#[test]
fn a24_a_deadline_stays_over_on_smol() {
    let sleep = smol::Timer::after(Duration::from_millis(60));
    smol::block_on(timer(hybi::smol::timer(), sleep));
}

#[tokio::test]
async fn a24_a_deadline_stays_over_on_tokio() {
    let sleep = tokio::time::sleep(Duration::from_millis(60));
    timer(hybi::tokio::timer(), sleep.boxed_local()).await;
}

/// The statistics tell the round trip as soon as the Pong is seen, and anew for each.
async fn round_trip<R: Runtime>() -> Result<(), Error> {
    let (listener, address) = R::listen().await?;
    let url = format!("ws://{address}/");
    let (options, client_options) = (Options::server(), Options::client().without_proxy());
    let serve = async {
        let mut socket = R::accept(&listener, &options).await?;
        while socket.receive().await?.is_some() {}
        Ok::<_, Error>(())
    };
    let ask = async {
        let mut socket = R::connect(&url, &client_options).await?;
        for payload in [b"1", b"2", b"3"] {
            let id = socket.ping(payload).await?;
            let Some(Event::Pong { answers, .. }) = socket.receive().await? else {
                return Err(Error::Closed);
            };
            assert_eq!(answers, Some(id));
            let round_trip = socket.statistics().round_trip;
            assert!(round_trip.is_some_and(|time| time > Duration::ZERO && time < PATIENCE));
        }
        socket.close(None).await
    };
    let ((), closure) = futures::future::try_join(serve, ask).await?;
    assert!(closure.is_clean());
    Ok(())
}

/// All of 127.0.0.0/8 is this machine on Linux, and nobody but us uses this one.
async fn local_address<R: Runtime>() -> Result<(), Error> {
    let (listener, address) = R::listen().await?;
    let mut options = Options::client().without_proxy();
    let local = Ipv4Addr::new(127, 0, 0, 77);
    options.dial.local_address = Some(local.into());
    let url = format!("ws://{address}/");
    let connecting = R::connect(&url, &options);
    let server = Options::server();
    let accepting = R::accept(&listener, &server);
    let (client, server) = futures::join!(connecting, accepting);
    drop(client?);
    assert_eq!(R::peer(server?.io()), local);
    Ok(())
}

/// `localhost` is mostly `::1` first, where nobody listens.
async fn both_families<R: Runtime>() -> Result<(), Error> {
    let (listener, address) = R::listen().await?;
    let options = Options::client().without_proxy();
    let url = format!("ws://localhost:{}/", address.port());
    let server = Options::server();
    let connecting = R::connect(&url, &options);
    let (client, server) = futures::join!(connecting, R::accept(&listener, &server));
    let (client, server) = (client?, server?);
    assert!(client.io().as_socket().is_some() && !client.io().is_encrypted());
    assert_eq!(client.io().peer_addr(), Some(address));
    drop((client, server));
    Ok(())
}

/// A server on a Unix socket, for `connect_to` of either runtime.
#[cfg(unix)]
mod unix {
    use std::os::unix::net::UnixListener;

    use hybi_tests::scratch::Scratch;

    use super::*;

    async fn check<C: AsyncRead + AsyncWrite + Unpin>(
        connect: impl AsyncFn(&Options) -> Result<WebSocket<C>, Error>,
    ) {
        let scratch = Scratch::new("unix");
        let path = scratch.path("socket");
        let listener = UnixListener::bind(&path).expect("a new file");
        let server = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("somebody connects");
            smol::block_on(async {
                let stream = Socket::from(smol::Async::new(stream)?);
                let mut socket = hybi::smol::accept(stream, &Options::server()).await?;
                while let Some((event, mut outbox)) = socket.exchange().await? {
                    if let Event::Message(message) = event {
                        outbox.feed(message).await?;
                    }
                }
                Ok::<_, Error>(())
            })
        });
        let mut options = Options::client();
        options.dial.unix_socket = Some(path);
        let mut socket = connect(&options).await.expect("a connection");
        socket.send("hello").await.expect("it can be sent");
        let echo = socket.receive().await.expect("an echo");
        assert!(matches!(echo, Some(Event::Message(echo)) if echo.as_bytes() == b"hello"));
        assert!(socket.close(None).await.is_ok_and(|end| end.is_clean()));
        server.join().expect("no panic").expect("no error");
    }

    #[test]
    fn smol() {
        smol::block_on(check(async |options: &Options| {
            Ok(hybi::smol::connect("ws://kettle.example/", options)
                .await?
                .0)
        }));
    }

    #[test]
    fn tokio() {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        runtime.block_on(check(async |options: &Options| {
            Ok(hybi::tokio::connect("ws://kettle.example/", options)
                .await?
                .0)
        }));
    }
}

//! Over HTTP/1.1: our own client, and requests that are none.

use hybi::tokio::connect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use ws_futures::{Deflate, Options, Request};

use crate::{application, is_echoed, run, serve};

#[test]
fn sockets_and_pages_on_one_port() {
    run(async {
        let address = serve(application()).await;
        let options = Options::client().without_proxy();
        let (socket, _) = connect(&format!("ws://{address}/echo"), &options)
            .await
            .expect("a socket");
        assert_eq!((socket.subprotocol(), socket.extensions()), (None, None));
        is_echoed(socket).await;

        let options = options.with_deflate(Deflate::new());
        let request = Request::from_url(&format!("ws://{address}/soup"))
            .expect("a URL")
            .with_subprotocol("tea")
            .and_then(|request| request.with_subprotocol("soup"))
            .expect("tokens");
        let (socket, _) = hybi::tokio::connect_to(&request, &options)
            .await
            .expect("a socket");
        assert_eq!(socket.subprotocol(), Some("soup"));
        assert!(
            socket
                .extensions()
                .is_some_and(|all| all.contains("permessage-deflate"))
        );
        is_echoed(socket).await;
    });
}

/// The first line of the answer, and all of it.
async fn answer(address: core::net::SocketAddr, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is open");
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while !text.windows(4).any(|four| four == b"\r\n\r\n") {
        let len = stream.read(&mut buffer).await.expect("an answer");
        assert_ne!(len, 0, "no answer");
        text.extend_from_slice(&buffer[..len]);
    }
    let text = String::from_utf8(text).expect("text");
    (
        text.lines().next().expect("a line").to_owned(),
        text.to_ascii_lowercase(),
    )
}

// RFC 6455 §4.2.2
#[test]
fn requests_that_are_none_get_the_right_status() {
    const UPGRADE: &str = "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    run(async {
        let address = serve(application()).await;
        for (request, status, part) in [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "200 OK", ""),
            (
                "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
                "426 Upgrade Required",
                "sec-websocket-version: 13",
            ),
            (
                format!("POST /echo HTTP/1.1\r\n{UPGRADE}{KEY}Sec-WebSocket-Version: 13\r\n\r\n"),
                "405 Method Not Allowed",
                "allow: get",
            ),
            (
                format!("GET /echo HTTP/1.1\r\n{UPGRADE}{KEY}Sec-WebSocket-Version: 12\r\n\r\n"),
                "426 Upgrade Required",
                "upgrade: websocket",
            ),
            (
                format!("GET /echo HTTP/1.1\r\n{UPGRADE}Sec-WebSocket-Version: 13\r\n\r\n"),
                "400 Bad Request",
                "sec-websocket-key",
            ),
            (
                format!(
                    "GET /echo HTTP/1.1\r\n{UPGRADE}{KEY}Sec-WebSocket-Version: 13\r\n\
                     Origin: http://evil\r\n\r\n"
                ),
                "403 Forbidden",
                "origin is not allowed",
            ),
            (
                format!(
                    "GET /soup HTTP/1.1\r\n{UPGRADE}{KEY}Sec-WebSocket-Version: 13\r\n\
                     Sec-WebSocket-Extensions: permessage-deflate; ;\r\n\r\n"
                ),
                "400 Bad Request",
                "",
            ),
            (
                format!("GET /echo HTTP/1.1\r\n{UPGRADE}{KEY}Sec-WebSocket-Version: 13\r\n\r\n"),
                "101 Switching Protocols",
                "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=",
            ),
        ] {
            let (line, text) = answer(address, &request).await;
            assert_eq!(line, format!("HTTP/1.1 {status}"), "{request}");
            assert!(text.contains(part), "{text}");
        }
    });
}

// hixie-76: the last key comes behind a head that hyper has read alone.
#[test]
fn the_oldest_versions_pass_through_hyper() {
    use ws_handshake::{Version, Versions};

    run(async {
        let mut options = Options::server();
        options.handshake.versions = Versions::ALL;
        let options = std::sync::Arc::new(options);
        let router = axum::Router::new().route(
            "/",
            axum::routing::any(async move |upgrade: ws_futures::axum::WebSocketUpgrade| {
                upgrade
                    .with_options(options)
                    .on_upgrade(async |mut socket| {
                        use futures::{SinkExt, StreamExt};
                        while let Some(Ok(message)) = socket.next().await {
                            let _ = socket.send(message.borrowed()).await;
                        }
                        let _ = SinkExt::<ws_futures::Message>::close(&mut socket).await;
                    })
            }),
        );
        let address = serve(router).await;
        for version in [
            Version::Hixie75,
            Version::Hixie76,
            Version::Hybi4,
            Version::Hybi6,
            Version::Hybi8,
        ] {
            let request = Request::from_url(&format!("ws://{address}/"))
                .expect("a URL")
                .with_field("Origin", format!("http://{address}"))
                .and_then(|request| request.with_version(version))
                .expect("a version that is spoken");
            let options = Options::client().without_proxy();
            let (mut socket, _) = hybi::tokio::connect_to(&request, &options)
                .await
                .unwrap_or_else(|error| panic!("{version}: {error}"));
            socket.send("hello").await.expect("it is open");
            let echo = socket.receive().await.expect("an echo");
            assert!(
                matches!(echo, Some(ws_futures::Event::Message(echo)) if echo.as_bytes() == b"hello"),
                "{version}"
            );
        }
    });
}

//! RFC 8441: sockets in streams of HTTP/2, asked for by hyper's own client.

use core::net::SocketAddr;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::ext::Protocol;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use ws_futures::hyper::Io;
use ws_futures::{Options, Request, WebSocket};
use ws_handshake::ClientHandshake;

use crate::{application, is_echoed, run, serve};

type Client = SendRequest<Empty<Bytes>>;

async fn client(address: SocketAddr) -> Client {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .expect("HTTP/2");
    tokio::spawn(connection);
    client
}

/// Asks for a socket; the response, and the stream if there is one.
async fn ask(client: &mut Client, request: &Request) -> (http::Response<()>, Option<Io>) {
    let (connect, fields) = request.extended_connect().expect("version 13");
    let uri = format!("{}://{}{}", connect.scheme, connect.authority, connect.path);
    let mut asked = http::Request::connect(uri).extension(Protocol::from_static("websocket"));
    for (name, value) in &fields {
        asked = asked.header(name, &value[..]);
    }
    let asked = asked.body(Empty::new()).expect("a request");
    client.ready().await.expect("it is open");
    let mut response = client.send_request(asked).await.expect("a response");
    if !response.status().is_success() {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body");
        assert!(!body.to_bytes().is_empty());
        return (http::Response::from_parts(parts, ()), None);
    }
    let upgraded = hyper::upgrade::on(&mut response).await.expect("a stream");
    (response.map(drop), Some(Io::new(upgraded)))
}

#[test]
fn several_sockets_and_a_page_in_one_connection() {
    run(async {
        let address = serve(application()).await;
        let mut client = client(address).await;
        let options = Options::client();
        let mut sockets = Vec::new();
        for path in ["/echo", "/soup", "/echo"] {
            let request = Request::ws(&address.to_string(), path)
                .map(|request| request.with_subprotocol("soup").expect("a token"))
                .expect("a request");
            let (response, io) = ask(&mut client, &request).await;
            assert_eq!(response.status(), 200);
            assert!(!response.headers().contains_key("sec-websocket-accept"));
            let headers = response.headers();
            let fields = headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_bytes()));
            let judged = request.check_stream_response(ws_handshake::Status::OK, fields);
            let Ok(ClientHandshake::Established(established, _)) = judged else {
                panic!("{judged:?}");
            };
            let chosen = (path == "/soup").then_some("soup");
            assert_eq!(established.subprotocol.as_deref(), chosen);
            let socket = WebSocket::client(io.expect("a stream"), &options).expect("randomness");
            let socket = socket.with_timer(ws_futures::tokio::timer());
            sockets.push(
                socket
                    .with_established(established, &options)
                    .expect("randomness"),
            );
        }
        // All at once.
        futures::future::join_all(sockets.into_iter().map(is_echoed)).await;

        let page = http::Request::get(format!("http://{address}/")).body(Empty::new());
        let response = client
            .send_request(page.expect("a request"))
            .await
            .expect("a response");
        let body = response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        assert_eq!(body, "a page");
    });
}

#[test]
fn streams_that_are_refused() {
    run(async {
        let address = serve(application()).await;
        let mut client = client(address).await;
        let host = address.to_string();
        let request = Request::ws(&host, "/echo").expect("a request");
        let evil = request
            .with_field("Origin", "http://evil")
            .expect("a field");
        let (response, _) = ask(&mut client, &evil).await;
        assert_eq!(response.status(), 403);
        assert!(!response.headers().contains_key("connection"));

        // No socket is asked for at all.
        let get = http::Request::get(format!("http://{host}/echo")).body(Empty::new());
        let response = client
            .send_request(get.expect("a request"))
            .await
            .expect("a response");
        assert!(response.status().is_client_error(), "{}", response.status());
    });
}

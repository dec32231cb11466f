//! Requests that have been read and not answered: what they ask for, and ordinary responses.

use futures::executor::block_on;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pipe::{Pipe, duplex};
use ws_futures::{Error, Fields, Incoming, Options, Status, read_request};
use ws_handshake::Misuse;

/// A request with this first line, and the end that it came from.
async fn incoming(line: &str) -> (Incoming<Pipe>, Pipe) {
    let (near, mut far) = duplex(1 << 16);
    let request = format!("{line} HTTP/1.1\r\nHost: example.com\r\n\r\n");
    far.write_all(request.as_bytes()).await.expect("room");
    let incoming = read_request(near, &Options::server()).await;
    (incoming.expect("a request"), far)
}

/// What is read up to the end.
async fn rest(mut far: Pipe) -> String {
    let mut rest = String::new();
    far.read_to_string(&mut rest).await.expect("it ends");
    rest
}

fn fields(fields: &[(&str, &str)]) -> Fields {
    let mut all = Fields::new();
    for (name, value) in fields {
        all.push(name, value).expect("a field");
    }
    all
}

// RFC 9112 §3.2
#[test]
fn paths_and_queries() {
    block_on(async {
        for (target, path, query) in [
            ("/", "/", None),
            ("/a%20b/?", "/a%20b/", Some("")),
            ("/a?b=c?d", "/a", Some("b=c?d")),
            ("http://example.com/a?b", "/a", Some("b")),
            ("http://example.com?b", "/", Some("b")),
        ] {
            let (incoming, _far) = incoming(&format!("GET {target}")).await;
            assert_eq!((incoming.path(), incoming.query()), (path, query));
            assert_eq!(incoming.head().target(), target);
        }
        // What is neither a path nor a URL is what it is.
        for (line, path, query) in [
            ("OPTIONS *", "*", None),
            ("CONNECT a:443", "a:443", None),
            ("GET foo?b", "foo", Some("b")),
        ] {
            let (incoming, _far) = incoming(line).await;
            assert_eq!((incoming.path(), incoming.query()), (path, query));
        }
    });
}

#[test]
fn a_response_with_a_type() {
    block_on(async {
        let (incoming, far) = incoming("GET /").await;
        let response = incoming.respond(Status::OK, "text/plain", b"a page");
        response.await.expect("a field");
        assert_eq!(
            rest(far).await,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\
             Connection: close\r\n\r\na page"
        );
    });
}

#[test]
fn a_response_with_fields() {
    block_on(async {
        let reset = Status::new(205).expect("a status");
        for (method, status, body, expect) in [
            (
                "GET",
                Status::SEE_OTHER,
                "there",
                "303 See Other\r\nLocation: /b\r\nLocation: /c\r\nContent-Length: 5\r\n\
                 Connection: close\r\n\r\nthere",
            ),
            (
                "POST",
                Status::UNAUTHORIZED,
                "",
                "401 Unauthorized\r\nLocation: /b\r\nLocation: /c\r\nContent-Length: 0\r\n\
                 Connection: close\r\n\r\n",
            ),
            // RFC 9110 §9.3.2: as long as the body would be.
            (
                "HEAD",
                Status::OK,
                "there",
                "200 OK\r\nLocation: /b\r\nLocation: /c\r\nContent-Length: 5\r\n\
                 Connection: close\r\n\r\n",
            ),
            // RFC 9110 §8.6
            (
                "GET",
                Status::NO_CONTENT,
                "there",
                "204 No Content\r\nLocation: /b\r\nLocation: /c\r\nConnection: close\r\n\r\n",
            ),
            // RFC 9110 §15.3.6
            (
                "GET",
                reset,
                "there",
                "205 Reset Content\r\nLocation: /b\r\nLocation: /c\r\nContent-Length: 0\r\n\
                 Connection: close\r\n\r\n",
            ),
            // RFC 9110 §9.3.6
            (
                "CONNECT",
                Status::OK,
                "there",
                "200 OK\r\nLocation: /b\r\nLocation: /c\r\nConnection: close\r\n\r\n",
            ),
            (
                "GET",
                Status::NOT_MODIFIED,
                "",
                "304 Not Modified\r\nLocation: /b\r\nLocation: /c\r\nConnection: close\r\n\r\n",
            ),
        ] {
            let (incoming, far) = incoming(&format!("{method} /")).await;
            let fields = fields(&[("Location", "/b"), ("Location", "/c")]);
            let responded = incoming.respond_with(status, &fields, body.as_bytes());
            responded.await.expect("they can be written");
            assert_eq!(rest(far).await, format!("HTTP/1.1 {expect}"));
        }
    });
}

#[test]
fn responses_that_cannot_be_read_are_not_written() {
    block_on(async {
        let own = [
            "connection",
            "Content-Length",
            "Keep-Alive",
            "Trailer",
            "TRANSFER-ENCODING",
            "Upgrade",
        ];
        let refused = own.map(|name| (Status::OK, name, Misuse::ProtocolField));
        let early = [Status::CONTINUE, Status::SWITCHING_PROTOCOLS]
            .map(|status| (status, "Location", Misuse::Status));
        for (status, name, misuse) in refused.into_iter().chain(early) {
            let (incoming, far) = incoming("GET /").await;
            let fields = fields(&[("Location", "/b"), (name, "5")]);
            let error = incoming.respond_with(status, &fields, b"there").await;
            let told = format!("{name}, {status:?}: {error:?}");
            assert!(
                matches!(error, Err(Error::Handshake(found)) if found == misuse),
                "{told}"
            );
            assert_eq!(rest(far).await, "", "{told}");
        }
        let (incoming, far) = incoming("GET /").await;
        let error = incoming.respond(Status::OK, "a\r\nb: c", b"").await;
        assert!(matches!(error, Err(Error::Handshake(Misuse::Field(_)))));
        assert_eq!(rest(far).await, "");
    });
}

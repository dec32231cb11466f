//! Detection, what a request says, and refusals.

use alloc::vec;

use super::*;

/// `protocol-facts` 6.1, and what goes beyond it: parameters, any case, weights.
#[test]
fn an_event_source_is_detected() {
    for (method, accept, is_named, is_admitted) in [
        ("GET", &[&b"text/event-stream"[..]][..], true, true),
        ("GET", &[b"text/html, text/event-stream , x"], true, true),
        ("GET", &[b"text/html", b"text/event-stream"], true, true),
        ("GET", &[b"Text/Event-Stream;q=0.9"], true, true),
        ("GET", &[b"text/event-stream ; charset=x"], true, true),
        ("GET", &[b"text/event-stream;q=0.001"], true, true),
        ("GET", &[b"text/event-stream;q=0"], false, false),
        ("GET", &[b"text/event-stream;Q=0.000, */*"], false, false),
        (
            "GET",
            &[b"text/event-stream;q=0, text/event-stream"],
            true,
            true,
        ),
        ("GET", &[b"*/*"], false, true),
        ("GET", &[b"text/*"], false, true),
        ("GET", &[b"text/*;q=0, */*"], false, false),
        ("GET", &[b"text/html"], false, false),
        ("GET", &[b"text/event-streams"], false, false),
        ("GET", &[b"x text/event-stream"], false, false),
        ("GET", &[b"\xff"], false, false),
        ("GET", &[b""], false, true),
        ("GET", &[b" , "], false, true),
        ("GET", &[], false, true),
        ("get", &[b"text/event-stream"], false, true),
        ("POST", &[b"text/event-stream"], false, true),
        ("HEAD", &[b"text/event-stream"], false, true),
    ] {
        let fields = accept.iter().map(|value| ("accept", *value));
        let offer = Offer::from_parts(method, "/", fields);
        assert_eq!(offer.is_event_source(), is_named, "{method} {accept:?}");
        assert_eq!(offer.check_accept().is_ok(), is_admitted, "{accept:?}");
    }
}

#[test]
fn ss09_a_last_event_id_is_any_bytes_within_bounds() {
    let long = vec![b'a'; 8 * 1024 + 1];
    for (values, expected) in [
        (&[][..], Ok((&b""[..], ""))),
        (&[&b""[..]], Ok((b"", ""))),
        (&[b" 17\t"], Ok((b"17", "17"))),
        (
            &["\u{2026}".as_bytes()],
            Ok(("\u{2026}".as_bytes(), "\u{2026}")),
        ),
        (&[b"a\xffb"], Ok((b"a\xffb", "a\u{fffd}b"))),
        // From a server that lets these pass.
        (&[b"a\r\n\x01"], Ok((b"a\r\n\x01", "a\r\n\x01"))),
        (&[&long], Err(RequestError::LastEventIdTooLong)),
        (&[b"1", b"1"], Err(RequestError::LastEventIdRepeated)),
        (&[b"1", b"2", b"3"], Err(RequestError::LastEventIdRepeated)),
    ] {
        let fields = values.iter().map(|value| ("LAST-EVENT-ID", *value));
        let offer = Offer::from_parts("GET", "/", fields);
        let id = offer.last_event_id();
        assert_eq!(offer.check().err(), id.err());
        let text = id.map(|id| id.to_text()).unwrap_or_default();
        assert_eq!(
            id.map(|id| (id.as_bytes(), &*text)),
            expected,
            "{}",
            values.len()
        );
    }
    let fits = Offer::from_parts("GET", "/", [("last-event-id", &long[1..])]);
    assert_eq!(fits.last_event_id().unwrap().as_ref().len(), 8 * 1024);
    assert!(!fits.last_event_id().unwrap().is_empty());
    // On the wire the head's own limit says the same.
    let mut request = b"GET / HTTP/1.1\r\nHost: a\r\nLast-Event-ID: ".to_vec();
    request.extend_from_slice(&long);
    let error = RequestDecoder::new(Limits::default()).decode(&mut &*request);
    let error = RequestError::from(error.unwrap_err());
    assert_eq!(error.status(), Status::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[test]
fn ss10_a_request_for_a_stream_is_judged() {
    for (request, expected) in [
        ("GET / HTTP/1.1\r\nHost: a", Ok(())),
        ("HEAD / HTTP/1.1\r\nHost: a", Ok(())),
        ("GET / HTTP/1.1\r\nHost: a\r\nAccept: */*", Ok(())),
        ("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html", Ok(())),
        ("GET / HTTP/1.0", Ok(())),
        ("POST / HTTP/1.1\r\nHost: a", Err(RequestError::Method)),
        ("OPTIONS * HTTP/1.1\r\nHost: a", Err(RequestError::Method)),
        ("GET / HTTP/1.1", Err(RequestError::Host)),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a",
            Err(RequestError::Host),
        ),
        ("GET / HTTP/1.1\r\nHost: a/b", Err(RequestError::Host)),
        ("GET / HTTP/1.0\r\nHost: \r\n", Err(RequestError::Host)),
    ] {
        let head = head(&[request.trim_end(), "\r\n\r\n"].concat());
        assert_eq!(Offer::new(&head).check(), expected, "{request}");
    }
}

/// `protocol-facts` 6.1
#[test]
fn a_request_has_a_url() {
    for (target, host, expected) in [
        ("/", Some("a"), Some("http://a/")),
        ("/feed?x=1", Some("a:81"), Some("http://a:81/feed?x=1")),
        ("HTTPS://b/c", Some("a"), Some("HTTPS://b/c")),
        ("http://b", None, Some("http://b")),
        ("*", Some("a"), None),
        ("b:80", Some("a"), None),
        ("/", None, None),
        ("/", Some("a/b"), None),
        ("/", Some("u@a"), None),
        ("/", Some("a b"), None),
        ("/", Some("\u{e9}"), None),
    ] {
        let fields = host.iter().map(|host| ("Host", host.as_bytes()));
        let offer = Offer::from_parts("GET", target, fields);
        assert_eq!(offer.url(false).as_deref(), expected, "{target} {host:?}");
        assert_eq!((offer.method(), offer.target()), ("GET", target));
    }
    let secure = get("1.1");
    let url = Offer::new(&secure).url(true);
    assert_eq!(url.as_deref(), Some("https://a/feed"));
}

// RFC 9110 §15.5.6
#[test]
fn ss10_refusals_say_what_is_wrong() {
    use ws_http::HeadError;
    for (error, expected) in [
        (RequestError::Method, "405 Method Not Allowed"),
        (RequestError::NotAcceptable, "406 Not Acceptable"),
        (RequestError::Host, "400 Bad Request"),
        (RequestError::LastEventIdRepeated, "400 Bad Request"),
        (
            RequestError::LastEventIdTooLong,
            "431 Request Header Fields Too Large",
        ),
        (
            HeadError::TooLong.into(),
            "431 Request Header Fields Too Large",
        ),
        (
            HeadError::TooManyFields.into(),
            "431 Request Header Fields Too Large",
        ),
        (HeadError::StartLineTooLong.into(), "414 URI Too Long"),
        (HeadError::Version.into(), "505 HTTP Version Not Supported"),
        (HeadError::BareLineFeed.into(), "400 Bad Request"),
    ] {
        let mut out = Vec::new();
        error.response().encode(&mut out);
        let out = text(out);
        assert!(
            out.starts_with(&["HTTP/1.1 ", expected, "\r\n"].concat()),
            "{out}"
        );
        assert!(out.contains("\r\nConnection: close\r\n"));
        let allows = out.contains("\r\nAllow: GET, HEAD\r\n");
        assert_eq!(allows, error == RequestError::Method);
        assert!(out.ends_with(&alloc::format!("\r\n\r\n{error}")));
    }
}

// RFC 9110 §8.6, §9.3.2, §15.3.5
#[test]
fn ss13_a_client_is_stopped_with_a_204() {
    let request = get("1.1");
    let mut out = Vec::new();
    Offer::new(&request).stop(&mut out);
    assert_eq!(
        text(out),
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    );
}

#[test]
fn a_refusal_of_the_applications_is_written() {
    let reject = || {
        let reject = Reject::new(Status::SERVICE_UNAVAILABLE)?.with_field("Retry-After", "30")?;
        Ok::<_, Misuse>(reject)
    };
    let response = reject().unwrap().into_response();
    assert_eq!(response.status(), Status::SERVICE_UNAVAILABLE);
    assert_eq!(response.body(), b"Service Unavailable");
    assert!(!response.is_truncated() && response.fields().contains("retry-after"));
    let fields = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Length: 19\r\nRetry-After: 30\r\n\r\n";
    for (method, body) in [("GET", "Service Unavailable"), ("HEAD", "")] {
        let mut out = Vec::new();
        Offer::from_parts(method, "/", []).reject(&response, &mut out);
        assert_eq!(text(out), [fields, body].concat());
    }
    let response = reject().unwrap().with_body("text/html", "<p>").unwrap();
    let response = response.into_response();
    assert_eq!(
        response.fields().first("Content-Type"),
        Some(&b"text/html"[..])
    );
    assert_eq!(response.fields().all("Content-Type").count(), 1);
    let mut out = Vec::new();
    let unchanged = Reject::new(Status::NOT_MODIFIED).unwrap().into_response();
    unchanged.encode(&mut out);
    assert_eq!(
        text(out),
        "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    );

    for status in [Status::OK, Status::NO_CONTENT, Status::SWITCHING_PROTOCOLS] {
        assert_eq!(Reject::new(status).err(), Some(Misuse::Status));
    }
    for name in [
        "connection",
        "Content-Length",
        "Transfer-Encoding",
        "Upgrade",
        "Trailer",
    ] {
        let misuse = reject().unwrap().with_field(name, "x").err();
        assert_eq!(misuse, Some(Misuse::ProtocolField), "{name}");
    }
}

//! What is followed, how often, and what goes along.

use alloc::format;

use super::*;

const TOKEN: &str = "Bearer s3cret";

fn origin(url: &str) -> Origin {
    let (scheme, authority) = url.split_once("://").unwrap();
    match scheme {
        "https" => Origin::https(authority),
        _ => Origin::http(authority),
    }
    .unwrap()
}

fn with_credentials(url: &str) -> Request {
    Request::new(origin(url), "/feed")
        .and_then(|request| request.with_field("Authorization", TOKEN))
        .and_then(|request| request.with_field("cookie", "a=b"))
        .and_then(|request| request.with_field("Proxy-Authorization", "x"))
        .and_then(|request| request.with_field("X-Api-Key", "x"))
        .and_then(|request| request.with_field("User-Agent", "kettle/1"))
        .unwrap()
}

#[track_caller]
fn redirected(connecting: Connecting, code: u16) -> Redirected {
    let answer = format!("HTTP/1.1 {code} x\r\nLocation: /next\r\nContent-Length: 9\r\n\r\n");
    match sent(connecting).1.receive(&mut answer.as_bytes()) {
        EventSource::Redirected(redirected) => redirected,
        other => panic!("{code}: {other:?}"),
    }
}

#[track_caller]
fn follow(connecting: Connecting, code: u16, url: &str) -> Connecting {
    match redirected(connecting, code).follow(origin(url), "/next") {
        EventSource::Connecting(connecting) => connecting,
        other => panic!("{other:?}"),
    }
}

/// WPT `request-redirect`, and 308.
#[test]
fn sc15_redirects_are_reported() {
    for code in [301, 302, 303, 307, 308] {
        let answer = format!("HTTP/1.1 {code} x\r\nLocation: ../b?c\r\n\r\nx");
        let (course, source) = receive(&answer);
        assert_eq!(course.end, format!("{code} ../b?c"));
        let EventSource::Redirected(redirected) = source else {
            panic!("{code}");
        };
        assert_eq!(redirected.is_permanent(), matches!(code, 301 | 308));
        assert_eq!(redirected.request(), &request());
        assert_eq!(redirected.response().status().code(), code);
        for fields in [
            &b""[..],
            b"Location:\r\n",
            b"Location: /a\r\nLocation: /a\r\n",
            b"Location: /\xff\r\n",
        ] {
            let start = format!("HTTP/1.1 {code} x\r\nContent-Length: 1\r\n");
            let answer = [start.as_bytes(), fields, b"\r\n!"].concat();
            let (course, source) = receive(&answer);
            assert_eq!(course.end, "Location with !");
            assert!(matches!(source, EventSource::Closed(_)));
        }
    }
}

#[test]
fn sc15_redirects_are_counted() {
    for max_redirects in [0, 1, 20] {
        let options = SourceOptions {
            max_redirects,
            ..SourceOptions::default()
        };
        let mut connecting = EventSource::start(request(), options);
        for _ in 0..max_redirects {
            connecting = follow(connecting, 302, "http://a.example");
        }
        // A loss begins a new count.
        connecting = connecting.abandon().reconnect();
        for _ in 0..max_redirects {
            connecting = follow(connecting, 301, "http://a.example");
        }
        let answer = b"HTTP/1.1 307 x\r\nLocation: /\r\n\r\n";
        let EventSource::Closed(closed) = sent(connecting).1.receive(&mut &answer[..]) else {
            panic!("{max_redirects}");
        };
        assert_eq!(closed.closure(), Closure::TooManyRedirects);
        assert_eq!(closed.response().unwrap().status().code(), 307);
    }
    assert_eq!(SourceOptions::default().max_redirects, 20);
}

#[test]
fn sc15_a_downgrade_is_refused() {
    for allows_downgrade in [false, true] {
        let options = SourceOptions {
            allows_downgrade,
            ..SourceOptions::default()
        };
        let request = Request::new(origin("https://a.example"), "/").unwrap();
        let connecting = EventSource::start(request, options);
        match redirected(connecting, 302).follow(origin("http://a.example"), "/") {
            EventSource::Connecting(connecting) => {
                assert!(allows_downgrade && !connecting.origin().is_secure());
            }
            EventSource::Closed(closed) => {
                assert!(!allows_downgrade);
                assert_eq!(closed.closure(), Closure::Downgrade);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn sc15_a_target_that_cannot_be_asked_for_ends_the_source() {
    for target in ["", "x", "/a b", "/\u{e9}", "/#a", "http://b/", "/\r\nX: y"] {
        let source = redirected(start(), 302).follow(origin("http://a.example"), target);
        let EventSource::Closed(closed) = source else {
            panic!("{target}");
        };
        assert_eq!(closed.closure(), Closure::Location);
    }
}

#[test]
fn sc15_credentials_are_for_one_origin() {
    for (hops, keeps) in [
        (&["https://a.example"][..], true),
        (&["https://A.example:443"], true),
        (&["https://a.example", "https://a.example"], true),
        // Another host, another port.
        (&["https://b.example"], false),
        (&["https://a.example.b.example"], false),
        (&["https://www.a.example"], false),
        (&["https://a.example."], false),
        (&["https://a.example:444"], false),
        // For good.
        (&["https://b.example", "https://a.example"], false),
    ] {
        for code in [301, 302, 303, 307, 308] {
            let request = with_credentials("https://a.example");
            let mut connecting = EventSource::start(request, SourceOptions::default());
            for hop in hops {
                connecting = follow(connecting, code, hop);
            }
            let (text, awaiting) = sent(connecting);
            for name in [
                "\r\nAuthorization: ",
                "\r\ncookie: ",
                "\r\nProxy-Authorization: ",
                "\r\nX-Api-Key: ",
            ] {
                assert_eq!(text.contains(name), keeps, "{hops:?}: {text}");
            }
            assert!(text.contains("\r\nUser-Agent: kettle/1\r\n"));
            assert!(text.starts_with("GET /next HTTP/1.1\r\n"));

            // Later attempts go to the caller's own origin, or to where that has moved for good.
            let EventSource::Waiting(waiting) = awaiting.receive_eof() else {
                panic!();
            };
            let (text, _) = sent(waiting.reconnect());
            let is_permanent = matches!(code, 301 | 308);
            let target = if is_permanent { "/next" } else { "/feed" };
            let line = format!("GET {target} HTTP/1.1\r\n");
            assert!(text.starts_with(&line), "{text}");
            assert_eq!(text.contains(TOKEN), keeps || !is_permanent);
        }
    }
    // Another scheme is a change, too, even the better one.
    let request = with_credentials("http://a.example:80");
    let connecting = EventSource::start(request, SourceOptions::default());
    let (text, _) = sent(follow(connecting, 301, "https://a.example:80"));
    assert!(!text.contains(TOKEN));
}

#[test]
fn sc15_what_is_behind_a_temporary_redirect_is_temporary() {
    for (codes, host) in [
        ([301, 301], "c.example"),
        ([308, 302], "b.example"),
        ([302, 301], "a.example"),
        ([307, 307], "a.example"),
    ] {
        let mut connecting = start();
        for (code, url) in codes
            .into_iter()
            .zip(["http://b.example", "http://c.example"])
        {
            connecting = follow(connecting, code, url);
        }
        assert_eq!(connecting.origin().host(), "c.example");
        let home = connecting.abandon().reconnect();
        assert_eq!(home.origin().host(), host, "{codes:?}");
        let target = if host == "a.example" {
            "/feed"
        } else {
            "/next"
        };
        assert_eq!(home.request().target(), target);
    }
}

/// It is sent to the origin that was asked for, and to the one that has set it.
#[test]
fn sc15_the_last_event_id_is_for_those_who_know_it() {
    let resume = |shares_last_event_id| {
        let options = SourceOptions {
            shares_last_event_id,
            ..SourceOptions::default()
        };
        EventSource::resume(request(), options, "7").unwrap()
    };
    for (shares, url, unsent) in [
        (false, "http://a.example", None),
        (false, "http://b.example", Some(UnsentId::OtherOrigin)),
        (true, "http://b.example", None),
    ] {
        let (text, awaiting) = sent(follow(resume(shares), 302, url));
        assert_eq!(awaiting.unsent_id(), unsent, "{url}");
        assert_eq!(text.contains("Last-Event-ID: 7"), unsent.is_none());
    }

    // The stream of b sets an id of its own; a has sent us there, and will do so again.
    let connecting = follow(resume(false), 302, "http://b.example");
    let waiting = attempt(connecting, &open("\r\nid: 8\ndata:1\n\n"));
    let home = waiting.reconnect();
    assert_eq!(home.origin().host(), "a.example");
    let connecting = follow(home, 302, "http://b.example");
    let (text, awaiting) = sent(connecting);
    assert!(text.contains("Host: b.example\r\n") && text.contains("Last-Event-ID: 8\r\n"));
    // A stream that sets none leaves it where it was, and c does not learn it.
    let answer = open("\r\ndata:1\n\n");
    let EventSource::Open(open) = awaiting.receive(&mut &*answer) else {
        panic!();
    };
    let EventSource::Waiting(waiting) = open.receive_eof() else {
        panic!();
    };
    let connecting = follow(waiting.reconnect(), 302, "http://c.example");
    let (text, awaiting) = sent(connecting);
    assert!(!text.contains("Last-Event-ID"));
    assert_eq!(awaiting.unsent_id(), Some(UnsentId::OtherOrigin));
}

#[test]
fn a_body_goes_to_another_origin_if_it_may() {
    for (method, code, shares, closure) in [
        ("POST", 307, false, Some(Closure::BodyElsewhere)),
        ("POST", 308, false, Some(Closure::BodyElsewhere)),
        ("PUT", 302, false, Some(Closure::BodyElsewhere)),
        ("POST", 302, false, None),
        ("PUT", 303, false, None),
        ("POST", 307, true, None),
    ] {
        let request = request()
            .with_body("text/plain", "s3cret")
            .and_then(|request| request.with_method(method))
            .unwrap();
        let options = SourceOptions {
            shares_body: shares,
            ..SourceOptions::default()
        };
        let (_, awaiting) = sent(EventSource::start(request, options));
        let head = format!("HTTP/1.1 {code} X\r\nLocation: //b.example/next\r\n\r\n");
        let EventSource::Redirected(redirected) = awaiting.receive(&mut head.as_bytes()) else {
            panic!();
        };
        let origin = Origin::http("b.example").unwrap();
        match redirected.follow(origin, "/next") {
            EventSource::Closed(closed) => assert_eq!(Some(closed.closure()), closure),
            EventSource::Connecting(connecting) => {
                assert_eq!(closure, None);
                assert_eq!(sent(connecting).0.ends_with("s3cret"), shares);
            }
            other => panic!("{other:?}"),
        }
    }
}

// Fetch §4.4
#[test]
fn sc15_a_body_goes_along_or_not() {
    for (method, code, expected, has_body) in [
        ("POST", 301, "GET", false),
        ("POST", 302, "GET", false),
        ("POST", 303, "GET", false),
        ("POST", 307, "POST", true),
        ("POST", 308, "POST", true),
        ("PUT", 302, "PUT", true),
        ("PUT", 303, "GET", false),
        ("GET", 302, "GET", true),
    ] {
        let request = request()
            .with_body("application/json", "{}")
            .and_then(|request| request.with_field("Content-Language", "en"))
            .and_then(|request| request.with_method(method))
            .unwrap();
        let connecting = EventSource::start(request, SourceOptions::default());
        let (text, _) = sent(follow(connecting, code, "http://a.example"));
        let line = format!("{expected} /next HTTP/1.1\r\nHost: a.example\r\n");
        assert!(text.starts_with(&line), "{text}");
        assert_eq!(text.ends_with("\r\n\r\n{}"), has_body, "{text}");
        for field in ["Content-Type", "Content-Length", "Content-Language"] {
            assert_eq!(text.contains(field), has_body, "{method} {code}");
        }
    }
}

// The attempt after a redirect begins with what was asked first, unless the redirect is permanent.
#[test]
fn a_body_that_a_redirect_took_away_is_not_sent_again() {
    for (code, ended) in [
        (301, None), // from now on it is a GET
        (302, Some(Closure::Ended)),
        (303, Some(Closure::Ended)),
        (307, Some(Closure::Ended)),
        (308, Some(Closure::Ended)),
    ] {
        let post = request().with_body("text/plain", "do it").unwrap();
        let connecting = EventSource::start(post, SourceOptions::default());
        let connecting = follow(connecting, code, "http://a.example");
        let (_, source) = course(connecting, core::iter::once(&open("\r\ndata:1\n\n")[..]));
        match source {
            EventSource::Closed(closed) => assert_eq!(Some(closed.closure()), ended, "{code}"),
            EventSource::Waiting(waiting) => {
                assert_eq!(ended, None, "{code}");
                let (text, _) = sent(waiting.reconnect());
                assert!(text.starts_with("GET /next HTTP/1.1\r\n"), "{text}");
                assert!(!text.contains("do it"), "{text}");
            }
            other => panic!("{code}: {other:?}"),
        }
    }
}

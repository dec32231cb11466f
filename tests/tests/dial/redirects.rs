//! HC07 to HC09: redirects, off and on.

use hybi_tests::World;
use ws_futures::{DialCause, Error, Options, Route, Step};
use ws_handshake::RedirectError;

use crate::net::{Answer, Net};
use crate::{Connected, NOW, check_step, head, hello, options, say, usual};

/// Follows redirects on a network on which one server after the other answers with one of
/// `answers`, the last but with a WebSocket; gives back the requests as well.
fn followed(
    net: &Net,
    url: &'static str,
    options: Options,
    answers: &'static [&'static str],
) -> (Result<Connected, Error>, Vec<String>) {
    let mut world = World::new();
    let server = net.clone();
    let (sender, receiver) = std::sync::mpsc::channel();
    world.spawn(async move {
        for answer in answers {
            let mut io = server.accept().await.1;
            let _ = sender.send(head(&mut io).await);
            let fields = "Connection: close\r\nContent-Length: 0\r\n\r\n";
            say(&mut io, format!("{answer}\r\n{fields}")).await;
        }
        hello(server.accept().await.1).await;
    });
    let client = net.clone();
    let result = world.run(async move {
        let request = crate::request(url)
            .with_field("Cookie", "s3cret=1")
            .and_then(|request| request.with_field("User-Agent", "kettle"))
            .expect("fields");
        ws_futures::connect_on(&client, &request, &options).await
    });
    (result, receiver.try_iter().collect())
}

fn following(redirects: u32) -> Options {
    let mut options = options();
    options.dial.redirects = redirects;
    options
}

fn network() -> Net {
    let net = usual();
    net.name("other.example", &["192.0.2.2"])
        .port("192.0.2.2:80", NOW, Answer::Accepts)
        .port("192.0.2.2:81", NOW, Answer::Accepts);
    net
}

#[test]
fn hc07_redirects_are_told_and_not_followed() {
    for status in ["301", "302", "303", "307", "308"] {
        let answer = format!("HTTP/1.1 {status} X\r\nLocation: ws://other.example/");
        let net = network();
        let (result, _) = followed(&net, "ws://server.example/", options(), leak(&answer));
        let Err(Error::Rejected(response)) = result else {
            panic!("{:?}", result.map(drop));
        };
        assert!(response.is_redirect());
        assert_eq!(
            response.fields().first("Location"),
            Some(&b"ws://other.example/"[..])
        );
        assert_eq!(net.asked().len(), 2);
    }
}

fn leak(answer: &str) -> &'static [&'static str] {
    vec![&*answer.to_owned().leak()].leak()
}

#[test]
fn hc08_hc09_redirects_are_followed_without_secrets() {
    let net = network();
    let (result, requests) = followed(
        &net,
        "ws://user:s3cret@server.example/a/b",
        following(3),
        &[
            "HTTP/1.1 307 X\r\nLocation: c?d",
            "HTTP/1.1 302 X\r\nLocation: http://other.example:81/e",
            "HTTP/1.1 308 X\r\nLocation: //server.example/f",
        ],
    );
    assert!(result.is_ok(), "{:?}", result.map(drop));
    let lines: Vec<&str> = requests
        .iter()
        .filter_map(|text| text.lines().next())
        .collect();
    assert_eq!(
        lines,
        [
            "GET /a/b HTTP/1.1",
            "GET /a/c?d HTTP/1.1",
            "GET /e HTTP/1.1"
        ]
    );
    let secrets: Vec<usize> = requests
        .iter()
        .map(|text| text.matches("s3cret").count())
        .collect();
    assert_eq!(secrets, [1, 1, 0], "the cookie; the password is in base64");
    for (request, has) in requests.iter().zip([true, true, false]) {
        assert_eq!(request.contains("Authorization"), has, "{request}");
        assert!(request.contains("User-Agent: kettle"));
    }
    assert!(requests[2].contains("\r\nHost: other.example:81\r\n"));
    // Back at the first server: the keys are no more.
    let connects: Vec<String> = net
        .asked()
        .into_iter()
        .filter(|what| what.starts_with("connect"))
        .collect();
    assert_eq!(
        connects,
        [
            "connect 192.0.2.1:80",
            "connect 192.0.2.1:80",
            "connect 192.0.2.2:81",
            "connect 192.0.2.1:80"
        ]
    );
}

#[test]
fn hc08_redirects_are_counted() {
    let again = "HTTP/1.1 302 X\r\nLocation: /";
    let net = network();
    let (result, requests) = followed(
        &net,
        "ws://server.example/",
        following(2),
        [again; 3].to_vec().leak(),
    );
    assert!(matches!(result, Err(Error::Rejected(response)) if response.is_redirect()));
    assert_eq!(requests.len(), 3);
}

#[test]
fn hc08_redirects_that_lead_nowhere() {
    for (location, error) in [
        ("", RedirectError::LocationMissing),
        (
            "\r\nLocation: /a\r\nLocation: /b",
            RedirectError::LocationRepeated,
        ),
        (
            "\r\nLocation: file:///etc/passwd",
            RedirectError::Location(ws_handshake::UrlError::Scheme),
        ),
    ] {
        let answer = format!("HTTP/1.1 302 X{location}");
        let net = network();
        let (result, _) = followed(&net, "ws://server.example/", following(9), leak(&answer));
        let dial = crate::dial_error(result);
        assert_eq!(dial.step(), Step::Handshake);
        assert!(
            matches!(dial.cause(), DialCause::Redirect(found) if *found == error),
            "{dial:?}"
        );
    }
}

// The way is chosen anew for each server.
#[test]
fn p22_each_server_has_its_own_proxy() {
    let net = network();
    let mut options = following(1);
    let rules = [
        ("http_proxy", "http://k:pr0xy@proxy.example:3128"),
        ("no_proxy", "server.example"),
    ];
    options.dial.route = Route::Rules(ws_futures::Environment::from_vars(rules));
    let answers = [
        "HTTP/1.1 302 X\r\nLocation: ws://other.example/",
        "HTTP/1.1 403 X",
    ];
    let (result, requests) = followed(
        &net,
        "ws://server.example/",
        options,
        answers.to_vec().leak(),
    );
    check_step(result, Step::Proxy, |cause| {
        matches!(cause, DialCause::Refused(_))
    });
    assert!(!requests[0].contains("Proxy-"), "{}", requests[0]);
    assert!(requests[1].starts_with("CONNECT other.example:80 "));
    assert!(!requests[1].contains("s3cret"));
}

//! SC15: redirects, and what is told where they lead.

use hybi_tests::World;
use ws_futures::sse::EventSource;

use crate::{OPEN, all_told, client_options, field, network, request, script};

/// Asks with credentials and an id; what happens, and what was asked.
fn followed(url: &str, answers: &[&str]) -> (Vec<String>, Vec<String>) {
    let net = network();
    let mut world = World::new();
    let answers = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let server = world.spawn(script(net.clone(), answers));
    let request = request(url)
        .with_field("Cookie", "s3cret=1")
        .and_then(|request| request.with_field("User-Agent", "kettle"))
        .and_then(|request| request.with_last_event_id("7"))
        .expect("fields");
    let mut options = client_options();
    options.dial.tls = Some(std::sync::Arc::new(Plain));
    let mut source = EventSource::new(net, request, &options);
    let seen = world.run(async move { all_told(&mut source, 1).await });
    world.drop_tasks();
    (seen, server.take().unwrap_or_default())
}

/// What passes for TLS where nobody listens in.
#[derive(Debug)]
struct Plain;

impl ws_futures::tls::TlsConnector for Plain {
    fn connect<'a>(
        &'a self,
        _: &'a str,
        io: Box<dyn ws_futures::Io>,
    ) -> ws_futures::IoFuture<'a, Box<dyn ws_futures::Io>> {
        Box::pin(core::future::ready(Ok(io)))
    }
}

// WPT request-redirect
#[test]
fn sc15_redirects_are_followed_without_secrets() {
    for status in ["301", "302", "303", "307", "308"] {
        let (seen, requests) = followed(
            "http://user:s3cret@server.example/a/b",
            &[
                &format!("HTTP/1.1 {status} X\r\nLocation: c?d#e\r\n\r\n"),
                &format!("HTTP/1.1 {status} X\r\nLocation: //u:p@other.example/f\r\n\r\n"),
                &format!("HTTP/1.1 {status} X\r\nLocation: http://server.example/g\r\n\r\n"),
                OPEN,
            ],
        );
        assert_eq!(seen, ["opened"], "{status}");
        let lines: Vec<_> = requests
            .iter()
            .filter_map(|text| text.lines().next())
            .collect();
        assert_eq!(
            lines,
            [
                "GET /a/b HTTP/1.1",
                "GET /a/c?d HTTP/1.1",
                "GET /f HTTP/1.1",
                "GET /g HTTP/1.1"
            ]
        );
        for (request, is_home) in requests.iter().zip([true, true, false, false]) {
            assert_eq!(
                field(request, "Authorization").is_some(),
                is_home,
                "{request}"
            );
            assert_eq!(field(request, "Cookie").is_some(), is_home, "{request}");
            assert_eq!(field(request, "User-Agent"), Some("kettle"));
        }
        // The id is from the first origin, and is told there alone.
        let ids: Vec<_> = requests
            .iter()
            .map(|text| field(text, "Last-Event-ID"))
            .collect();
        assert_eq!(ids, [Some("7"), Some("7"), None, Some("7")]);
    }
}

#[test]
fn sc15_redirects_that_end_the_source() {
    let again = "HTTP/1.1 302 X\r\nLocation: /\r\n\r\n";
    let (seen, requests) = followed("http://server.example/", &[again; 22]);
    assert_eq!(seen, ["failed: too many redirects"]);
    assert!(requests.is_empty(), "the last one was not asked for");
    for location in [
        "",
        "\r\nLocation: ftp://server.example/",
        "\r\nLocation: ws://server.example/",
        "\r\nLocation: javascript:alert(1)",
        "\r\nLocation: http://",
        "\r\nLocation: http://server.example:0/",
        "\r\nLocation: /a\r\nLocation: /b",
    ] {
        let answer = format!("HTTP/1.1 302 X{location}\r\n\r\n");
        let (seen, _) = followed("http://server.example/", &[&answer]);
        assert_eq!(
            seen,
            ["failed: redirect without a usable Location"],
            "{location}"
        );
    }
    let down = "HTTP/1.1 302 X\r\nLocation: http://other.example/\r\n\r\n";
    let (seen, _) = followed("https://server.example/", &[down]);
    assert_eq!(seen, ["failed: redirect from https to http"]);
    let up = "HTTP/1.1 302 X\r\nLocation: https://other.example/\r\n\r\n";
    let (seen, requests) = followed("http://server.example/", &[up, OPEN]);
    assert_eq!(seen, ["opened"]);
    assert_eq!(requests.len(), 2);
}

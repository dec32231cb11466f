//! The examples of the crate `hybi` do what their first lines say. Needs nothing but cargo; those
//! that other peers talk to are in the tests of `interop`.

#[path = "../interop/directory.rs"]
mod directory;
#[path = "../interop/process.rs"]
mod process;

use std::future::Future;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use futures::StreamExt;
use hybi::smol::ClientSocket;
use hybi::tls::rustls::{Connector, Settings};
use hybi::{Error, Event, Options};
use hybi_tests::certificates::Authority;

use crate::directory::DIRECTORY;
use crate::process::Process;

fn example(name: &str) -> Command {
    Command::new(DIRECTORY.join(name))
}

/// Starts an example that serves; its address is `127.0.0.1:PORT`.
fn server(name: &str, arguments: &[&str]) -> (Process, String) {
    let process = Process::start(example(name).args(arguments));
    let line = process.line().expect("the example has ended");
    let (_, address) = line.split_once("://").expect("it says where it listens");
    let address = address.trim_end_matches('/').to_owned();
    (process, address)
}

/// Runs an example that ends by itself, in good order; what it has printed.
fn output(name: &str, arguments: &[&str]) -> Vec<String> {
    let (status, lines) = Process::start(example(name).args(arguments)).finish();
    assert!(status.success(), "{name}: {status}: {lines:?}");
    lines
}

/// Runs a client, which is not waited for without end.
#[track_caller]
fn run<T>(client: impl Future<Output = Result<T, Error>>) -> T {
    let limit = async {
        smol::Timer::after(Duration::from_secs(20)).await;
        panic!("it takes too long");
    };
    smol::block_on(smol::future::or(client, limit)).expect("it succeeds")
}

async fn connect(address: &str, path: &str) -> Result<ClientSocket, Error> {
    let options = Options::client().without_proxy();
    let url = format!("ws://{address}{path}");
    Ok(hybi::smol::connect(&url, &options).await?.0)
}

/// The text of the next message; `None` once the connection has ended.
async fn hear(socket: &mut ClientSocket) -> Result<Option<String>, Error> {
    let message = socket.next().await.transpose()?;
    Ok(message.map(|message| message.as_text().expect("a text").to_owned()))
}

/// What is sent comes back, and both ends agree on the end.
async fn is_an_echo(socket: &mut ClientSocket) -> Result<(), Error> {
    for text in ["", "hello", &"x".repeat(10_000)] {
        socket.send(text).await?;
        assert_eq!(hear(socket).await?.as_deref(), Some(text));
    }
    assert!(socket.close(None).await?.is_clean());
    Ok(())
}

/// The status line and the body of an ordinary request for this path.
fn get(address: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("it answers");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    let status = head.lines().next().unwrap_or_default().to_owned();
    (status, body.to_owned())
}

#[test]
fn subprotocols() {
    let expect = [
        r#"["soup.v1"]: soup.v1"#,
        r#"  the server says Some("soup")"#,
        r#"["soup.v1", "soup.v2"]: soup.v2"#,
        r#"  the server says Some("soup, with croutons")"#,
        r#"["tea"]: none"#,
        r#"  the server says Some("whatever you like")"#,
        "[]: none",
        r#"  the server says Some("whatever you like")"#,
    ];
    let lines = output("subprotocols", &[]);
    assert_eq!(lines[..8], expect);
    assert!(lines[8].starts_with(r#"["tea"], required: "#), "{lines:?}");
}

#[test]
fn paths() {
    let (_server, address) = server("paths", &["--port", "0"]);
    for (path, status) in [
        ("/", 200),
        ("/nowhere", 404),
        ("/echo", 426),
        ("/count", 426),
    ] {
        let (line, _) = get(&address, path);
        assert!(line.starts_with(&format!("HTTP/1.1 {status} ")), "{line}");
    }
    run(async {
        is_an_echo(&mut connect(&address, "/echo?query").await?).await?;
        let mut counts = connect(&address, "/count").await?;
        for number in ["1", "2", "3"] {
            assert_eq!(hear(&mut counts).await?.as_deref(), Some(number));
        }
        assert_eq!(hear(&mut counts).await?, None);
        assert_eq!(
            counts.close_frame().map(|frame| frame.reason),
            Some("counted")
        );
        let nowhere = connect(&address, "/nowhere").await;
        let status = match &nowhere {
            Err(Error::Rejected(response)) => response.status().code(),
            _ => 0,
        };
        assert_eq!(status, 404, "{nowhere:?}");
        Ok(())
    });
}

#[test]
fn broadcast() {
    for (arguments, own) in [
        (&["--port", "0"][..], true),
        (&["--port", "0", "--others"], false),
    ] {
        let (_server, address) = server("broadcast", arguments);
        run(async {
            let mut all = Vec::new();
            for _ in 0..3 {
                all.push(connect(&address, "/").await?);
            }
            // Who has been answered is in.
            for socket in &mut all {
                socket.ping(b"").await?;
                let answer = socket.receive().await?;
                assert!(matches!(answer, Some(Event::Pong { .. })), "{answer:?}");
            }
            all[0].send("from the first").await?;
            all[1].send("from the second").await?;
            for (who, socket) in all.iter_mut().enumerate() {
                let mut heard = Vec::new();
                while heard.len() < if own || who == 2 { 2 } else { 1 } {
                    heard.extend(hear(socket).await?);
                }
                heard.sort();
                let mut expect = vec!["from the first", "from the second"];
                if !own && who < 2 {
                    expect.remove(who);
                }
                assert_eq!(heard, expect, "{who}, {own}");
            }
            Ok(())
        });
    }
}

#[test]
fn heartbeat() {
    let lines = output("heartbeat", &[]);
    let expect = [
        "/frozen has ended, 1006: ",
        r#"the lively one hears Some("you are still here")"#,
        "/lively has ended, 1005: ",
    ];
    assert_eq!(lines.len(), expect.len(), "{lines:?}");
    for expect in expect {
        assert!(
            lines.iter().any(|line| line.starts_with(expect)),
            "{lines:?}"
        );
    }
    assert!(
        lines[0].contains("peer sent nothing after a ping"),
        "{lines:?}"
    );
}

#[test]
fn binary() {
    let lines = output("binary", &[]);
    let expect = [
        "Binary, 20 bytes, sum 5",
        "Binary, 8388608 bytes, sum 2097152",
    ];
    assert_eq!(lines, expect);
}

// As `curl -N` asks, which does not say that it wants events.
#[test]
fn the_feed_of_echo_is_for_everybody() {
    let (_server, address) = server("echo", &["--port", "0"]);
    let mut stream = TcpStream::connect(&address).expect("it listens");
    let request = format!("GET /events HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let limit = stream.set_read_timeout(Some(Duration::from_secs(10)));
    limit.expect("a socket");
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let events: Vec<_> = lines
        .filter(|line| line.starts_with("event"))
        .take(1)
        .collect();
    assert_eq!(events, ["event: sockets"]);
}

#[test]
fn round_trip() {
    let (_server, address) = server("echo", &["--port", "0"]);
    let url = format!("ws://{address}/");
    let lines = output("round_trip", &[&url, "--count", "3", "--interval", "1"]);
    assert_eq!(lines.len(), 3, "{lines:?}");
    for (number, line) in (1..).zip(&lines) {
        assert!(line.starts_with(&format!("{number}: ")), "{lines:?}");
    }
}

#[test]
fn pipe() {
    let (_echo, behind) = server("echo", &["--port", "0"]);
    let (_pipe, address) = server("pipe", &["--port", "0", &format!("ws://{behind}/")]);
    run(async { is_an_echo(&mut connect(&address, "/").await?).await });
}

#[test]
fn authenticate() {
    let refused = r#"401, Basic realm=\"kitchen\""#;
    let expect = [
        format!(r#""": {refused}"#),
        format!(r#""tea:cup@": {refused}"#),
        r#""tea:pot@": welcome"#.to_owned(),
    ];
    assert_eq!(output("authenticate", &[]), expect);
}

#[test]
fn axum_app() {
    let (server, address) = server("axum_app", &["--port", "0"]);
    let (status, body) = get(&address, "/");
    assert_eq!(status, "HTTP/1.1 200 OK");
    let page = "There is a WebSocket at /echo, and there are events at /events.\n";
    assert_eq!(body, page);
    let (status, _) = get(&address, "/echo");
    assert!(status.starts_with("HTTP/1.1 426 "), "{status}");
    run(async { is_an_echo(&mut connect(&address, "/echo").await?).await });
    let options = Options::client().without_proxy();
    let url = format!("http://{address}/events");
    let source = || hybi::smol::event_source(&url, &options).expect("a URL");
    run(async {
        let ticks: Vec<_> = source().take(2).collect().await;
        let ids = ticks.iter().map(|tick| {
            let tick = tick.as_ref().expect("no error");
            assert_eq!(tick.data(), "tick");
            tick.id().parse::<u64>().expect("a number")
        });
        let ids: Vec<_> = ids.collect();
        assert_eq!(ids[1], ids[0] + 1);
        Ok(())
    });
    // It goes down while a socket and a feed are open.
    run(async {
        let mut source = source();
        assert!(source.next().await.is_some_and(|tick| tick.is_ok()));
        let mut socket = connect(&address, "/echo").await?;
        server.terminate();
        assert_eq!(hear(&mut socket).await?, None);
        let code = socket.close_frame().map(|frame| frame.code.get());
        assert_eq!(code, Some(1001));
        assert!(socket.close(None).await?.is_clean());
        let (status, lines) = server.finish();
        assert!(status.success(), "{status}");
        assert_eq!(lines, ["all have gone"]);
        Ok(())
    });
}

#[test]
fn external_tls() {
    let authority = Authority::new("external");
    let identity = authority.server();
    let files = [identity.certificate_path(), identity.key_path()];
    let [chain, key] = files.each_ref().map(|file| file.to_str().expect("a path"));
    let (_server, address) = server("external_tls", &["--port", "0", chain, key]);
    let settings = Settings::new()
        .with_root_certificates(authority.pem().as_bytes())
        .expect("a certificate");
    let mut options = Options::client().without_proxy();
    options.dial.tls = Some(Arc::new(Connector::with(&settings).expect("settings")));
    run(async {
        let url = format!("wss://{address}/");
        let (mut socket, _) = hybi::smol::connect(&url, &options).await?;
        is_an_echo(&mut socket).await
    });
}

#[test]
fn bare_driver() {
    let (_server, address) = server("bare_driver", &["--port", "0"]);
    run(async { is_an_echo(&mut connect(&address, "/").await?).await });
    let (_echo, other) = server("echo", &["--port", "0"]);
    for address in [address, other] {
        let url = format!("ws://{address}/");
        let lines = output("bare_driver", &["--connect", &url]);
        assert_eq!(lines, [r#"Text("hello")"#]);
    }
}

#[test]
fn embedded() {
    let (_server, address) = server("embedded", &["--port", "0", "--rx", "20001"]);
    run(async { is_an_echo(&mut connect(&address, "/").await?).await });
    let url = format!("ws://{address}/");
    assert_eq!(
        output("embedded", &["--say", "h\u{e9}llo", &url]),
        ["h\u{e9}llo"]
    );
    // What does not fit is refused, and the next one is served.
    run(async {
        let mut socket = connect(&address, "/").await?;
        socket.send(&"x".repeat(20_001)[..]).await?;
        assert!(hear(&mut socket).await?.is_none());
        let code = socket.close_frame().map(|frame| frame.code.get());
        assert_eq!(code, Some(1009));
        Ok(())
    });
    run(async { is_an_echo(&mut connect(&address, "/").await?).await });
}

#[test]
fn chat_and_client() {
    let (_server, address) = server("chat", &["--port", "0"]);
    let url = format!("ws://{address}/");
    let (client, mut input) = Process::start_fed(example("client").args(["--direct", &url]));
    run(async {
        let mut other = connect(&address, "/").await?;
        writeln!(input, "hello").expect("it reads");
        loop {
            let line = hear(&mut other).await?.expect("it is open");
            if line.ends_with(": hello") {
                break;
            }
        }
        assert!(other.close(None).await?.is_clean());
        Ok(())
    });
    drop(input);
    let (status, lines) = client.finish();
    assert!(status.success(), "{status}: {lines:?}");
    assert!(
        lines.iter().any(|line| line.ends_with(": hello")),
        "{lines:?}"
    );
}

/// Answers one request after the other with these, on a port of its own; its address.
fn answers(answers: &'static [&str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it listens").to_string();
    thread::spawn(move || {
        for (stream, answer) in listener.incoming().zip(answers) {
            let mut stream = stream.expect("a client");
            let mut request = BufReader::new(stream.try_clone().expect("a handle")).lines();
            while request
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            stream.write_all(answer.as_bytes()).expect("it reads");
        }
    });
    address
}

#[test]
fn follow() {
    const MOVED: &str = "HTTP/1.1 302 X\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n";
    const STREAM: &str =
        "HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\n\r\nid: 1\ndata: x\n\n";
    let arguments: [&[&str]; 4] = [
        &[],
        &["--redirects", "1"],
        &["--redirects", "0"],
        &["--tokio"],
    ];
    for arguments in arguments {
        let url = format!("http://{}/", answers(&[MOVED, STREAM]));
        let mut command = example("follow");
        command.args(["--direct", "--count", "1"]).args(arguments);
        let (status, lines) = Process::start(command.arg(url)).finish();
        let follows = !arguments.contains(&"0");
        assert_eq!(status.success(), follows, "{arguments:?}");
        let printed: &[&str] = if follows {
            &["id: 1", "data: x", ""]
        } else {
            &[]
        };
        assert_eq!(lines, printed, "{arguments:?}");
    }
}

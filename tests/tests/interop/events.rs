//! Event streams: browsers and a proxy in front of our server, our client against a server that
//! we did not write, and the examples against each other.

use core::time::Duration;
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use hybi::smol::Socket;
use hybi::sse::{Accept, EncodedEvent, Event};
use hybi::{Options, Status};

use crate::daemons::nginx::{self, Passing};
use crate::examples::{Runtime, events, example};
use crate::peer::Peer;
use crate::process::Process;

/// The follow example; what it prints on the standard error goes nowhere.
fn follow(runtime: Runtime, arguments: &[&str]) -> Process {
    let mut command: Command = example("follow", runtime);
    command.arg("--direct").args(arguments);
    Process::start(command.stderr(std::process::Stdio::null()))
}

/// The values of a field in an event stream.
fn values(lines: &[String], field: &str) -> Vec<String> {
    let values = lines.iter().filter_map(|line| line.strip_prefix(field));
    values.map(str::to_owned).collect()
}

// The page survives a restart of its server: it is told of the gap, and goes on.
#[test]
fn chromium_and_a_server_that_is_killed_and_started_again() {
    for runtime in Runtime::ALL {
        let (server, address) = events(runtime, &["--port", "0", "--interval", "50"]);
        let url = format!("http://{address}/");
        let browser = Peer::ChromiumEvents.start(&["example", &url]);
        for case in ["live", "replay"] {
            assert_eq!(browser.next()["case"], case, "{runtime:?}");
        }
        assert_eq!(browser.next()["wants"], "restart");
        drop(server);
        // Long enough for an attempt that fails.
        thread::sleep(Duration::from_millis(1500));
        let port = address.rsplit(':').next().expect("a port");
        let _server = events(runtime, &["--port", port, "--interval", "50"]);
        assert_eq!(browser.cases(), ["a restart"], "{runtime:?}");
    }
}

const PAGE: &str = "<!DOCTYPE html><link rel=icon href=data:,><script>
const source = new EventSource('/feed');
window.hybi = { source, log: [], opened: 0 };
source.onopen = () => hybi.opened++;
source.addEventListener('kettle', ({ type, data, lastEventId }) =>
  hybi.log.push({ kind: type, number: Number(data), id: lastEventId }));
</script>";

/// Serves the page above, and streams of three events each that go on where the last one ended;
/// gives the last event ids that were sent.
async fn serve_threes(
    listener: smol::Async<TcpListener>,
    asked: Arc<Mutex<Vec<String>>>,
) -> Result<(), hybi::Error> {
    let executor = smol::LocalExecutor::new();
    let accepting = async {
        loop {
            let (stream, _) = listener.accept().await?;
            let asked = Arc::clone(&asked);
            let serve = async move {
                let options = Options::server();
                let stream = Socket::from(stream);
                let incoming = hybi::smol::read_request(stream, &options).await?;
                if !incoming.wants_events() {
                    let page = PAGE.as_bytes();
                    return incoming.respond(Status::OK, "text/html", page).await;
                }
                let retry = Some(Duration::from_millis(50));
                let accept = |_: hybi::sse::Offer<'_>| Ok(Accept::new().with_retry(retry));
                let id = incoming.head().fields().first("Last-Event-ID");
                let id = String::from_utf8_lossy(id.unwrap_or_default()).into_owned();
                let next: u32 = id
                    .trim_start_matches('…')
                    .parse()
                    .map_or(0, |id: u32| id + 1);
                asked.lock().expect("no panic").push(id);
                if next == 12 {
                    incoming.stop_events().await;
                    return Ok(());
                }
                let mut stream = incoming.accept_events_with(&options, accept).await?;
                for number in next..next + 3 {
                    let (data, id) = (number.to_string(), format!("…{number}"));
                    let event = Event::new(&data).with_kind("kettle").with_id(&id);
                    stream.feed_encoded(&EncodedEvent::new(&event)?).await?;
                }
                stream.close().await
            };
            executor.spawn(serve).detach();
        }
    };
    executor.run(accepting).await
}

// WPT eventsource-reconnect, format-field-id, request-status-error
#[test]
fn chromium_comes_back_with_its_last_event_id() {
    let listener = smol::Async::<TcpListener>::bind(([127, 0, 0, 1], 0)).expect("a port");
    let address = listener.get_ref().local_addr().expect("it listens");
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let shared = Arc::clone(&asked);
    thread::spawn(move || smol::block_on(serve_threes(listener, shared)));
    let browser = Peer::ChromiumEvents.start(&["page", &format!("http://{address}/")]);
    assert_eq!(browser.cases().len(), 1);
    let asked = asked.lock().expect("no panic");
    assert_eq!(*asked, ["", "…2", "…5", "…8", "…11"]);
}

#[test]
fn our_client_against_fayes_server() {
    for runtime in Runtime::ALL {
        let server = Peer::FayeEvents.start(&[]);
        let url = format!("http://127.0.0.1:{}/feed?room=1", server.port());
        let (status, lines) = follow(runtime, &[&url]).finish();
        assert!(status.success(), "{status}");
        let text = lines.join("\n");
        // The events as our encoder writes them: what it has understood.
        let expect = "data: Hello\n\n\
            event: notification\nid: 99\ndata: Breaking News!\n\n\
            id: 100 ✓\ndata: a\ndata: b\ndata: c\n\n\
            data: \n\n\
            event: x\ndata:   spaces and \u{2028}\n\n\
            id: end\ndata: last\n";
        assert_eq!(text.trim_end(), expect.trim_end(), "{runtime:?}");
        for id in ["", "100 ✓", "end"] {
            let request = server.next();
            assert_eq!(request["is"], true);
            assert_eq!(request["url"], "/feed?room=1");
            assert_eq!(request["lastEventId"], id, "{runtime:?}");
        }
    }
}

// Behind a proxy that gathers what comes, events come at once all the same, unless it does not
// listen to us.
#[test]
fn through_nginx() {
    let (_server, address) = events(Runtime::Smol, &["--port", "0", "--interval", "100"]);
    for version in ["1.0", "1.1"] {
        for buffering in [true, false] {
            let passing = Passing {
                buffering,
                heeds_server: true,
                version,
            };
            let daemon = nginx::start_plain(address.parse().expect("an address"), passing);
            let url = format!("http://{}/feed", daemon.address());
            for runtime in Runtime::ALL {
                let start = Instant::now();
                let (status, lines) = follow(runtime, &["--count", "8", &url]).finish();
                assert!(status.success(), "{passing:?}: {status}");
                assert_eq!(values(&lines, "data: ").len(), 8);
                let took = start.elapsed();
                assert!(took < Duration::from_secs(4), "{passing:?}: {took:?}");
            }
        }
    }
    // It does so only where there are no chunks.
    let deaf = Passing {
        buffering: true,
        heeds_server: false,
        version: "1.0",
    };
    let daemon = nginx::start_plain(address.parse().expect("an address"), deaf);
    let url = format!("http://{}/feed", daemon.address());
    let start = Instant::now();
    let (status, _) = follow(Runtime::Smol, &["--count", "8", &url]).finish();
    assert!(status.success());
    let took = start.elapsed();
    assert!(took > Duration::from_secs(2), "it gathers 4 KiB: {took:?}");
}

// The examples against each other, with a server that is killed and started again.
#[test]
fn the_follow_example_and_the_events_example() {
    for runtime in Runtime::ALL {
        let arguments = ["--interval", "50", "--retry", "200"];
        let listens = |port| events(runtime, &[&arguments[..], &["--port", port]].concat());
        let (server, address) = listens("0");
        let url = format!("http://{address}/feed");
        let client = follow(runtime, &[&url]);
        let line = |client: &Process| client.line().expect("it goes on");
        let mut lines: Vec<String> = (0..30).map(|_| line(&client)).collect();
        drop(server);
        let port = address.rsplit(':').next().expect("a port");
        let (_server, _) = listens(port);
        while !lines.iter().any(|line| line == "event: gap") {
            lines.push(line(&client));
        }
        for _ in 0..30 {
            lines.push(line(&client));
        }
        let ids = values(&lines, "id: ");
        let mut runs: Vec<&str> = ids.iter().filter_map(|id| id.split('-').next()).collect();
        runs.dedup();
        assert_eq!(runs.len(), 2, "{runtime:?}: {ids:?}");
        for run in runs {
            let numbers: Vec<u32> = ids
                .iter()
                .filter_map(|id| id.strip_prefix(run)?.strip_prefix('-')?.parse().ok())
                .collect();
            assert!(
                numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]),
                "{numbers:?}"
            );
        }
    }
}

#[test]
fn the_follow_example_tells_what_ends_it() {
    let (_server, address) = events(Runtime::Smol, &["--port", "0", "--interval", "50"]);
    for runtime in Runtime::ALL {
        let refused = [
            vec![format!("http://{address}/")],
            vec![format!("http://{address}/none")],
            vec![
                "--data".into(),
                "a=b".into(),
                format!("http://{address}/feed"),
            ],
            vec![format!("ws://{address}/feed")],
        ];
        for arguments in refused {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let (status, lines) = follow(runtime, &arguments).finish();
            assert_eq!((status.code(), lines.len()), (Some(1), 0), "{arguments:?}");
        }
        // It begins where it is told to.
        let url = format!("http://{address}/feed");
        let (_, lines) = follow(runtime, &["--count", "3", &url]).finish();
        let ids = values(&lines, "id: ");
        let again = ["--last-event-id", &ids[0], "--count", "2", &url];
        let (status, lines) = follow(runtime, &again).finish();
        assert!(status.success());
        assert_eq!(values(&lines, "id: "), ids[1..], "{runtime:?}");
    }
}

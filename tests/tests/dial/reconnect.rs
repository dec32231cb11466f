//! Connections one after the other: when there is a next one, and when there is not.

use core::time::Duration;
use std::sync::Arc;

use hybi_tests::{World, world};
use ws_futures::{Attempts, By, CloseCode, CloseFrame, Disconnect, Options, Reconnect, accept};

use crate::net::{Answer, Net, sleep};
use crate::{SECOND, head, options, request, say, usual};

/// What a server does with a connection.
#[derive(Clone, Copy, Debug)]
enum Serves {
    /// Answers like this.
    Answers(&'static str),
    /// Opens, and closes with this code after so many seconds.
    Closes(u16, u32),
    /// Opens, and is gone after so many seconds.
    Leaves(u32),
}

async fn serve(net: Net, all: Vec<Serves>) {
    for serves in all {
        let mut io = net.accept().await.1;
        let mut server = Options::server();
        server.timer = Some(world::timer);
        match serves {
            Serves::Answers(answer) => {
                head(&mut io).await;
                say(&mut io, answer).await;
            }
            Serves::Closes(code, after) => {
                let mut socket = accept(io, &server).await.expect("a WebSocket");
                sleep(after * SECOND).await;
                let code = CloseCode::new(code).expect("a code that may be sent");
                let frame = CloseFrame { code, reason: "" };
                let _ = socket.close(Some(frame)).await;
            }
            Serves::Leaves(after) => {
                let socket = accept(io, &server).await.expect("a WebSocket");
                sleep(after * SECOND).await;
                drop(socket);
            }
        }
    }
}

/// What comes of sessions with such a server, and how many seconds passed before each attempt.
fn sessions(policy: Reconnect, serves: &[Serves]) -> (Vec<String>, Vec<f64>) {
    let net = usual();
    let mut world = World::new();
    world.spawn(serve(net.clone(), serves.to_vec()));
    let attempts = policy.sessions(net.clone(), request("ws://server.example/"), options());
    let count = serves.len();
    let seen = world.run(async move {
        let mut attempts = attempts;
        let mut seen = Vec::new();
        while seen.len() < count
            && let Some(session) = attempts.next().await
        {
            let ended = match session {
                Ok((mut socket, _)) => {
                    let error = loop {
                        match socket.receive().await {
                            Ok(Some(_)) => {}
                            Ok(None) => break None,
                            Err(error) => break Some(error),
                        }
                    };
                    let ended = socket.disconnect(error);
                    attempts.ended(&ended);
                    ended
                }
                Err(ended) => ended,
            };
            seen.push(format!("{} {:?}", ended.status(), ended.by()));
        }
        if attempts.is_over() {
            assert!(attempts.next().await.is_none());
            seen.push("over".to_owned());
        }
        seen
    });
    let connects = net.log().into_iter();
    let at = connects.filter_map(|(at, what)| what.starts_with("connect").then_some(at));
    #[expect(clippy::cast_precision_loss, reason = "minutes in milliseconds")]
    (seen, at.map(|at| at as f64 / 1000.0).collect())
}

const UNAVAILABLE: Serves =
    Serves::Answers("HTTP/1.1 503 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
const UNAUTHORIZED: Serves =
    Serves::Answers("HTTP/1.1 401 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

#[test]
fn failures_wait_longer_and_longer() {
    let policy = Reconnect::default();
    let (seen, at) = sessions(policy, &[UNAVAILABLE; 9]);
    assert_eq!(seen, ["1006 Peer"; 9]);
    let waits: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (wait, whole) in waits
        .iter()
        .zip([0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0])
    {
        assert!(
            *wait >= whole / 2.0 - 0.002 && *wait <= whole + 0.002,
            "{waits:?}"
        );
    }
    // By chance alone all are the same once in a very long time.
    let (_, again) = sessions(Reconnect::default(), &[UNAVAILABLE; 9]);
    assert_ne!(at, again);
}

#[test]
fn a_session_that_lasted_makes_up_for_failures() {
    let serves = [
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
        Serves::Leaves(30),
        UNAVAILABLE,
        // Not long enough.
        Serves::Leaves(1),
        UNAVAILABLE,
    ];
    let (seen, at) = sessions(Reconnect::default(), &serves);
    assert_eq!(seen.len(), 7);
    assert_eq!((&*seen[3], &*seen[4]), ("1006 Transport", "1006 Peer"));
    let waits: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Half a minute, and the first wait again, twice; then, after a second, the second wait.
    for (wait, low, high) in [
        (waits[3], 30.25, 30.5),
        (waits[4], 0.25, 0.5),
        (waits[5], 1.5, 2.0),
    ] {
        assert!(wait > low - 0.002 && wait < high + 0.002, "{waits:?}");
    }
}

#[test]
fn what_is_fatal_ends_it() {
    for (serves, is_fatal) in [
        (UNAVAILABLE, false),
        (
            Serves::Answers("HTTP/1.1 429 X\r\nContent-Length: 0\r\n\r\n"),
            false,
        ),
        (Serves::Answers("HTTP/1.1 101 X\r\n\r\n"), true),
        (Serves::Leaves(0), false),
        (Serves::Closes(1001, 0), false),
        (Serves::Closes(1011, 0), false),
        (Serves::Closes(1012, 0), false),
        (Serves::Closes(4000, 0), false),
        (UNAUTHORIZED, true),
        (
            Serves::Answers("HTTP/1.1 302 X\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
            true,
        ),
        // The page of a portal that one has to pass.
        (
            Serves::Answers("HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\npage\n"),
            false,
        ),
        (Serves::Closes(1000, 0), true),
        (Serves::Closes(1008, 0), true),
        (Serves::Closes(3000, 0), true),
    ] {
        let (seen, _) = sessions(Reconnect::default(), &[serves, UNAVAILABLE]);
        assert_eq!(
            seen.last().is_some_and(|last| last == "over"),
            is_fatal,
            "{serves:?}: {seen:?}"
        );
    }
    // Somebody else may know better.
    let mut policy = Reconnect::default();
    policy.fatal = Arc::new(|ended| ended.code() == CloseCode::new(4000));
    let (seen, _) = sessions(policy, &[UNAUTHORIZED, Serves::Closes(4000, 0)]);
    assert_eq!(seen, ["1006 Peer", "4000 Peer", "over"]);
}

#[test]
fn attempts_are_counted() {
    let mut policy = Reconnect::default();
    policy.max_attempts = Some(3);
    let (seen, _) = sessions(policy.clone(), &[UNAVAILABLE; 5]);
    assert_eq!(seen, ["1006 Peer", "1006 Peer", "1006 Peer", "over"]);
    // Short sessions count, long ones begin anew.
    let serves = [
        UNAVAILABLE,
        Serves::Leaves(1),
        Serves::Leaves(30),
        UNAVAILABLE,
        UNAVAILABLE,
        UNAVAILABLE,
    ];
    let (seen, _) = sessions(policy, &serves);
    assert_eq!(seen.len(), 7);
    assert_eq!(seen[6], "over");
}

// RFC 9110 §10.2.3
#[test]
fn a_busy_server_says_when() {
    for (value, low, high) in [
        ("120", 120.0, 120.1),
        // Sooner than we would; and what is no number of seconds.
        ("0", 0.25, 0.5),
        ("", 0.25, 0.5),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.25, 0.5),
    ] {
        let answer = format!("HTTP/1.1 503 X\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n");
        let (_, at) = sessions(
            Reconnect::default(),
            &[Serves::Answers(answer.leak()), UNAVAILABLE],
        );
        let wait = at[1] - at[0];
        assert!(
            wait >= low - 0.002 && wait <= high + 0.002,
            "{value}: {wait}"
        );
    }
}

// A token that is good for one attempt.
#[test]
fn the_request_may_change_between_attempts() {
    let net = usual();
    let mut world = World::new();
    let server = net.clone();
    let seen = world.spawn(async move {
        let mut targets = Vec::new();
        for _ in 0..2 {
            let mut io = server.accept().await.1;
            targets.push(head(&mut io).await.lines().next().map(str::to_owned));
            say(&mut io, "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n").await;
        }
        targets
    });
    let mut attempts =
        Reconnect::default().sessions(net, request("ws://server.example/?1"), options());
    world.run(async move {
        assert!(attempts.next().await.is_some());
        *attempts.request_mut() = request("ws://server.example/?2");
        assert!(attempts.next().await.is_some());
    });
    let lines = seen.take().expect("both have come");
    let lines: Vec<&str> = lines.iter().flatten().map(String::as_str).collect();
    assert_eq!(lines, ["GET /?1 HTTP/1.1", "GET /?2 HTTP/1.1"]);
}

// Who does not tell how it ended gets another session all the same.
#[test]
fn sessions_that_are_dropped() {
    let net = usual();
    let mut world = World::new();
    world.spawn(serve(
        net.clone(),
        vec![Serves::Leaves(1), Serves::Leaves(1)],
    ));
    let mut attempts =
        Reconnect::default().sessions(net, request("ws://server.example/"), options());
    world.run(async move {
        for _ in 0..2 {
            assert!(attempts.next().await.is_some_and(|session| session.is_ok()));
        }
        assert_eq!(attempts.failures(), 1);
    });
}

// Whoever gives up waiting has lost nothing.
#[test]
fn waiting_may_be_given_up_at_any_time() {
    let net = usual();
    net.port("192.0.2.1:80", SECOND, Answer::Accepts);
    let mut world = World::new();
    world.spawn(serve(net.clone(), vec![UNAVAILABLE, Serves::Leaves(9)]));
    let mut attempts: Attempts<Net> =
        Reconnect::default().sessions(net.clone(), request("ws://server.example/"), options());
    let opened = world.run(async move {
        for impatient in 1..100 {
            let pause = core::pin::pin!(sleep(Duration::from_millis(90)));
            match futures::future::select(attempts.next(), pause).await {
                futures::future::Either::Left((Some(Ok(_)), _)) => return impatient,
                futures::future::Either::Left((session, _)) => assert!(session.is_some()),
                futures::future::Either::Right(_) => {}
            }
        }
        0
    });
    assert!(opened > 20, "{opened}");
    assert_eq!(net.asked().len(), 4, "two attempts, each of two steps");
}

#[test]
fn what_is_shown_holds_no_secrets() {
    let request = request("ws://user:s3cret@server.example/");
    let attempts = Reconnect::default().sessions(usual(), request, options());
    let shown = format!("{attempts:?}");
    assert!(
        shown.contains("server.example") && !shown.contains("s3cret"),
        "{shown}"
    );
    let ended = Disconnect::from(ws_futures::Error::Closed);
    assert_eq!(ended.by(), By::Us);
}

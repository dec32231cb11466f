//! SC17, SC23, SC24, SC26: when there is another attempt, and when there is none.

use core::time::Duration;

use futures::{AsyncReadExt, AsyncWriteExt};
use hybi_tests::{World, world};
use ws_futures::sse::{EventSource, SourceEvent, SourceState};

use crate::net::{Answer, sleep};
use crate::{NOW, OPEN, SECOND, client_options, head, network, request, script, source, told};

/// What passed before each attempt, in milliseconds, if these are the answers.
fn waits(answers: &[&str]) -> Vec<u128> {
    let net = network();
    let mut world = World::new();
    let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let count = answers.len();
    world.spawn(script(net.clone(), answers));
    let mut source = source(&net, "http://server.example/");
    world.run(async move {
        let mut lost = 0;
        while lost < count
            && let Ok(Some(event)) = source.receive().await
        {
            lost += usize::from(matches!(event, SourceEvent::Lost(_)));
        }
    });
    let log = net.log();
    let at: Vec<u128> = log
        .iter()
        .filter_map(|(at, what)| what.starts_with("connect").then_some(*at))
        .collect();
    at.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

// WPT format-field-retry, -bogus
#[test]
fn sc24_the_server_says_how_long_to_wait() {
    let event = format!("{OPEN}retry: 03000\nretry: 1000x\ndata: a\n\n");
    for wait in waits(&[&event, &event, &event]) {
        assert!((3000..=3751).contains(&wait), "{wait}");
    }
    // Not without a pause, whatever it says.
    let event = format!("{OPEN}retry: 0\ndata: a\n\n");
    for wait in waits(&[&event, &event, &event]) {
        assert!((100..=126).contains(&wait), "{wait}");
    }
}

#[test]
fn sc17_a_mere_200_does_not_make_it_patient_again() {
    let nothing = format!("{OPEN}retry: 1000\n\n");
    let waits = waits(&[&*nothing; 9]);
    let upper = [1.25_f64, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0];
    for (wait, upper) in waits.iter().zip(upper) {
        let upper = Duration::from_secs_f64(upper).as_millis();
        assert!((1000..=upper + 2).contains(wait), "{waits:?}");
    }
    assert!(waits.iter().max() > Some(&2500), "they grow: {waits:?}");
    // By chance alone all are the same once in a very long time.
    let again = self::waits(&[&*nothing; 9]);
    assert_ne!(waits, again);
}

fn waits_after_good(good: &str, lasts: Duration) -> Vec<u128> {
    let net = network();
    let mut world = World::new();
    let server = net.clone();
    let good = good.to_owned();
    world.spawn(async move {
        for attempt in 0..8 {
            let mut io = server.accept().await.1;
            head(&mut io).await;
            let answer = if attempt == 6 { &*good } else { "HTTP/1.1 2" };
            io.write_all(answer.as_bytes()).await.expect("it is read");
            if attempt == 6 {
                sleep(lasts).await;
            }
        }
    });
    let mut source = source(&net, "http://server.example/");
    world.run(async move {
        let mut lost = 0;
        while lost < 8
            && let Ok(Some(event)) = source.receive().await
        {
            if let SourceEvent::Lost(_) = event {
                lost += 1;
            }
        }
    });
    let at: Vec<u128> = net
        .log()
        .iter()
        .filter_map(|(at, what)| what.starts_with("connect").then_some(*at))
        .collect();
    at.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn sc17_an_event_or_half_a_minute_makes_up_for_failures() {
    let event = format!("{OPEN}data: a\n\n");
    let waits = waits_after_good(&event, NOW);
    assert!((3000..=3751).contains(&waits[6]), "{waits:?}");
    let silent = format!("{OPEN}:\n\n");
    let waits = waits_after_good(&silent, 31 * SECOND);
    assert!((34_000..=34_751).contains(&waits[6]), "{waits:?}");
}

#[test]
fn sc26_silence_is_given_up() {
    let net = network();
    let mut world = World::new();
    let server = net.clone();
    let far = world.spawn(async move {
        let mut io = server.accept().await.1;
        head(&mut io).await;
        io.write_all(OPEN.as_bytes()).await.expect("it is read");
        // Whatever comes counts, even what means nothing.
        for _ in 0..5 {
            sleep(9 * SECOND).await;
            io.write_all(b":").await.expect("it is read");
        }
        let begun = world::timer().now();
        let mut byte = [0];
        assert_eq!(io.read(&mut byte).await.ok(), Some(0), "it is closed");
        world::timer().now().saturating_since(begun)
    });
    let mut options = client_options();
    options.events.silence = Some(10 * SECOND);
    let mut source = EventSource::new(net, request("http://server.example/"), &options);
    world.run(async move {
        assert_eq!(told(&mut source).await.as_deref(), Some("opened"));
        let lost = told(&mut source).await;
        assert_eq!(
            lost.as_deref(),
            Some("lost: the event stream has ended: transport failed: timed out")
        );
    });
    assert_eq!(far.take(), Some(10 * SECOND));
}

// Time in which nobody waits for the source is not silence: what has come meanwhile counts.
#[test]
fn sc26_a_slow_reader_is_not_silence() {
    let net = network();
    let mut world = World::new();
    world.spawn(script(
        net.clone(),
        vec![format!(
            "{OPEN}data: a\n\n{}data: b\n\n",
            ":\n".repeat(200_000)
        )],
    ));
    let mut source = source(&net, "http://server.example/");
    world.run(async move {
        assert_eq!(told(&mut source).await.as_deref(), Some("opened"));
        assert_eq!(told(&mut source).await.as_deref(), Some("message a "));
        sleep(500 * SECOND).await;
        assert_eq!(told(&mut source).await.as_deref(), Some("message b "));
    });
}

#[test]
fn an_answer_has_a_deadline_and_so_has_the_way_to_it() {
    let net = network();
    net.port("192.0.2.2:80", NOW, Answer::Ignores);
    let mut world = World::new();
    let server = net.clone();
    world.spawn(async move {
        let mut io = server.accept().await.1;
        head(&mut io).await;
        io.write_all(b"HTTP/1.1 200 OK\r\n")
            .await
            .expect("it is read");
        core::future::pending::<()>().await;
    });
    for (url, after, what) in [
        (
            "http://server.example/",
            60,
            "lost: the server closed the connection inside its response's head: \
             opening handshake took too long",
        ),
        (
            "http://other.example/",
            10,
            "lost: connecting (other.example:80): took too long",
        ),
        (
            "http://slow.example/",
            10,
            "lost: name lookup (slow.example:80): took too long",
        ),
    ] {
        if url.contains("slow") {
            net.look_up_slowly(20 * SECOND);
        }
        let mut source = source(&net, url);
        let told = world.spawn(async move { told(&mut source).await });
        world.advance(Duration::from_millis(after * 1000 - 1));
        assert!(!told.is_done());
        world.advance(Duration::from_millis(1));
        assert_eq!(told.take().flatten().as_deref(), Some(what));
    }
}

#[test]
fn sc23_dropped_while_it_waits() {
    let net = network();
    net.port("192.0.2.1:80", NOW, Answer::Refuses);
    let mut world = World::new();
    let mut source = source(&net, "http://server.example/");
    let waiting = world.run(async move {
        assert!(told(&mut source).await.is_some());
        let lost = source.lost().map(|lost| lost.delay);
        assert!(lost.is_some_and(|delay| delay >= 3 * SECOND));
        // It waits a while, and is dropped in the middle of that.
        {
            let next = core::pin::pin!(told(&mut source));
            let pause = core::pin::pin!(sleep(SECOND));
            let _ = futures::future::select(next, pause).await;
        }
        source.state()
    });
    assert_eq!(waiting, SourceState::Waiting);
    world.advance(600 * SECOND);
    assert_eq!(net.asked().len(), 2, "one attempt, of two steps");
}

#[test]
fn the_waiting_can_be_cut_short() {
    let net = network();
    net.port("192.0.2.1:80", NOW, Answer::Refuses);
    let mut world = World::new();
    let mut source = source(&net, "http://server.example/");
    world.run(async move {
        let begun = world::timer().now();
        for _ in 0..5 {
            assert!(told(&mut source).await.is_some());
            source.retry_now();
        }
        assert_eq!(world::timer().now().saturating_since(begun), NOW);
    });
    assert_eq!(net.asked().len(), 10);
}

// Whoever gives up waiting has lost nothing, and holds nothing up.
#[test]
fn sc24_waiting_in_many_small_pieces() {
    let net = network();
    net.port("192.0.2.1:80", SECOND, Answer::Accepts);
    let mut world = World::new();
    let event = format!("{OPEN}retry: 2000\ndata: a\n\n");
    world.spawn(script(
        net.clone(),
        vec![event.clone(), event.clone(), event],
    ));
    let mut source = source(&net, "http://server.example/");
    let seen = world.run(async move {
        let mut seen = Vec::new();
        while seen.len() < 9 {
            let next = core::pin::pin!(told(&mut source));
            let pause = core::pin::pin!(sleep(Duration::from_millis(37)));
            if let futures::future::Either::Left((what, _)) =
                futures::future::select(next, pause).await
            {
                seen.extend(what);
            }
        }
        seen
    });
    assert_eq!(seen[..3], seen[3..6]);
    let at: Vec<u128> = net
        .log()
        .iter()
        .filter_map(|(at, what)| what.starts_with("connect").then_some(*at))
        .collect();
    assert_eq!(at.len(), 3);
    for pair in at.windows(2) {
        let wait = pair[1] - pair[0];
        assert!((3000..=3700).contains(&wait), "{at:?}");
    }
}

//! RFC 8305: a host with several addresses.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use hybi_tests::World;
use ws_futures::Step;

use crate::net::{Answer, Net};
use crate::{NOW, check_step, connect, hello, is_greeted, options};

const MS: Duration = Duration::from_millis(1);

/// Connects to a host with these addresses, and gives back what was tried when.
fn tried(addresses: &[(&str, Duration, Answer)], connects: bool) -> Vec<(u128, String)> {
    let net = Net::default();
    let ips: Vec<&str> = addresses.iter().map(|(address, ..)| *address).collect();
    net.name("host", &ips);
    for (address, delay, answer) in addresses {
        let port = if address.contains(':') {
            format!("[{address}]:80")
        } else {
            format!("{address}:80")
        };
        net.port(&port, *delay, *answer);
    }
    let mut world = World::new();
    let server = net.clone();
    let winner = Arc::new(Mutex::new(None));
    let accepted = Arc::clone(&winner);
    world.spawn(async move {
        let (address, io) = server.accept().await;
        *accepted.lock().expect("nobody panicked") = Some(address);
        hello(io).await;
    });
    let client = net.clone();
    world.run(async move {
        let result = connect(client, "ws://host/", options()).await;
        if connects {
            let (socket, _) = result.as_ref().expect("a connection");
            let peer = socket.io().peer_addr();
            assert_eq!(peer, *winner.lock().expect("nobody panicked"));
            is_greeted(result).await;
        } else {
            check_step(result, Step::Connect, |_| true);
        }
    });
    let log = net.log().into_iter();
    log.filter_map(|(at, what)| Some((at, what.strip_prefix("connect ")?.to_owned())))
        .collect()
}

#[test]
fn families_take_turns_and_the_first_answer_wins() {
    use Answer::{Accepts, Ignores, Refuses};
    for (addresses, connects, expected) in [
        // The preferred one answers in time.
        (
            &[
                ("2001:db8::1", 200 * MS, Accepts),
                ("192.0.2.1", NOW, Accepts),
            ][..],
            true,
            &[(0, "[2001:db8::1]:80")][..],
        ),
        // It does not; the other one is asked as well, and wins.
        (
            &[
                ("2001:db8::1", 900 * MS, Accepts),
                ("192.0.2.1", NOW, Accepts),
            ],
            true,
            &[(0, "[2001:db8::1]:80"), (250, "192.0.2.1:80")],
        ),
        // It is slow, but the others are slower: all go on.
        (
            &[
                ("2001:db8::1", 600 * MS, Accepts),
                ("192.0.2.1", NOW, Ignores),
                ("192.0.2.2", NOW, Ignores),
            ],
            true,
            &[
                (0, "[2001:db8::1]:80"),
                (250, "192.0.2.1:80"),
                (500, "192.0.2.2:80"),
            ],
        ),
        // Who refuses makes way at once.
        (
            &[
                ("2001:db8::1", NOW, Refuses),
                ("2001:db8::2", 10 * MS, Refuses),
                ("192.0.2.1", 20 * MS, Refuses),
                ("192.0.2.2", NOW, Accepts),
            ],
            true,
            &[
                (0, "[2001:db8::1]:80"),
                (0, "192.0.2.1:80"),
                (20, "[2001:db8::2]:80"),
                (30, "192.0.2.2:80"),
            ],
        ),
        // The system prefers IPv4 here.
        (
            &[
                ("192.0.2.1", NOW, Refuses),
                ("192.0.2.2", NOW, Refuses),
                ("2001:db8::1", NOW, Accepts),
            ],
            true,
            &[(0, "192.0.2.1:80"), (0, "[2001:db8::1]:80")],
        ),
        // Nobody is there.
        (
            &[
                ("192.0.2.1", NOW, Refuses),
                ("2001:db8::1", 5 * MS, Refuses),
            ],
            false,
            &[(0, "192.0.2.1:80"), (0, "[2001:db8::1]:80")],
        ),
        (&[], false, &[]),
    ] {
        let tried = std::thread::scope(|scope| {
            // Each has a clock of its own.
            let run = scope.spawn(|| tried(addresses, connects));
            run.join().expect("it connects as expected")
        });
        let tried: Vec<(u128, &str)> = tried.iter().map(|(at, what)| (*at, &**what)).collect();
        assert_eq!(tried, expected, "{addresses:?}");
    }
}

#[test]
fn the_first_error_is_told() {
    let net = Net::default();
    net.name("host", &["192.0.2.1", "192.0.2.2"])
        .port("192.0.2.2:80", NOW, Answer::Ignores);
    let result = World::new().run(connect(net, "ws://host/", options()));
    // The second one is waited for until the time is over.
    check_step(result, Step::Connect, |cause| {
        matches!(cause, ws_futures::DialCause::TimedOut)
    });
    let net = Net::default();
    net.name("host", &["192.0.2.1"]);
    let result = World::new().run(connect(net, "ws://host/", options()));
    let error = crate::dial_error(result);
    let kind = error.io_error().map(std::io::Error::kind);
    assert_eq!(kind, Some(std::io::ErrorKind::ConnectionRefused));
    assert_eq!(error.peer(), "host:80");
}

#[test]
fn a_host_of_very_many_addresses_is_not_tried_for_ever() {
    let net = Net::default();
    let many: Vec<String> = (1..200).map(|i| format!("192.0.2.{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    net.name("host", &many);
    let result = World::new().run(connect(net.clone(), "ws://host/", options()));
    check_step(result, Step::Connect, |_| true);
    assert_eq!(net.asked().len(), 1 + 16);
}

#[test]
fn a_local_address_leaves_its_family_only() {
    let net = Net::default();
    net.name("host", &["2001:db8::1", "192.0.2.1"])
        .port("192.0.2.1:80", NOW, Answer::Refuses);
    let mut options = options();
    options.dial.local_address = Some("192.0.2.99".parse().expect("an address"));
    let result = World::new().run(connect(net.clone(), "ws://host/", options));
    check_step(result, Step::Connect, |_| true);
    assert_eq!(
        net.asked(),
        ["resolve host", "connect 192.0.2.1:80 from 192.0.2.99"]
    );
}

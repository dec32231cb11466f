//! The end of a server: all are told 1001, and waited for with a deadline.

use core::time::Duration;

use hybi_testkit::pipe::duplex;
use hybi_tests::{World, world};
use ws_futures::{Event, Options, Shutdown, WebSocket, accept, connect};
use ws_handshake::Request;

const SECOND: Duration = Duration::from_secs(1);

fn options(mut options: Options) -> Options {
    options.timer = Some(world::timer);
    options
}

async fn serve(io: hybi_testkit::pipe::Pipe, shutdown: Shutdown) -> usize {
    let mut socket = accept(io, &options(Options::server()))
        .await
        .expect("a socket");
    let mut member = shutdown.join();
    let mut count = 0;
    while let Some((event, mut outbox)) = member.exchange(&mut socket).await.expect("no error") {
        if let Event::Message(message) = event {
            count += 1;
            if outbox.feed(message).await.is_err() {
                // It is closing: what comes now cannot be answered any more.
            }
        }
    }
    count
}

async fn client(io: hybi_testkit::pipe::Pipe) -> WebSocket<hybi_testkit::pipe::Pipe> {
    let request = Request::ws("localhost", "/").expect("a request");
    let connected = connect(io, &request, &options(Options::client())).await;
    connected.expect("a socket").0
}

// RFC 6455 §7.4.1
#[test]
fn everybody_is_told_and_waited_for() {
    let mut world = World::new();
    let shutdown = Shutdown::new();
    let mut servers = Vec::new();
    let mut clients = Vec::new();
    for _ in 0..3 {
        let (near, far) = duplex(1 << 16);
        servers.push(world.spawn(serve(far, shutdown.clone())));
        clients.push(world.spawn(async move {
            let mut socket = client(near).await;
            socket.send("one").await.expect("it is open");
            while let Ok(Some(event)) = socket.receive().await {
                assert!(matches!(event, Event::Message(_) | Event::Close(_)));
            }
            socket.close_frame().map(|frame| frame.code.get())
        }));
    }
    world.settle();
    assert_eq!((shutdown.members(), shutdown.has_begun()), (3, false));
    let begun = shutdown.clone();
    let accepting = world.spawn(async move { begun.begun().await });
    world.settle();
    assert!(!accepting.is_done());
    let ending = shutdown.clone();
    let all = world.run(async move { ending.finish(world::timer(), SECOND).await });
    assert!(all && accepting.is_done());
    assert!(servers.iter().all(|server| server.take() == Some(1)));
    assert!(
        clients
            .iter()
            .all(|client| client.take() == Some(Some(1001)))
    );
    assert_eq!(shutdown.members(), 0);
}

#[test]
fn whoever_does_not_answer_is_not_waited_for() {
    let mut world = World::new();
    let shutdown = Shutdown::new();
    let (near, far) = duplex(1 << 16);
    let server = world.spawn(serve(far, shutdown.clone()));
    let silent = world.spawn(client(near));
    world.settle();
    let silent = silent.take().expect("it is open");
    let ending = shutdown.clone();
    let finished = world.spawn(async move { ending.finish(world::timer(), 2 * SECOND).await });
    world.advance(SECOND);
    assert!(!finished.is_done());
    world.advance(SECOND);
    assert_eq!(finished.take(), Some(false));
    assert_eq!(shutdown.members(), 1);
    assert!(!server.is_done());
    drop(silent);
}

#[test]
fn who_comes_too_late_is_told_at_once() {
    let mut world = World::new();
    let shutdown = Shutdown::new();
    shutdown.begin();
    let (near, far) = duplex(1 << 16);
    world.spawn(serve(far, shutdown.clone()));
    let code = world.run(async move {
        let mut socket = client(near).await;
        while let Ok(Some(_)) = socket.receive().await {}
        socket.close_frame().map(|frame| frame.code.get())
    });
    assert_eq!(code, Some(1001));
    assert!(format!("{shutdown:?}").contains("has_begun: true"));
}

//! A21: every call of a transport fails, under halves on two tasks and under single tasks.

use core::time::Duration;
use std::io::ErrorKind;

use futures::StreamExt;
use hybi_testkit::pipe::{Behaviour, Fault, Pipe};
use hybi_tests::{Task, World};
use ws_futures::{Error, Event, WebSocket};

use crate::{SECOND, both};

const FAULTS: [Fault; 6] = [
    Fault::Error(ErrorKind::WouldBlock),
    Fault::Error(ErrorKind::Interrupted),
    Fault::Error(ErrorKind::ConnectionReset),
    Fault::Error(ErrorKind::BrokenPipe),
    Fault::Zero,
    Fault::Overstated,
];

/// No deadline is longer, and after one of them the other end has one of its own.
const LONGEST: Duration = Duration::from_secs(90);

async fn serve(mut server: WebSocket<Pipe>, halves: bool) {
    if halves {
        let (mut sender, mut receiver) = server.split();
        while let Some(Ok(message)) = receiver.next().await {
            if sender.send(message).await.is_err() {
                return;
            }
        }
        return;
    }
    while let Ok(Some((event, mut outbox))) = server.exchange().await {
        if let Event::Message(message) = event
            && outbox.feed(message).await.is_err()
        {
            break;
        }
    }
    let _ = server.close(None).await;
}

async fn ask(mut client: WebSocket<Pipe>, halves: bool) {
    let messages = (0..5).map(|number| vec![1; 100 * number]);
    if halves {
        let (mut sender, mut receiver) = client.split();
        for message in messages {
            if sender.send(message).await.is_err() || !matches!(receiver.next().await, Some(Ok(_)))
            {
                break;
            }
        }
        let _ = sender.close(None).await;
        while receiver.next().await.is_some() {}
        return;
    }
    let exchange = async {
        for message in messages {
            client.send(&message[..]).await?;
            while let Some(event) = client.receive().await? {
                if let Event::Message(echo) = event {
                    assert_eq!(echo.as_bytes(), message);
                    break;
                }
            }
        }
        Ok::<_, Error>(())
    };
    let _ = exchange.await;
    let _ = client.close(None).await;
}

/// Whether both are done in time.
fn end_in_time(world: &mut World, tasks: &[Task<()>; 2]) -> bool {
    let mut passed = Duration::ZERO;
    world.settle();
    while !tasks.iter().all(Task::is_done) && passed < LONGEST {
        world.advance(SECOND);
        passed += SECOND;
    }
    tasks.iter().all(Task::is_done)
}

#[test]
fn a21_nobody_waits_longer_than_the_deadlines() {
    let plain = || Behaviour::default().capacity(300);
    let ways = [false, true].map(|halves| [false, true].map(|always| (halves, always)));
    for (fault, (halves, always)) in FAULTS
        .into_iter()
        .flat_map(|fault| ways.into_iter().flatten().map(move |way| (fault, way)))
    {
        // What is interrupted each time is repeated without end.
        if always && fault == Fault::Error(ErrorKind::Interrupted) {
            continue;
        }
        for call in 1..60 {
            let faulty = if always {
                plain().fail_from(call, fault)
            } else {
                plain().fail_at(call, fault)
            };
            for (near, far) in [(faulty.clone(), plain()), (plain(), faulty)] {
                let shown = format!("{near:?}, {far:?}, halves: {halves}");
                let (client, server) = both(near, far);
                let mut world = World::new();
                let tasks = [
                    world.spawn(serve(server, halves)),
                    world.spawn(ask(client, halves)),
                ];
                assert!(end_in_time(&mut world, &tasks), "{shown}");
            }
        }
    }
}

//! Handshake and driver on an allocator: both ends of a connection in one memory.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec;
use alloc::vec::Vec;

use cortex_m_rt::entry;
use emballoc::Allocator;
use hybi_embedded::{Clock, pass};
use ws_driver::{Config, Connection, Event, Instant, KeepAlive, Message, Seed};
use ws_handshake::{Accept, ClientHandshake, Nonce, Request, ServerConfig, ServerHandshake};

#[global_allocator]
static HEAP: Allocator<{ 1 << 20 }> = Allocator::new();

#[entry]
fn main() -> ! {
    let Some(core) = cortex_m::Peripherals::take() else {
        panic!("somebody has taken them");
    };
    let clock = Clock::start(core.SYST);
    clock.time("handshake", handshake);
    let (mut client, mut server) = clock.time("start-both-ends", || {
        let client = Connection::client(&Config::client(), Seed([7; 32]));
        let mut config = Config::server();
        config.keep_alive = Some(KeepAlive::DEFAULT);
        (client, Connection::server(&config))
    });
    for (name, len) in [
        ("echo-32-bytes", 32),
        ("echo-1-KiB", 1024),
        ("echo-64-KiB", 1 << 16),
    ] {
        let message = vec![0x2A; len];
        clock.time(name, || echo(&mut client, &mut server, &message));
    }
    clock.time("ping", || ping(&mut client, &mut server));
    clock.time("close", || close(&mut client, &mut server));
    pass();
}

fn handshake() {
    let request = Request::ws("device.example", "/device").expect("an authority and a path");
    let request = request.with_subprotocol("echo").expect("a token");
    let (mut up, mut down) = (Vec::new(), Vec::new());
    let client = ClientHandshake::start(&request, Nonce::new([7; 16]), &mut up);
    let mut config = ServerConfig::default();
    config.subprotocols = vec!["echo".into()];
    let server = ServerHandshake::start(&config);
    let Ok(ServerHandshake::Requested(requested)) = server.receive(&mut &up[..], &mut down) else {
        panic!("the request is right");
    };
    let accepted = requested.accept(Accept::default(), &mut down);
    assert!(matches!(accepted, Ok(ServerHandshake::Established(_))));
    let Ok(ClientHandshake::Established(established, _)) = client.receive(&mut &down[..]) else {
        panic!("the response is right");
    };
    assert_eq!(established.subprotocol.as_deref(), Some("echo"));
}

/// A message up and down again.
fn echo(client: &mut Connection, server: &mut Connection, message: &[u8]) {
    let (mut up, mut down) = (Vec::new(), Vec::new());
    client
        .send(Message::Binary(message), &mut up)
        .expect("it is open");
    let (reader, writer) = server.split_mut();
    let mut input = &mut up[..];
    while let Some(event) = reader
        .receive(&mut input, writer, &mut down)
        .expect("it is right")
    {
        if let Event::Message(message) = event {
            writer.send(message, &mut down).expect("it is open");
        }
    }
    let mut input = &mut down[..];
    let event = client.receive(&mut input, &mut up).expect("it is right");
    assert_eq!(event, Some(Event::Message(Message::Binary(message))));
}

/// A ping that the driver sends by itself, because nothing has come for a while, and its answer.
fn ping(client: &mut Connection, server: &mut Connection) {
    let (mut up, mut down) = (Vec::new(), Vec::new());
    let mut now = Instant::from_secs(1);
    while down.is_empty() {
        let deadline = server.tick(now, &mut down).expect("nothing is late");
        now = deadline.expect("it waits for a sign of life");
    }
    let event = client.receive(&mut &mut down[..], &mut up);
    assert!(matches!(event, Ok(Some(Event::Ping(_)))));
    let event = server.receive(&mut &mut up[..], &mut down);
    assert!(matches!(event, Ok(Some(Event::Pong { .. }))));
}

fn close(client: &mut Connection, server: &mut Connection) {
    let (mut up, mut down) = (Vec::new(), Vec::new());
    client.close(None, &mut up).expect("it is open");
    let mut input = &mut up[..];
    let event = server.receive(&mut input, &mut down).expect("it is right");
    assert!(matches!(event, Some(Event::Close(_))));
    let mut input = &mut down[..];
    let event = client.receive(&mut input, &mut up).expect("it is right");
    assert!(matches!(event, Some(Event::Close(_))));
    assert!(server.wants_shutdown());
}

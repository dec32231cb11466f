//! A chat room: what one says, all hear; who is gone is noticed.
//!
//! ```text
//! cargo run --release --example chat -- --port 9002
//! cargo run --release --example client -- ws://127.0.0.1:9002/
//! ```

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::futures::StreamExt;
use ::futures::channel::mpsc;
use ::futures::future::{Either, select};
use clap::Parser;
use hybi::futures::KeepAlive;
use hybi::smol::Socket;
use hybi::{CloseCode, CloseFrame, Error, Message, Options, Prepared};
use smol::Async;

#[path = "shared/deflate.rs"]
mod deflate;

/// Sends every text message to all who are connected.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9002)]
    port: u16,
    /// Seconds of silence after which a peer is asked whether it is there; as many later it is
    /// dropped.
    #[arg(long, default_value_t = 10)]
    heartbeat: u64,
    #[command(flatten)]
    deflate: deflate::DeflateArguments,
}

/// Who is connected, and where to leave messages for them.
type Room = Mutex<HashMap<SocketAddr, mpsc::Sender<Prepared>>>;

/// So many messages wait for one who is slow; one more and they are dropped.
const PATIENCE: usize = 64;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut options = arguments.deflate.apply(Options::server());
    let heartbeat = Duration::from_secs(arguments.heartbeat);
    options.connection.keep_alive = Some(KeepAlive {
        interval: heartbeat,
        timeout: heartbeat,
    });
    options.connection.max_message_size = 64 << 10;
    let options = Arc::new(options);
    let room = Arc::new(Room::default());

    let listener = Async::<std::net::TcpListener>::bind((Ipv4Addr::LOCALHOST, arguments.port))?;
    println!("listening on ws://{}/", listener.get_ref().local_addr()?);
    let executor = smol::LocalExecutor::new();
    smol::block_on(executor.run(async {
        loop {
            let Ok((stream, peer)) = listener.accept().await else {
                // Out of file descriptors, perhaps: some will be free again.
                smol::Timer::after(Duration::from_millis(50)).await;
                continue;
            };
            let (room, options) = (Arc::clone(&room), Arc::clone(&options));
            let member = executor.spawn(async move {
                let result = join(stream, peer, &room, &options).await;
                lock(&room).remove(&peer);
                let parting = result.map_or_else(|error| error.to_string(), |()| "left".into());
                say(&room, &Prepared::new(format!("{peer}: {parting}")));
            });
            member.detach();
        }
    }))
}

/// Listens to one who joins, and tells them what the others say.
async fn join(
    stream: Async<TcpStream>,
    peer: SocketAddr,
    room: &Room,
    options: &Options,
) -> Result<(), Error> {
    stream.get_ref().set_nodelay(true)?;
    let socket = hybi::smol::accept(Socket::from(stream), options).await?;
    let (mut sender, mut receiver) = socket.split();
    let (mailbox, mut mail) = mpsc::channel(PATIENCE);
    lock(room).insert(peer, mailbox);
    say(room, &Prepared::new(format!("{peer} joined")));

    // A broadcast is framed, and compressed, once for all; what is there at once goes out in one
    // write.
    let mut deliver = std::pin::pin!(async {
        while let Some(message) = mail.next().await {
            sender.feed_prepared(&message).await?;
            while let Ok(message) = mail.try_recv() {
                sender.feed_prepared(&message).await?;
            }
            sender.flush().await?;
        }
        let frame = CloseFrame {
            code: CloseCode::POLICY_VIOLATION,
            reason: "too slow",
        };
        sender.close(Some(frame)).await
    });
    loop {
        match select(receiver.next(), deliver.as_mut()).await {
            Either::Left((Some(message), _)) => {
                if let Message::Text(text) = message? {
                    say(room, &Prepared::new(format!("{peer}: {text}")));
                }
            }
            Either::Left((None, _)) => return Ok(()),
            Either::Right((result, _)) => return result,
        }
    }
}

/// Leaves a message for everyone; whoever has too many unread is shown out.
fn say(room: &Room, message: &Prepared) {
    lock(room).retain(|_, mailbox| mailbox.try_send(message.clone()).is_ok());
}

fn lock(room: &Room) -> std::sync::MutexGuard<'_, HashMap<SocketAddr, mpsc::Sender<Prepared>>> {
    room.lock().unwrap_or_else(PoisonError::into_inner)
}

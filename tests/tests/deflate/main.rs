//! permessage-deflate between two ends of hybi, through the facade: pipes and sockets.

mod bombs;
mod cancel;
mod echo;
mod hostile;
mod memory;
mod negotiation;
mod pieces;
mod prepared;

use core::time::Duration;

use futures::{AsyncRead, AsyncWrite};
use hybi::extensions::deflate::{Backend, WindowBits};
use hybi::{Deflate, Error, Event, MessageRef, Options, Request, Response, WebSocket};
use hybi_testkit::pipe::{Behaviour, Pipe, pipe};

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who compresses: zlib-rs, and `miniz_oxide` instead.
const BACKENDS: [fn() -> Deflate; 2] = [Deflate::new, || Deflate::new().backend(Backend::Miniz)];

/// A client and a server over a pipe, and what the server granted.
struct Pair {
    client: WebSocket<Pipe>,
    server: WebSocket<Pipe>,
    granted: Option<String>,
}

/// Both ends with this configuration.
async fn pair(client: Deflate, server: Deflate) -> Pair {
    let client = Options::client().with_deflate(client);
    let server = Options::server().with_deflate(server);
    open(&client, &server).await.expect("they agree")
}

/// Opens a connection over a pipe that behaves well.
async fn open(client: &Options, server: &Options) -> Result<Pair, Error> {
    let behaviour = Behaviour::default().capacity(256 << 10);
    open_over(client, server, behaviour).await
}

/// Opens a connection over a pipe whose ends behave like this.
async fn open_over(client: &Options, server: &Options, both: Behaviour) -> Result<Pair, Error> {
    let (near, far) = pipe(both.clone(), both);
    let request = Request::from_url("ws://localhost/")?;
    let (client, server) = futures::future::try_join(
        hybi::connect(near, &request, client),
        hybi::accept(far, server),
    )
    .await?;
    let (client, response) = client;
    Ok(Pair {
        client,
        server,
        granted: granted(&response),
    })
}

/// What the server's answer says.
fn granted(response: &Response) -> Option<String> {
    let granted = response.fields().first("Sec-WebSocket-Extensions")?;
    Some(String::from_utf8(granted.to_vec()).expect("it is ASCII"))
}

/// Runs a test, with a limit.
#[track_caller]
fn run<F: Future>(test: F) -> F::Output {
    smol::block_on(smol::future::or(test, async {
        smol::Timer::after(PATIENCE).await;
        panic!("it takes too long");
    }))
}

/// Echoes until the connection ends.
async fn echo<T: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocket<T>) -> Result<(), Error> {
    while let Some((event, mut outbox)) = socket.exchange().await? {
        if let Event::Message(message) = event {
            outbox.feed(message).await?;
        }
    }
    Ok(())
}

/// The next message has to be this one.
async fn expect<T>(socket: &mut WebSocket<T>, expected: impl Into<MessageRef<'_>>)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let expected = expected.into();
    match socket.receive().await {
        Ok(Some(Event::Message(message))) => {
            // Not `assert_eq`: what it prints of a large message helps nobody.
            let len = message.len();
            assert!(message == expected, "{len} bytes, {} sent", expected.len());
        }
        other => panic!("{other:?} instead of {} bytes", expected.len()),
    }
}

/// A message goes from one end to the other.
async fn pass(from: &mut WebSocket<Pipe>, to: &mut WebSocket<Pipe>, message: MessageRef<'_>) {
    let ((), sent) = futures::join!(expect(to, message), from.send(message));
    sent.expect("it is sent");
}

/// How many bytes of payload a message takes from one end to the other.
async fn cost(
    from: &mut WebSocket<Pipe>,
    to: &mut WebSocket<Pipe>,
    message: MessageRef<'_>,
) -> usize {
    let before = sent(from);
    pass(from, to, message).await;
    sent(from) - before
}

/// How many bytes of payload a socket has sent in all.
fn sent<T>(socket: &WebSocket<T>) -> usize {
    usize::try_from(socket.statistics().sent.bytes).expect("a test sends less")
}

/// So many bytes of text that shrinks, with characters of one to four bytes.
fn text(size: usize) -> String {
    let mut text = String::with_capacity(size + 40);
    let mut number = 7_u32;
    while text.len() < size {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push_str("{\"a\":");
        text.push_str(&(number >> 20).to_string());
        text.push_str(",\"é✓\":\"𝄞\"}");
    }
    while text.len() > size {
        text.pop();
    }
    let missing = size - text.len();
    text + &"b".repeat(missing)
}

/// So many bytes that do not shrink.
fn noise(size: usize, mut seed: u64) -> Vec<u8> {
    let mut step = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()[3]
    };
    (0..size).map(|_| step()).collect()
}

fn bits(bits: u8) -> WindowBits {
    WindowBits::new(bits).expect("8 to 15")
}

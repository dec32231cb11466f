//! A long stream becomes events, in pieces as a socket gives them.

use std::convert::Infallible;
use std::future;
use std::hint::black_box;

use anyhow::{Result, ensure};
use bytes::Bytes;
use eventsource_client::{Client, ClientBuilder, SSE};
use eventsource_stream::EventStream;
use futures::{StreamExt, stream};
use launchdarkly_sdk_transport::{ByteStream, HttpTransport, Request, Response, ResponseFuture};
use sse_stream::SseByteStream;
use ws_sse::{Decoder, Limits};

use super::super::memory::now;
use super::super::{Clock, Row};
use super::mix::{self, Mix, Owned};

/// So long is the stream at least.
const LEN: usize = 100 << 20;
/// At most so much comes at once.
const READ: usize = 16 << 10;

pub(super) fn rows(clock: Clock) -> Result<Vec<Row>> {
    mix::all().map(|mix| row(&mix, clock)).collect()
}

fn row(mix: &Mix, clock: Clock) -> Result<Row> {
    let long = Stream::new(mix, LEN.div_ceil(mix.wire.len()));
    Ok(Row {
        what: mix.name,
        unit: mix.about,
        bytes: Some(mix.wire.len() as f64 / mix.events.len() as f64),
        floor: clock.best(long.count(), || long.pieces().map(line_ends).sum::<usize>()),
        ours: time::<Ours>(clock, mix, &long)?,
        peers: vec![
            ("sse-stream", time::<SseStream>(clock, mix, &long)?),
            (
                "eventsource-stream",
                time::<EventsourceStream>(clock, mix, &long)?,
            ),
            (
                "eventsource-client",
                time::<EventsourceClient>(clock, mix, &long)?,
            ),
        ],
    })
}

/// The same bytes, so many times, and a copy for nobody: what a socket gives is in the cache, too.
struct Stream<'a> {
    wire: Bytes,
    events: &'a [Owned],
    times: usize,
}

impl<'a> Stream<'a> {
    fn new(mix: &'a Mix, times: usize) -> Self {
        Self {
            wire: Bytes::copy_from_slice(mix.wire.as_bytes()),
            events: &mix.events,
            times,
        }
    }

    /// How many events there are.
    fn count(&self) -> usize {
        self.events.len() * self.times
    }

    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.times).flat_map(|_| self.wire.chunks(READ))
    }
}

/// Whoever makes events of a stream.
trait Contender {
    /// Shows kind, data and id of each event.
    fn decode(stream: &Stream<'_>, see: impl FnMut(&str, &str, &str));
}

/// How long an event takes, if they are the right ones.
fn time<C: Contender>(clock: Clock, mix: &Mix, long: &Stream<'_>) -> Result<f64> {
    verify::<C>(mix)?;
    let bytes: usize = mix.events.iter().map(|event| event.data.len()).sum();
    Ok(clock.best(long.count(), || {
        let (mut count, mut len) = (0, 0);
        C::decode(long, |kind, data, id| {
            black_box((kind, id));
            count += 1;
            len += black_box(data).len();
        });
        assert_eq!(
            (count, len),
            (long.count(), bytes * long.times),
            "all of it"
        );
    }))
}

fn verify<C: Contender>(mix: &Mix) -> Result<()> {
    let stream = Stream::new(mix, 3);
    let (mut count, mut wrong) = (0, None);
    C::decode(&stream, |kind, data, id| {
        let expected = stream.events[count % stream.events.len()].as_event();
        if (kind, data, id) != (expected.kind, expected.data, expected.id) && wrong.is_none() {
            wrong = Some(format!("{kind:?} {id:?} {data:?}, not {expected:?}"));
        }
        count += 1;
    });
    let (name, who) = (mix.name, std::any::type_name::<C>());
    ensure!(
        wrong.is_none(),
        "{name}, {who}: {}",
        wrong.unwrap_or_default()
    );
    ensure!(count == stream.count(), "{name}, {who}: {count} events");
    Ok(())
}

/// The least that has to be found.
fn line_ends(piece: &[u8]) -> usize {
    memchr::memchr2_iter(b'\n', b'\r', piece).count()
}

struct Ours;

impl Contender for Ours {
    fn decode(stream: &Stream<'_>, mut see: impl FnMut(&str, &str, &str)) {
        let mut decoder = Decoder::new(Limits::default());
        for mut input in stream.pieces() {
            while let Some(event) = decoder.decode(&mut input).expect("short") {
                see(event.kind, event.data, event.id);
            }
        }
    }
}

struct SseStream;

impl Contender for SseStream {
    /// It tells an id only where it is set, which it is nowhere or everywhere.
    fn decode(stream: &Stream<'_>, mut see: impl FnMut(&str, &str, &str)) {
        let mut events = SseByteStream::new(stream::iter(stream.pieces().map(Ok::<_, Infallible>)));
        while let Some(event) = now(events.next()) {
            let event = event.expect("valid");
            let kind = event.event.as_deref().unwrap_or("message");
            let id = event.id.as_deref().unwrap_or_default();
            see(kind, event.data.as_deref().unwrap_or_default(), id);
        }
    }
}

struct EventsourceStream;

impl Contender for EventsourceStream {
    fn decode(stream: &Stream<'_>, mut see: impl FnMut(&str, &str, &str)) {
        let mut events = EventStream::new(stream::iter(stream.pieces().map(Ok::<_, Infallible>)));
        while let Some(event) = now(events.next()) {
            let event = event.expect("valid");
            see(&event.event, &event.data, &event.id);
        }
    }
}

/// Its parser is not public, its transport is what one gives it.
struct EventsourceClient;

impl Contender for EventsourceClient {
    fn decode(stream: &Stream<'_>, mut see: impl FnMut(&str, &str, &str)) {
        let (wire, times) = (stream.wire.clone(), stream.times);
        let client = ClientBuilder::for_url("http://localhost/")
            .expect("valid")
            .build_with_transport(Answer { wire, times });
        let mut events = client.stream();
        let mut left = stream.count();
        // At the end of the stream it would connect again.
        while left > 0 {
            let event = now(events.next()).expect("more").expect("valid");
            // Comments come out as well.
            if let SSE::Event(event) = event {
                see(
                    &event.event_type,
                    &event.data,
                    event.id.as_deref().unwrap_or_default(),
                );
                left -= 1;
            }
        }
    }
}

/// Answers every request with the stream.
#[derive(Clone)]
struct Answer {
    wire: Bytes,
    times: usize,
}

impl HttpTransport for Answer {
    fn request(&self, _: Request<Option<Bytes>>) -> ResponseFuture {
        let pieces = stream::iter(shared(self.wire.clone(), self.times).map(Ok));
        let body: ByteStream = Box::pin(pieces);
        Box::pin(future::ready(Ok(Response::new(body))))
    }
}

/// The pieces of a stream, for those who want to own them.
fn shared(wire: Bytes, times: usize) -> impl Iterator<Item = Bytes> + Send + Sync {
    (0..times).flat_map(move |_| {
        let wire = wire.clone();
        let starts = (0..wire.len()).step_by(READ);
        starts.map(move |start| wire.slice(start..wire.len().min(start + READ)))
    })
}

//! Both sides: what a server writes is what a client reads.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use ws_http::fuzzing::{Cuts, seed};
use ws_http::{RequestDecoder, RequestHead};

use super::{Owned, course};
use crate::client::{Connecting, EventSource, Origin, Request, SourceOptions};
use crate::encoded::EncodedEvent;
use crate::encoder::Encoder;
use crate::event::Event;
use crate::limits::Limits;
use crate::server::{Accept, Offer, StreamWriter};

/// A client asks, a server answers with events in any framing and batches, and the client sees
/// them, and asks again with the id of the last one.
///
/// The first byte chooses the framing, the next four the cuts. The remainder is texts with 0xFF
/// between them: the id to begin with, and then the kind, the id and the data of events.
///
/// # Panics
///
/// If the property does not hold.
pub fn exchange(data: &[u8]) {
    let Some(([choice, seed @ ..], data)) = seed::<5>(data) else {
        return;
    };
    let seed = u32::from_le_bytes(seed);
    let mut texts = data
        .split(|byte| *byte == 0xff)
        .map(String::from_utf8_lossy);
    let mut last_id = texts.next().unwrap_or_default().into_owned();
    let options = SourceOptions {
        stream: Limits {
            line: 16 * data.len() + 100,
            event: 16 * data.len() + 100,
            id: 16 * data.len() + 100,
        },
        ..SourceOptions::default()
    };
    let origin = Origin::https("example.com").expect("a name");
    let request = Request::new(origin, "/feed").expect("a path");
    let Ok(connecting) = EventSource::resume(request.clone(), options, &last_id) else {
        assert!(last_id.contains(['\r', '\n', '\0']));
        return;
    };
    let asked = ask(connecting, &last_id);
    let connecting = EventSource::resume(request, options, &last_id).expect("as before");

    let accept = Accept::new().close_delimited(choice & 1 == 1);
    let mut answer = Vec::new();
    let mut writer = Offer::new(&asked).accept(&accept, &mut answer);
    let mut expected = Vec::new();
    let texts: Vec<_> = texts.collect();
    for (at, texts) in texts.chunks(3).enumerate() {
        let text = |at: usize| texts.get(at).map_or("", |text| &**text);
        let event = Event::new(text(2)).with_kind(text(0)).with_id(text(1));
        if send(
            &mut writer,
            &event,
            at + usize::from(choice >> 1),
            &mut answer,
        ) {
            if !event.id.is_empty() {
                event.id.clone_into(&mut last_id);
            }
            let kind = Some(event.kind).filter(|kind| !kind.is_empty());
            expected.push(Owned {
                kind: kind.unwrap_or(Event::MESSAGE).into(),
                data: event.data.replace("\r\n", "\n").replace('\r', "\n"),
                id: last_id.clone(),
            });
        }
    }
    writer.close(&mut answer);

    let (course, source) = course(connecting, Cuts::new(&answer, seed));
    assert_eq!(course.events, expected);
    let EventSource::Waiting(mut waiting) = source else {
        panic!("{}", course.end);
    };
    assert_eq!(course.end, "Ended");
    assert_eq!(waiting.delay(0), Accept::DEFAULT_RETRY);
    ask(waiting.reconnect(), &last_id);
}

/// The request as the server reads it.
fn ask(connecting: Connecting, last_id: &str) -> RequestHead {
    let mut out = Vec::new();
    let awaiting = connecting.open(&mut out);
    let mut input = &*out;
    let head = RequestDecoder::new(ws_http::Limits::default()).decode(&mut input);
    let head = head.expect("valid").expect("complete");
    assert!(input.is_empty());
    let offer = Offer::new(&head);
    assert!(offer.is_event_source());
    assert_eq!(offer.check(), Ok(()));
    assert_eq!(offer.check_accept(), Ok(()));
    let url = offer.url(true);
    assert_eq!(url.as_deref(), Some("https://example.com/feed"));
    let seen = offer.last_event_id().expect("one");
    if awaiting.unsent_id().is_none() {
        assert_eq!(seen.as_bytes(), last_id.as_bytes());
    } else {
        assert!(seen.is_empty() && !last_id.is_empty());
    }
    head
}

/// Sends an event in one of the ways there are; whether it can be sent.
fn send(writer: &mut StreamWriter, event: &Event<'_>, way: usize, out: &mut Vec<u8>) -> bool {
    let before = out.len();
    let sent = match way % 3 {
        0 => writer.send(event, out),
        1 => EncodedEvent::new(event).and_then(|encoded| writer.send_encoded([&encoded], out)),
        _ => writer.batch(out, |out| {
            Encoder::comment(event.data, out);
            Encoder::event(event, out)
        }),
    };
    let is_writable = ![event.kind, event.id]
        .iter()
        .any(|text| text.contains(['\r', '\n', '\0']));
    assert_eq!(sent.is_ok(), is_writable);
    assert!(is_writable || out.len() == before);
    assert_eq!(writer.ping(out), Ok(()));
    is_writable
}

//! Messages in pieces: what is left of a message stays with the connection.

use futures::FutureExt;
use futures::io::AsyncReadExt;
use hybi_testkit::pipe::{Behaviour, Pipe};
use hybi_testkit::wire::Frame;
use ws_futures::{Event, WebSocket};

use crate::{masked, put, server_and_raw};

const GOOD: fn() -> Behaviour = Behaviour::default;

/// The ways to receive.
#[derive(Clone, Copy, Debug)]
enum Way {
    Whole,
    Chunk,
    Reader,
}

use Way::{Chunk, Reader, Whole};

/// What the next message, or the next chunk of it, holds; `None` if that has not come yet.
fn next(socket: &mut WebSocket<Pipe>, way: Way) -> Option<Vec<u8>> {
    let receiving = async {
        match way {
            Whole => match socket.receive().await {
                Ok(Some(Event::Message(message))) => message.as_bytes().to_vec(),
                other => panic!("{other:?}"),
            },
            Chunk => match socket.receive_chunk().await {
                Ok(Some(Event::Message(chunk))) => chunk.data.as_bytes().to_vec(),
                other => panic!("{other:?}"),
            },
            Reader => {
                let reader = socket.message_reader().await;
                let mut reader = reader.expect("no error").expect("a message");
                let mut message = Vec::new();
                let read = reader.read_to_end(&mut message).await;
                assert_eq!(read.ok(), Some(message.len()));
                message
            }
        }
    };
    receiving.now_or_never()
}

#[test]
fn a01_message_survives_a_change_of_ways_before_its_payload() {
    let frame = masked(Frame::binary("hello"));
    // Up to the end of the header.
    for cut in 0..=6 {
        for first in [Whole, Chunk, Reader] {
            for second in [Whole, Chunk, Reader] {
                let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
                put(&mut raw, &frame[..cut]);
                assert_eq!(next(&mut socket, first), None);
                put(&mut raw, &frame[cut..]);
                let message = next(&mut socket, second);
                assert_eq!(
                    message.as_deref(),
                    Some(&b"hello"[..]),
                    "{first:?}, then {second:?} after {cut}"
                );
            }
        }
    }
}

#[test]
fn rest_of_a_message_whose_reader_was_dropped() {
    for (way, expected) in [(Whole, "two"), (Chunk, "rest"), (Reader, "two")] {
        let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
        put(&mut raw, &masked(Frame::binary("one").fragment()));
        let reader = socket.message_reader().now_or_never();
        assert!(matches!(reader, Some(Ok(Some(_)))));
        drop(reader);
        put(&mut raw, &masked(Frame::continuation("rest")));
        put(&mut raw, &masked(Frame::binary("two")));
        let message = next(&mut socket, way);
        assert_eq!(message.as_deref(), Some(expected.as_bytes()), "{way:?}");
    }
}

#[test]
fn chunk_that_was_received_is_not_received_again() {
    for (way, expected) in [(Whole, "two"), (Chunk, "rest"), (Reader, "two")] {
        let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
        put(&mut raw, &masked(Frame::binary("one").fragment()));
        let message = next(&mut socket, Chunk);
        assert_eq!(message.as_deref(), Some(&b"one"[..]));
        put(&mut raw, &masked(Frame::continuation("rest")));
        put(&mut raw, &masked(Frame::binary("two")));
        let message = next(&mut socket, way);
        assert_eq!(message.as_deref(), Some(expected.as_bytes()), "{way:?}");
    }
}

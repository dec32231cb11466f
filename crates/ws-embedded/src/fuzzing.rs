//! What must hold for any bytes; the fuzz target and the property test call this.
//!
//! Not part of the public API.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use ws_frame::FrameError;

use crate::inbox::{Inbox, Mode};
use crate::{Chunk, Event, Message, ProtocolError};

/// An event that owns what it says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Seen {
    Text(String),
    Binary(Vec<u8>),
    TextChunk(String, bool),
    BinaryChunk(Vec<u8>, bool),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
    /// And nothing behind it.
    Failed(ProtocolError),
}

impl From<Message<'_>> for Seen {
    fn from(message: Message<'_>) -> Self {
        match message {
            Message::Text(text) => Self::Text(text.into()),
            Message::Binary(bytes) => Self::Binary(bytes.into()),
        }
    }
}

impl From<Chunk<'_>> for Seen {
    fn from(chunk: Chunk<'_>) -> Self {
        match chunk.data {
            Message::Text(text) => Self::TextChunk(text.into(), chunk.last),
            Message::Binary(bytes) => Self::BinaryChunk(bytes.into(), chunk.last),
        }
    }
}

impl<M: Into<Self>> From<Event<'_, M>> for Seen {
    fn from(event: Event<'_, M>) -> Self {
        match event {
            Event::Message(message) => message.into(),
            Event::Ping(payload) => Self::Ping(payload.into()),
            Event::Pong(payload) => Self::Pong(payload.into()),
            Event::Close(frame) => {
                Self::Close(frame.map(|frame| (frame.code.get(), frame.reason.to_string())))
            }
        }
    }
}

/// Events come out the same however the bytes are cut, in any buffer that has room for them, and
/// whether messages are received whole or in chunks.
pub fn connection(data: &[u8]) {
    let [seed, bytes @ ..] = data else { return };
    let peer_masks = seed & 1 == 0;
    let piece = usize::from(seed >> 1) + 1;
    let ample = bytes.len() + 256;
    let traced = |len, mode, piece| {
        let mut seen = trace(len, mode, peer_masks, bytes.chunks(piece));
        // Of several rules that one header breaks, any may be told.
        if let Some(Seen::Failed(ProtocolError::Frame(error))) = seen.last_mut() {
            *error = FrameError::LengthOverflow;
        }
        seen
    };
    let whole = traced(ample, Mode::Whole, ample);
    let cut = traced(ample, Mode::Whole, piece);
    assert_eq!(cut, whole, "in pieces of {piece}");

    // In a buffer that is too small for some of it.
    let narrow = traced(16 + piece, Mode::Whole, piece);
    if let Some((Seen::Failed(ProtocolError::MessageTooBig { .. }), before)) = narrow.split_last() {
        assert!(whole.starts_with(before), "{narrow:?} {whole:?}");
    } else {
        assert_eq!(narrow, whole, "in a buffer of {}", 16 + piece);
    }

    let chunks = traced(ample, Mode::Chunks, ample);
    let cut = traced(16 + piece, Mode::Chunks, piece);
    let (chunks, cut) = (Sum::of(chunks), Sum::of(cut));
    assert_eq!(chunks.control, cut.control);
    // What failed in the middle of a message may have been told a part of before.
    assert!(chunks.data.starts_with(&cut.data) || cut.data.starts_with(&chunks.data));
    let whole = Sum::of(whole);
    if !matches!(
        whole.control.last(),
        Some(Seen::Failed(ProtocolError::MessageTooBig { .. }))
    ) {
        assert_eq!(whole.control, cut.control);
        assert!(
            cut.data.starts_with(&whole.data),
            "{:?} {:?}",
            cut.data,
            whole.data
        );
    }
}

/// Events with nothing left of where chunks were cut: what is no message, in its order, and the
/// bytes of all messages.
#[derive(Debug, Default)]
struct Sum {
    control: Vec<Seen>,
    data: Vec<u8>,
}

impl Sum {
    fn of(events: Vec<Seen>) -> Self {
        let mut sum = Self::default();
        for event in events {
            match event {
                Seen::Text(text) | Seen::TextChunk(text, _) => {
                    sum.data.extend_from_slice(text.as_bytes());
                }
                Seen::Binary(bytes) | Seen::BinaryChunk(bytes, _) => sum.data.extend(bytes),
                event => sum.control.push(event),
            }
        }
        sum
    }
}

/// All that comes of these bytes, in reads of these pieces, in a buffer of `len` bytes.
pub(crate) fn trace<'p>(
    len: usize,
    mode: Mode,
    peer_masks: bool,
    pieces: impl Iterator<Item = &'p [u8]>,
) -> Vec<Seen> {
    let mut buffer = vec![0xAA; len];
    let mut inbox = Inbox::new(&mut buffer, 0..0, peer_masks);
    let mut seen = Vec::new();
    for piece in pieces {
        if let Err(error) = take(&mut inbox, mode, piece, &mut seen) {
            seen.push(Seen::Failed(error));
        }
        if let Some(Seen::Failed(_) | Seen::Close(_)) = seen.last() {
            break;
        }
    }
    seen
}

fn take(
    inbox: &mut Inbox<'_>,
    mode: Mode,
    mut piece: &[u8],
    seen: &mut Vec<Seen>,
) -> Result<(), ProtocolError> {
    loop {
        while let Some(event) = step(inbox, mode)? {
            seen.push(event);
            if let Some(Seen::Close(_)) = seen.last() {
                return Ok(());
            }
        }
        if piece.is_empty() {
            return Ok(());
        }
        let room = inbox.room()?;
        let len = room.len().min(piece.len());
        room[..len].copy_from_slice(&piece[..len]);
        inbox.fill(len);
        piece = &piece[len..];
    }
}

pub(crate) fn step(inbox: &mut Inbox<'_>, mode: Mode) -> Result<Option<Seen>, ProtocolError> {
    let Some(step) = inbox.step(mode)? else {
        return Ok(None);
    };
    Ok(Some(match mode {
        Mode::Whole | Mode::Discard => inbox.event(step)?.into(),
        Mode::Chunks => inbox.chunk_event(step)?.into(),
    }))
}

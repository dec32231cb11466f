//! The sessions of one connection in a row: what one makes is what the next one takes.

use alloc::boxed::Box;
use alloc::vec::Vec;

use ws_frame::Rsv;

use crate::{Decoded, Decoder, Encoder, Fault, FaultKind, SessionError, Sessions, Variant, Wish};

/// The outgoing direction: every session in the order of the server's answer.
///
/// A session that fails stops this direction for good: what was encoded before is sent, and
/// nothing after it is encoded. The other direction goes on.
#[derive(Debug)]
pub struct Encoders {
    stages: Vec<Encoding>,
    failure: Option<SessionError>,
}

#[derive(Debug)]
struct Encoding {
    encoder: Box<dyn Encoder>,
    /// It takes part in the message under way.
    active: bool,
    /// What it made of a piece, if another one takes that.
    made: Vec<u8>,
}

/// The incoming direction: every session in the reverse order of the server's answer.
#[derive(Debug)]
pub struct Decoders {
    stages: Vec<Decoding>,
    failure: Option<SessionError>,
}

#[derive(Debug)]
struct Decoding {
    decoder: Box<dyn Decoder>,
    rsv: Rsv,
    /// It takes part in the message under way.
    active: bool,
    /// What those before it have made, and how much of that it has taken.
    waiting: Vec<u8>,
    taken: usize,
    /// Those before it have made all they can, and were told whether that is the end.
    fed: Option<bool>,
}

/// How much one session makes for the next one in one step.
const STEP: usize = 16 << 10;

static STUCK: Fault = Fault::new(
    "extensions",
    FaultKind::Failed,
    "a decoder asks for room that it has",
);

impl Sessions {
    /// The two directions of a connection that uses these sessions.
    pub fn into_directions(self) -> (Encoders, Decoders) {
        let mut encoders = Vec::new();
        let mut decoders = Vec::new();
        for (rsv, session) in self.into_sessions() {
            encoders.push(Encoding {
                encoder: session.encoder,
                active: false,
                made: Vec::new(),
            });
            decoders.push(Decoding {
                decoder: session.decoder,
                rsv,
                active: false,
                waiting: Vec::new(),
                taken: 0,
                fed: None,
            });
        }
        decoders.reverse();
        let encoders = Encoders {
            stages: encoders,
            failure: None,
        };
        let decoders = Decoders {
            stages: decoders,
            failure: None,
        };
        (encoders, decoders)
    }
}

impl Encoders {
    /// Begins a message of `len` bytes, if that is known. Gives the bits for its first frame, or
    /// `None` if it goes out as it is.
    ///
    /// # Errors
    ///
    /// After a failure.
    pub fn start(&mut self, len: Option<usize>, wish: Wish) -> Result<Option<Rsv>, SessionError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut bits = None;
        for stage in &mut self.stages {
            // How long a message is behind a session, nobody knows.
            let len = if bits.is_none() { len } else { None };
            let more = stage.encoder.start(len, wish);
            stage.active = more.is_some();
            if let Some(more) = more {
                bits = Some(bits.unwrap_or(Rsv::NONE) | more);
            }
        }
        Ok(bits)
    }

    /// Appends what `piece` becomes; see [`Encoder::encode`].
    ///
    /// # Errors
    ///
    /// When a session fails, and after that.
    pub fn encode(
        &mut self,
        piece: &[u8],
        end: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), SessionError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let encoded = self.encode_in_turn(piece, end, out);
        if let Err(error) = encoded {
            self.failure = Some(error);
        }
        encoded
    }

    fn encode_in_turn(
        &mut self,
        piece: &[u8],
        end: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), SessionError> {
        let mut active = self.stages.iter_mut().filter(|stage| stage.active);
        let Some(last) = active.next_back() else {
            out.extend_from_slice(piece);
            return Ok(());
        };
        let mut piece = piece;
        for stage in active {
            stage.made.clear();
            stage.encoder.encode(piece, end, &mut stage.made)?;
            piece = &stage.made;
        }
        last.encoder.encode(piece, end, out)
    }

    /// Why nothing is encoded any more.
    pub fn failure(&self) -> Option<SessionError> {
        self.failure
    }

    /// Gives back all memory that the next message does not need; see [`Encoder::sleep`].
    pub fn sleep(&mut self) {
        for stage in &mut self.stages {
            stage.made = Vec::new();
            stage.encoder.sleep();
        }
    }

    /// How many bytes of heap the sessions hold.
    pub fn memory(&self) -> usize {
        let held = |stage: &Encoding| stage.made.capacity() + stage.encoder.memory();
        self.stages.iter().map(held).sum()
    }

    /// What must be equal in two connections for them to share messages that were encoded once;
    /// `None` if they cannot: only a session that is alone can tell.
    pub fn variant(&self) -> Option<Variant> {
        self.alone()?.encoder.variant()
    }

    /// An encoder for messages that are shared; see [`Encoder::standalone`].
    pub fn standalone(&self) -> Option<Box<dyn Encoder>> {
        self.alone()?.encoder.standalone()
    }

    /// Takes note that a shared message is sent; see [`Encoder::passed`].
    pub fn passed(&mut self, message: &[u8]) {
        for stage in &mut self.stages {
            stage.encoder.passed(message);
        }
    }

    fn alone(&self) -> Option<&Encoding> {
        match &self.stages[..] {
            [stage] if self.failure.is_none() => Some(stage),
            _ => None,
        }
    }
}

impl Decoders {
    /// The bits that first frames may have.
    pub fn rsv(&self) -> Rsv {
        let both = |bits, stage: &Decoding| bits | stage.rsv;
        self.stages.iter().fold(Rsv::NONE, both)
    }

    /// Whether a session may take part in messages without any bit, too.
    pub fn take_all(&self) -> bool {
        self.stages.iter().any(|stage| stage.rsv.is_empty())
    }

    /// Begins a message whose first frame has these bits; `false` if it passes as it is.
    pub fn start(&mut self, rsv: Rsv) -> bool {
        let mut any = false;
        for stage in &mut self.stages {
            stage.active = stage.decoder.start(rsv & stage.rsv);
            stage.waiting.clear();
            stage.taken = 0;
            stage.fed = None;
            any |= stage.active;
        }
        any
    }

    /// Takes bytes off the front of `input` and writes what they become to the front of `room`,
    /// which is not empty; see [`Decoder::decode`].
    ///
    /// # Errors
    ///
    /// When a session fails, and after that.
    pub fn decode(
        &mut self,
        input: &mut &[u8],
        end: bool,
        room: &mut [u8],
    ) -> Result<Decoded, SessionError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let decoded = match &mut self.stages[..] {
            [stage] if stage.active => step(&mut *stage.decoder, input, end, room),
            stages => pull(stages, input, end, room),
        };
        if let Err(error) = decoded {
            self.failure = Some(error);
        }
        decoded
    }

    /// Gives back all memory that the next message does not need; see [`Encoder::sleep`].
    pub fn sleep(&mut self) {
        for stage in &mut self.stages {
            stage.waiting = Vec::new();
            stage.decoder.sleep();
        }
    }

    /// How many bytes of heap the sessions hold.
    pub fn memory(&self) -> usize {
        let held = |stage: &Decoding| stage.waiting.capacity() + stage.decoder.memory();
        self.stages.iter().map(held).sum()
    }
}

/// Decodes, and does not believe a decoder that wants more room before its room is full: it would
/// be asked without end.
fn step(
    decoder: &mut dyn Decoder,
    input: &mut &[u8],
    end: bool,
    room: &mut [u8],
) -> Result<Decoded, SessionError> {
    let decoded = decoder.decode(input, end, room)?;
    let believable = if decoded.done {
        decoded.len <= room.len()
    } else {
        decoded.len == room.len()
    };
    if believable {
        Ok(decoded)
    } else {
        Err(SessionError::new(&STUCK))
    }
}

/// Lets the last of `stages` decode what those before it make of `input`.
fn pull(
    stages: &mut [Decoding],
    input: &mut &[u8],
    end: bool,
    room: &mut [u8],
) -> Result<Decoded, SessionError> {
    let Some((last, before)) = stages.split_last_mut() else {
        return Ok(pass(input, room));
    };
    if !last.active {
        return pull(before, input, end, room);
    }
    if !before.iter().any(|stage| stage.active) {
        return step(&mut *last.decoder, input, end, room);
    }
    // Those before have made all they can of this input, and heard whether it is the last.
    let mut fed = last.fed == Some(end) && input.is_empty();
    let mut len = 0;
    loop {
        let mut source = &last.waiting[last.taken..];
        let step = step(
            &mut *last.decoder,
            &mut source,
            end && fed,
            &mut room[len..],
        )?;
        last.taken = last.waiting.len() - source.len();
        len += step.len;
        if !step.done || fed {
            return Ok(Decoded {
                len,
                done: step.done,
            });
        }
        last.taken = 0;
        last.waiting.resize(STEP, 0);
        let more = pull(before, input, end, &mut last.waiting);
        last.waiting.truncate(more.map_or(0, |more| more.len));
        let more = more?;
        fed = more.done;
        last.fed = fed.then_some(end);
        if len == room.len() {
            return Ok(Decoded { len, done: false });
        }
    }
}

/// What becomes of a message in which no session takes part.
fn pass(input: &mut &[u8], room: &mut [u8]) -> Decoded {
    let len = input.len().min(room.len());
    let (taken, rest) = input.split_at(len);
    room[..len].copy_from_slice(taken);
    *input = rest;
    Decoded {
        len,
        done: rest.is_empty(),
    }
}

#[cfg(test)]
mod tests;

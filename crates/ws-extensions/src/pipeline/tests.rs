//! Several sessions in a row, and one that fails.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::Session;

/// Appends its mark to every piece; decoding takes it off the front of each byte's place.
#[derive(Clone, Debug)]
struct Mark {
    rsv: Rsv,
    byte: u8,
    /// It fails at this byte.
    bad: Option<u8>,
    awake: bool,
}

static BAD: Fault = Fault::new("x-mark", FaultKind::Failed, "a bad byte");

impl Mark {
    fn session(rsv: Rsv, byte: u8, bad: Option<u8>) -> Session {
        let this = Self {
            rsv,
            byte,
            bad,
            awake: true,
        };
        Session {
            encoder: Box::new(this.clone()),
            decoder: Box::new(this),
        }
    }

    fn check(&self, bytes: &[u8]) -> Result<(), SessionError> {
        match self.bad {
            Some(bad) if bytes.contains(&bad) => Err(SessionError::new(&BAD)),
            _ => Ok(()),
        }
    }
}

impl Encoder for Mark {
    fn start(&mut self, len: Option<usize>, wish: Wish) -> Option<Rsv> {
        let takes_part = match wish {
            Wish::Auto => len.is_none_or(|len| len > 1),
            Wish::Always => true,
            Wish::Never => false,
        };
        takes_part.then_some(self.rsv)
    }

    fn encode(&mut self, piece: &[u8], _: bool, out: &mut Vec<u8>) -> Result<(), SessionError> {
        self.check(piece)?;
        out.extend(piece.iter().map(|byte| byte ^ self.byte));
        out.push(self.byte);
        Ok(())
    }

    fn sleep(&mut self) {
        self.awake = false;
    }

    fn memory(&self) -> usize {
        usize::from(self.awake)
    }
}

/// Decodes what one piece was encoded to: the mark comes last.
impl Decoder for Mark {
    fn start(&mut self, rsv: Rsv) -> bool {
        rsv == self.rsv
    }

    fn decode(
        &mut self,
        input: &mut &[u8],
        end: bool,
        room: &mut [u8],
    ) -> Result<Decoded, SessionError> {
        self.check(input)?;
        // The last byte is kept until it is known whether it is the mark.
        let plain = input.len().saturating_sub(1);
        let len = plain.min(room.len());
        for (to, from) in room.iter_mut().zip(&input[..len]) {
            *to = from ^ self.byte;
        }
        *input = &input[len..];
        if end && input.len() == 1 {
            assert_eq!(**input, [self.byte]);
            *input = &[];
        }
        let done = input.is_empty();
        Ok(Decoded { len, done })
    }

    fn sleep(&mut self) {
        self.awake = false;
    }

    fn memory(&self) -> usize {
        usize::from(self.awake)
    }
}

fn sessions(all: impl IntoIterator<Item = (Rsv, Session)>) -> (Encoders, Decoders) {
    let mut sessions = Sessions::new();
    for (rsv, session) in all {
        sessions.push("x-mark", rsv, session);
    }
    sessions.into_directions()
}

fn three(bad: Option<u8>) -> (Encoders, Decoders) {
    sessions([
        (Rsv::RSV1, Mark::session(Rsv::RSV1, 1, None)),
        (Rsv::RSV2, Mark::session(Rsv::RSV2, 2, bad)),
        (Rsv::RSV3, Mark::session(Rsv::RSV3, 4, None)),
    ])
}

// XE25, XE42
#[test]
fn out_in_order_and_in_in_the_reverse() {
    let (mut encoders, mut decoders) = three(None);
    let all = Rsv::RSV1 | Rsv::RSV2 | Rsv::RSV3;
    assert_eq!(decoders.rsv(), all);
    assert!(!decoders.take_all());
    let mut wire = Vec::new();
    assert_eq!(encoders.start(Some(3), Wish::Auto), Ok(Some(all)));
    encoders.encode(&[0, 0, 0], true, &mut wire).unwrap();
    assert_eq!(wire, [7, 7, 7, 1 ^ 2 ^ 4, 2 ^ 4, 4]);
    for room_len in 1..4 {
        assert!(decoders.start(all));
        let (mut input, mut plain) = (&wire[..], Vec::new());
        loop {
            let mut room = vec![9; room_len];
            let decoded = decoders.decode(&mut input, true, &mut room).unwrap();
            plain.extend_from_slice(&room[..decoded.len]);
            if decoded.done {
                break;
            }
            assert_eq!(
                decoded.len, room_len,
                "only a full room is a reason to stop"
            );
        }
        assert_eq!(plain, [0, 0, 0], "room of {room_len}");
        assert!(input.is_empty());
    }
}

#[test]
fn each_message_chooses_who_takes_part() {
    let (mut encoders, mut decoders) = three(None);
    assert_eq!(encoders.start(Some(3), Wish::Never), Ok(None));
    // The first one takes no part; behind those that may change the length it is unknown.
    let first_alone = Ok(Some(Rsv::RSV1 | Rsv::RSV2 | Rsv::RSV3));
    assert_eq!(encoders.start(Some(1), Wish::Always), first_alone);
    assert_eq!(encoders.start(Some(1), Wish::Auto), Ok(None));
    let mut wire = Vec::new();
    encoders.encode(b"as it is", true, &mut wire).unwrap();
    assert_eq!(wire, b"as it is");
    assert!(!decoders.start(Rsv::NONE));
    let mut room = [0; 4];
    let mut input = &wire[..];
    let decoded = decoders.decode(&mut input, true, &mut room);
    assert_eq!(
        decoded,
        Ok(Decoded {
            len: 4,
            done: false
        })
    );
    assert_eq!((room, input), (*b"as i", &b"t is"[..]));
    // One of three.
    assert!(decoders.start(Rsv::RSV2));
    let decoded = decoders.decode(&mut &[2 ^ 9, 2][..], true, &mut room);
    assert_eq!(decoded, Ok(Decoded { len: 1, done: true }));
    assert_eq!(room[0], 9);
}

// XE26 to XE31, XE44, XE45
#[test]
fn a_failure_stops_its_direction_and_is_named_once() {
    let (mut encoders, mut decoders) = three(Some(50));
    let mut wire = Vec::new();
    encoders.start(None, Wish::Auto).unwrap();
    let error = encoders.encode(&[50 ^ 1], true, &mut wire).unwrap_err();
    assert_eq!(error.to_string(), "x-mark: a bad byte");
    assert_eq!(encoders.failure(), Some(error));
    assert!(wire.is_empty(), "those behind it were not called");
    assert_eq!(encoders.start(None, Wish::Never), Err(error));
    assert_eq!(encoders.encode(b"", true, &mut wire), Err(error));
    assert!(encoders.variant().is_none() && encoders.standalone().is_none());
    // The other direction goes on.
    assert!(decoders.start(Rsv::RSV1));
    let mut room = [0; 8];
    let decoded = decoders.decode(&mut &[50 ^ 1, 1][..], true, &mut room);
    assert_eq!(decoded, Ok(Decoded { len: 1, done: true }));
    // Until it fails itself.
    assert!(decoders.start(Rsv::RSV1 | Rsv::RSV2));
    assert_eq!(
        decoders.decode(&mut &[50, 2][..], true, &mut room),
        Err(error)
    );
    assert_eq!(decoders.decode(&mut &[][..], true, &mut room), Err(error));
}

#[test]
fn sleep_reaches_all() {
    let (mut encoders, mut decoders) = three(None);
    encoders.start(None, Wish::Auto).unwrap();
    encoders.encode(&[0; 100], true, &mut Vec::new()).unwrap();
    assert!(encoders.memory() > 100 && decoders.memory() == 3);
    encoders.sleep();
    decoders.sleep();
    assert_eq!((encoders.memory(), decoders.memory()), (0, 0));
}

/// Takes nothing and makes nothing.
#[derive(Debug)]
struct Stuck;

impl Decoder for Stuck {
    fn start(&mut self, _: Rsv) -> bool {
        true
    }

    fn decode(&mut self, _: &mut &[u8], _: bool, _: &mut [u8]) -> Result<Decoded, SessionError> {
        Ok(Decoded {
            len: 0,
            done: false,
        })
    }
}

#[test]
fn a_decoder_that_asks_without_end_is_not_believed() {
    let mut stuck = Mark::session(Rsv::RSV2, 2, None);
    stuck.decoder = Box::new(Stuck);
    let (_, mut decoders) = sessions([
        (Rsv::RSV1, Mark::session(Rsv::RSV1, 1, None)),
        (Rsv::RSV2, stuck),
    ]);
    decoders.start(Rsv::RSV1 | Rsv::RSV2);
    let error = decoders.decode(&mut &b"ab"[..], true, &mut [0; 9]);
    assert_eq!(error, Err(SessionError::new(&STUCK)));
}

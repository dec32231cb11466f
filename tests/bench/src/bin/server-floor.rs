//! The floor: the least that a WebSocket echo can do. One read, unmask, rewrite the header, one
//! write; no limits, no rules, no UTF-8, no control frames.

use std::io::{self, IoSlice};
use std::net::TcpStream;
use std::ops::Range;

use hybi_bench::epoll::{self, Backlog, Next, Shared};
use hybi_bench::wire::{self, Header, MAX_HEADER};

/// Below this many bytes it is cheaper to gather payloads than to write them from where they are.
const SMALL: usize = 4 << 10;
/// So many pieces go out in one write.
const PIECES: usize = 64;

#[derive(Default)]
struct Echo {
    open: bool,
    /// A frame that has not come whole: as long as it will be, filled so far.
    partial: Vec<u8>,
    filled: usize,
    unsent: Backlog,
}

impl epoll::Connection for Echo {
    fn ready(&mut self, stream: &mut TcpStream, shared: &mut Shared) -> io::Result<Next> {
        if !self.unsent.flush(stream, shared)? {
            return Ok(Next::Write);
        }
        let in_part = !self.partial.is_empty();
        // Out of the way, so that the rest can be lent.
        let mut input = std::mem::take(if in_part {
            &mut self.partial
        } else {
            &mut shared.input
        });
        let start = std::mem::take(&mut self.filled);
        let next = match epoll::read(stream, &mut input[start..])? {
            Some(0) => Next::Close,
            None => {
                self.keep(&input, 0..start, shared);
                Next::Read
            }
            Some(len) => self.take(&mut input, start + len, stream, shared)?,
        };
        if !in_part {
            shared.input = input;
        } else if self.partial.is_empty() {
            shared.give_back(input);
        }
        Ok(next)
    }
}

impl Echo {
    /// Answers the frames in the first `len` bytes of `input` and keeps what is left.
    fn take(
        &mut self,
        input: &mut [u8],
        len: usize,
        stream: &mut TcpStream,
        shared: &mut Shared,
    ) -> io::Result<Next> {
        let mut out = std::mem::take(&mut shared.out);
        if !self.open {
            // On the loopback interface a request comes whole.
            let Some(head) = wire::respond(&input[..len], &mut out)? else {
                return Ok(Next::Close);
            };
            self.open = true;
            debug_assert_eq!(head, len, "nothing is sent before the response");
            epoll::write(stream, &out)?;
            out.clear();
            shared.out = out;
            return Ok(Next::Read);
        }
        let mut at = 0;
        if Header::read(&input[..len]).is_some_and(|header| header.payload < SMALL) {
            while let Some((header, payload)) = whole_frame(&input[at..len]) {
                let (bytes, used) = wire::header(header.first, header.payload);
                out.extend_from_slice(&bytes[..used]);
                let start = out.len();
                out.extend_from_slice(&input[at + payload.start..at + payload.end]);
                wire::mask(header.key, &mut out[start..]);
                at += payload.end;
            }
            let written = epoll::write(stream, &out)?;
            if written < out.len() {
                self.unsent.keep([&out[..]], written, shared);
            }
        } else {
            let mut pieces: [Range<usize>; PIECES] = std::array::from_fn(|_| 0..0);
            let mut count = 0;
            while count < PIECES
                && let Some((header, payload)) = whole_frame(&input[at..len])
            {
                let payload = at + payload.start..at + payload.end;
                wire::mask(header.key, &mut input[payload.clone()]);
                // The answer's header is shorter than the question's.
                let (bytes, used) = wire::header(header.first, header.payload);
                let start = payload.start - used;
                input[start..payload.start].copy_from_slice(&bytes[..used]);
                at = payload.end;
                pieces[count] = start..at;
                count += 1;
            }
            self.write(&pieces[..count], input, stream, shared)?;
        }
        out.clear();
        shared.out = out;
        self.keep(input, at..len, shared);
        Ok(if self.unsent.is_empty() {
            Next::Read
        } else {
            Next::Write
        })
    }

    fn write(
        &mut self,
        pieces: &[Range<usize>],
        input: &[u8],
        stream: &mut TcpStream,
        shared: &mut Shared,
    ) -> io::Result<()> {
        let mut slices = [IoSlice::new(&[]); PIECES];
        for (slice, piece) in slices.iter_mut().zip(pieces) {
            *slice = IoSlice::new(&input[piece.clone()]);
        }
        let written = match pieces {
            [] => 0,
            [piece] => epoll::write(stream, &input[piece.clone()])?,
            _ => epoll::write_vectored(stream, &slices[..pieces.len()])?,
        };
        let pieces = pieces.iter().map(|piece| &input[piece.clone()]);
        self.unsent.keep(pieces, written, shared);
        Ok(())
    }

    /// Keeps a part of a frame, with room for the rest of it.
    fn keep(&mut self, input: &[u8], part: Range<usize>, shared: &mut Shared) {
        if part.is_empty() {
            return;
        }
        let needed = match Header::read(&input[part.clone()]) {
            Some(header) => header.len + header.payload,
            None => MAX_HEADER,
        };
        let mut partial = shared.lease();
        partial.resize(needed.max(part.len()), 0);
        partial[..part.len()].copy_from_slice(&input[part.clone()]);
        self.partial = partial;
        self.filled = part.len();
    }
}

/// The frame in front of `bytes` if it is all there, and where its payload lies.
#[inline]
fn whole_frame(bytes: &[u8]) -> Option<(Header, Range<usize>)> {
    let header = Header::read(bytes)?;
    let payload = header.len..header.len + header.payload;
    (payload.end <= bytes.len()).then_some((header, payload))
}

fn main() -> io::Result<()> {
    epoll::run(Echo::default)
}

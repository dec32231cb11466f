//! As much of RFC 6455 as the floor and the load generator need, without any library of ours.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// The longest header: two bytes, an 8-byte length, a mask key.
pub const MAX_HEADER: usize = 14;

/// Set in the first header of a compressed message (RFC 7692 §6).
pub const RSV1: u8 = 0x40;

/// Opcodes of RFC 6455 §5.2.
pub mod opcode {
    /// A further fragment of a message.
    pub const CONTINUATION: u8 = 0x0;
    /// Text in UTF-8.
    pub const TEXT: u8 = 0x1;
    /// Bytes.
    pub const BINARY: u8 = 0x2;
    /// The end.
    pub const CLOSE: u8 = 0x8;
}

/// The header of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// FIN, RSV and opcode.
    pub first: u8,
    /// How long the header is, mask key included.
    pub len: usize,
    /// The mask key, zero if there is none.
    pub key: [u8; 4],
    /// Whether the payload is masked.
    pub masked: bool,
    /// How long the payload is.
    pub payload: usize,
}

impl Header {
    /// Reads a header off the front of `bytes`; `None` if it is not all there.
    #[inline]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let [first, second, rest @ ..] = bytes else {
            return None;
        };
        let masked = second & 0x80 != 0;
        let (payload, rest) = match second & 0x7f {
            127 => {
                let (len, rest) = rest.split_first_chunk()?;
                (usize::try_from(u64::from_be_bytes(*len)).ok()?, rest)
            }
            126 => {
                let (len, rest) = rest.split_first_chunk()?;
                (u16::from_be_bytes(*len).into(), rest)
            }
            len => (len.into(), rest),
        };
        let (key, rest) = if masked {
            let (key, rest) = rest.split_first_chunk()?;
            (*key, rest)
        } else {
            ([0; 4], rest)
        };
        Some(Self {
            first: *first,
            len: bytes.len() - rest.len(),
            key,
            masked,
            payload,
        })
    }
}

/// An unmasked header: the bytes and how many of them count.
#[inline]
pub fn header(first: u8, payload: usize) -> ([u8; 10], usize) {
    let mut bytes = [0; 10];
    bytes[0] = first;
    if let Ok(len @ ..126) = u8::try_from(payload) {
        bytes[1] = len;
        (bytes, 2)
    } else if let Ok(len) = u16::try_from(payload) {
        bytes[1] = 126;
        bytes[2..4].copy_from_slice(&len.to_be_bytes());
        (bytes, 4)
    } else {
        bytes[1] = 127;
        bytes[2..].copy_from_slice(&(payload as u64).to_be_bytes());
        (bytes, 10)
    }
}

/// Masks or unmasks in place: a plain loop over words, which the compiler makes wide.
#[inline]
pub fn mask(key: [u8; 4], payload: &mut [u8]) {
    let wide = u64::from_ne_bytes([
        key[0], key[1], key[2], key[3], key[0], key[1], key[2], key[3],
    ]);
    let (words, tail) = payload.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, key) in tail.iter_mut().zip(key.into_iter().cycle()) {
        *byte ^= key;
    }
}

/// Appends a masked frame, as a client sends it.
pub fn push_masked(wire: &mut Vec<u8>, first: u8, key: [u8; 4], payload: &[u8]) {
    let (mut header, len) = header(first, payload.len());
    header[1] |= 0x80;
    wire.extend_from_slice(&header[..len]);
    wire.extend_from_slice(&key);
    let start = wire.len();
    wire.extend_from_slice(payload);
    mask(key, &mut wire[start..]);
}

/// The key of the RFC's example, §1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// What answers it.
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A browser's request, about 400 bytes long.
pub fn request(port: u16) -> Vec<u8> {
    request_with(port, None)
}

/// The same with an offer of extensions.
pub fn request_with(port: u16, extensions: Option<&str>) -> Vec<u8> {
    let extensions = extensions.map_or_else(String::new, extensions_line);
    format!(
        "GET /echo HTTP/1.1\r\n\
         Host: 127.0.0.1:{port}\r\n\
         Connection: Upgrade\r\n\
         Pragma: no-cache\r\n\
         Cache-Control: no-cache\r\n\
         User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\r\n\
         Upgrade: websocket\r\n\
         Origin: http://127.0.0.1:{port}\r\n\
         Sec-WebSocket-Version: 13\r\n\
         Sec-Fetch-Mode: websocket\r\n\
         Accept-Encoding: gzip, deflate, br\r\n\
         Accept-Language: en-GB,en;q=0.9\r\n\
         Sec-WebSocket-Key: {KEY}\r\n\
         {extensions}\r\n"
    )
    .into_bytes()
}

fn extensions_line(extensions: &str) -> String {
    format!("Sec-WebSocket-Extensions: {extensions}\r\n")
}

/// The extensions that a head names.
pub fn extensions(head: &[u8]) -> Option<&str> {
    str::from_utf8(value(head, "sec-websocket-extensions")?).ok()
}

/// The length of the response's head when all of it is there, and if it accepts [`request`]'s
/// key.
pub fn read_response(bytes: &[u8]) -> io::Result<Option<usize>> {
    let Some(end) = find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = &bytes[..end + 4];
    let switching = head.starts_with(b"HTTP/1.1 101 ");
    if !switching || value(head, "sec-websocket-accept") != Some(ACCEPT.as_bytes()) {
        let text = String::from_utf8_lossy(head);
        return Err(io::Error::other(format!("refused: {text}")));
    }
    Ok(Some(head.len()))
}

/// Appends the response to a request, if that is all there; tells how long the request was.
pub fn respond(request: &[u8], out: &mut Vec<u8>) -> io::Result<Option<usize>> {
    respond_with(request, None, out)
}

/// The same with the extensions that are agreed to.
pub fn respond_with(
    request: &[u8],
    extensions: Option<&str>,
    out: &mut Vec<u8>,
) -> io::Result<Option<usize>> {
    let Some(end) = find(request, b"\r\n\r\n") else {
        return Ok(None);
    };
    let key = value(&request[..end + 4], "sec-websocket-key")
        .ok_or_else(|| io::Error::other("no key"))?;
    let mut sha1 = Sha1::new();
    sha1.update(key);
    sha1.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let mut accept = [0; 28];
    STANDARD
        .encode_slice(sha1.finalize(), &mut accept)
        .map_err(io::Error::other)?;
    out.extend_from_slice(
        b"HTTP/1.1 101 Switching Protocols\r\n\
          Upgrade: websocket\r\n\
          Connection: Upgrade\r\n\
          Sec-WebSocket-Accept: ",
    );
    out.extend_from_slice(&accept);
    out.extend_from_slice(b"\r\n");
    if let Some(extensions) = extensions {
        out.extend_from_slice(extensions_line(extensions).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    Ok(Some(end + 4))
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

/// The value of the field `name`, in small letters.
fn value<'a>(head: &'a [u8], name: &str) -> Option<&'a [u8]> {
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (field, value) = (&line[..colon], &line[colon + 1..]);
        field
            .eq_ignore_ascii_case(name.as_bytes())
            .then(|| value.trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::{Header, header, mask, push_masked, read_response, request, respond};

    // RFC 6455 §5.7: the masked "Hello".
    #[test]
    fn a_frame_is_as_in_the_rfc() {
        let mut wire = Vec::new();
        push_masked(&mut wire, 0x81, [0x37, 0xfa, 0x21, 0x3d], b"Hello");
        let hello = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        assert_eq!(wire, hello);
        let header = Header::read(&wire).unwrap();
        assert_eq!((header.len, header.payload, header.masked), (6, 5, true));
        mask(header.key, &mut wire[6..]);
        assert_eq!(&wire[6..], b"Hello");
    }

    #[test]
    fn lengths_are_read_as_they_are_written() {
        for len in [0, 125, 126, 65_535, 65_536] {
            let (bytes, used) = header(0x82, len);
            let read = Header::read(&bytes[..used]).unwrap();
            assert_eq!((read.payload, read.len, read.masked), (len, used, false));
            assert!(Header::read(&bytes[..used - 1]).is_none());
        }
    }

    #[test]
    fn request_and_response_fit() {
        let (request, mut response) = (request(9001), Vec::new());
        assert!((390..430).contains(&request.len()), "{}", request.len());
        assert_eq!(respond(&request[..300], &mut response).unwrap(), None);
        let len = respond(&request, &mut response).unwrap();
        assert_eq!(len, Some(request.len()));
        assert_eq!(read_response(&response).unwrap(), Some(response.len()));
        assert!(read_response(b"HTTP/1.1 400 Bad Request\r\n\r\n").is_err());
    }
}

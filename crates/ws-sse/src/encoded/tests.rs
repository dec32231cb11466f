//! Events as bytes and as chunks.

use alloc::format;

use super::*;

// RFC 9112 §7.1
#[test]
fn chunks_say_their_length_in_hexadecimal() {
    for len in [1, 9, 10, 15, 16, 17, 255, 256, 4095, 4096, 70_000] {
        let event = EncodedEvent::comment(&"x".repeat(len));
        let bytes = event.as_bytes();
        assert_eq!(bytes.len(), len + ": \n\n".len());
        let chunk = [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        assert_eq!(event.as_chunk(), chunk);
        assert_eq!(event.framed(StreamFraming::Chunked), chunk);
        assert_eq!(event.framed(StreamFraming::Close), bytes);
        assert_eq!(event.as_ref(), bytes);
    }
}

#[test]
fn what_is_no_event_is_encoded_as_well() {
    let retry = EncodedEvent::retry(Duration::from_millis(1500));
    assert_eq!(retry.as_bytes(), b"retry: 1500\n\n");
    let comment = EncodedEvent::comment("a\rb");
    assert_eq!(comment.as_bytes(), b": a\n: b\n\n");
}

#[test]
fn an_event_is_not_shown() {
    let shown = format!("{:?}", EncodedEvent::comment("s3cret"));
    assert!(!shown.contains("s3cret"), "{shown}");
}

//! HTTP as a raw peer reads it.

use futures::AsyncReadExt;
use hybi_testkit::pipe::Pipe;

/// Reads up to the end of a head, or of the connection, and nothing behind it.
///
/// # Panics
///
/// If it cannot be read, or is no text.
pub async fn head(io: &mut Pipe) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if io.read(&mut byte).await.expect("it can be read") == 0 {
            break;
        }
        text.extend(byte);
    }
    String::from_utf8(text).expect("it is text")
}

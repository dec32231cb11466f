//! wtx, behind a handshake by hand: its own needs a cryptographic library in C. It cannot batch.

use std::io;

use clap::Parser;
use hybi_bench::serve::{self, Options};
use wtx::collection::Vector;
use wtx::rng::{Xorshift64, simple_seed};
use wtx::web_socket::compression::{Flate2, WindowBits};
use wtx::web_socket::{
    Compression, DeflateConfig, Frame, OpCode, WebSocketBuffer, WebSocketOwned,
    WebSocketPayloadOrigin,
};

const EXTENSIONS: &[u8] = b"sec-websocket-extensions";

fn main() -> io::Result<()> {
    let options = Options::parse();
    serve::on_tokio(move |mut stream| async move {
        let agreed = serve::handshake(&mut stream, options.deflate).await?;
        let fields = agreed.iter().map(|agreed| [EXTENSIONS, agreed.as_bytes()]);
        // Its default asks for a smaller window, which only a client can grant that has offered to.
        let deflate = Flate2::from(DeflateConfig {
            client_max_window_bits: WindowBits::Fifteen,
            ..DeflateConfig::default()
        });
        let compression = Compression::<false>::negotiate(deflate, fields)?;
        let rng = Xorshift64::from(simple_seed());
        let buffer = WebSocketBuffer::default();
        let mut socket =
            WebSocketOwned::<_, _, _, false>::new(compression, false, rng, stream, buffer);
        let (mut common, mut reader, mut writer) = socket.split_mut();
        let mut fragments = Vector::new();
        loop {
            fragments.clear();
            let mut frame = reader
                .read_frame(
                    &mut fragments,
                    &mut common,
                    WebSocketPayloadOrigin::Adaptive,
                )
                .await?;
            match frame.op_code() {
                OpCode::Close => return Ok(()),
                code @ (OpCode::Text | OpCode::Binary) => {
                    let mut frame = Frame::new_fin(code, frame.payload_mut());
                    writer.write_frame(&mut common, &mut frame).await?;
                }
                _ => {}
            }
        }
    })
}

//! wtx, behind a handshake by hand: its own needs a cryptographic library in C. It cannot batch.

use std::io;

use hybi_bench::serve;
use wtx::collection::Vector;
use wtx::rng::{Xorshift64, simple_seed};
use wtx::web_socket::{Frame, OpCode, WebSocketBuffer, WebSocketOwned, WebSocketPayloadOrigin};

fn main() -> io::Result<()> {
    serve::on_tokio(|mut stream| async move {
        serve::handshake(&mut stream).await?;
        let rng = Xorshift64::from(simple_seed());
        let buffer = WebSocketBuffer::default();
        let mut socket = WebSocketOwned::<_, _, _, false>::new((), false, rng, stream, buffer);
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

//! fastwebsockets, behind a handshake by hand: its own needs hyper.

use std::io;

use fastwebsockets::{FragmentCollector, Frame, OpCode, Role, WebSocket};
use hybi_bench::serve;

fn main() -> io::Result<()> {
    serve::on_tokio(|mut stream| async move {
        serve::handshake(&mut stream, false).await?;
        let mut socket = WebSocket::after_handshake(stream, Role::Server);
        socket.set_writev(true);
        socket.set_auto_close(true);
        socket.set_auto_pong(true);
        let mut socket = FragmentCollector::new(socket);
        loop {
            let frame = socket.read_frame().await?;
            match frame.opcode {
                OpCode::Close => return Ok(()),
                OpCode::Text | OpCode::Binary => {
                    let frame = Frame::new(true, frame.opcode, None, frame.payload);
                    socket.write_frame(frame).await?;
                }
                _ => {}
            }
        }
    })
}

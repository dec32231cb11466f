//! Accepting, reading and writing on `io_uring`, in one thread.
//!
//! Buffers to read into are in a ring that the kernel takes them from when something has come, so
//! a connection that waits holds none.

use std::cell::RefCell;
use std::io;
use std::num::NonZero;

use compio::BufResult;
use compio::buf::IoBuf;
use compio::driver::{BufferRef, ProactorBuilder};
use compio::io::{AsyncReadManaged, AsyncWriteExt};
use compio::net::{TcpListener, TcpStream};
use compio::runtime::Runtime;

use crate::serve;

/// So many buffers are in the ring: one for each connection of the largest workload.
const BUFFERS: NonZero<u16> = NonZero::new(64).expect("not zero");
/// How much is read at once, as on epoll.
const READ_LEN: usize = 256 << 10;

/// Vectors that no connection keeps while it waits.
#[derive(Debug, Default)]
pub struct Pool {
    vectors: RefCell<Vec<Vec<u8>>>,
}

impl Pool {
    /// An empty vector.
    pub fn lease(&self) -> Vec<u8> {
        self.vectors.borrow_mut().pop().unwrap_or_default()
    }

    /// Takes a vector back; what it holds is nobody's any more.
    pub fn give_back(&self, mut vector: Vec<u8>) {
        let mut vectors = self.vectors.borrow_mut();
        if vector.capacity() > 0 && vectors.len() < 16 {
            vector.clear();
            vectors.push(vector);
        }
    }
}

/// Serves every connection in a task, or says that this machine has no `io_uring`.
pub fn run<F>(serve: impl Fn(TcpStream) -> F) -> io::Result<()>
where
    F: Future<Output = io::Result<()>> + 'static,
{
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            serve::skip(&format!("no io_uring here: {error}"));
            return Ok(());
        }
    };
    runtime.block_on(async {
        let listener = TcpListener::from_std(serve::listen_blocking()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            compio::runtime::spawn(serve(stream)).detach();
        }
    })
}

/// A ring, and that of the buffers, which kernels learned later.
fn runtime() -> io::Result<Runtime> {
    let mut driver = ProactorBuilder::new();
    driver
        .single_issuer(true)
        .defer_taskrun(true)
        .buffer_pool_size(BUFFERS)
        .buffer_pool_buffer_len(READ_LEN);
    let runtime = Runtime::builder().with_proactor(driver).build()?;
    runtime.enter(|| runtime.buffer_pool())?;
    Ok(runtime)
}

/// Reads once; `None` at the end.
pub async fn read(stream: &mut TcpStream) -> io::Result<Option<BufferRef>> {
    loop {
        match stream.read_managed(0).await {
            // All buffers are with other tasks, which give them back before this one runs again.
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {}
            result => return result,
        }
    }
}

/// Writes all of `bytes` and gives them back.
pub async fn write<B: IoBuf>(stream: &mut TcpStream, bytes: B) -> io::Result<B> {
    let BufResult(result, bytes) = stream.write_all(bytes).await;
    result.map(|()| bytes)
}

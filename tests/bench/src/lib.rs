//! What the servers share, and the harness that measures them.
//!
//! Every server of `src/bin` echoes messages in one thread with `TCP_NODELAY`, on a port of
//! 127.0.0.1 that the kernel picks and that it prints first, as
//! `listening on http://127.0.0.1:PORT/`. One that this machine has no means for prints
//! `skipped: WHY` instead. The harness (`src/main.rs`) starts them and looks at their CPU time.

pub mod batch;
pub mod epoll;
pub mod serve;
pub mod uring;
pub mod wire;

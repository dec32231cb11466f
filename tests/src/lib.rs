//! What several of the tests share.

pub mod certificates;
pub mod raw;
pub mod scratch;
pub mod world;

pub use raw::{Trace, client, fails_after, receive, server, server_with_limit};
pub use world::{Task, World};

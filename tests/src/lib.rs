//! What several of the tests share.

pub mod certificates;
pub mod http;
pub mod raw;
pub mod scratch;
pub mod world;

pub use http::head;
pub use raw::{Trace, client, fails_after, receive, server, server_with_limit};
pub use world::{Task, World};

//! hybi against WebSocket implementations that we did not write, in both roles.
//!
//! `cargo xtask interop` installs the peers and runs these tests. The peers are the scripts in
//! `interop/`; variables tell where they find what they need, which `cargo xtask interop` sets.

mod axum_application;
mod client_example;
mod curl;
mod daemons;
mod deflate;
mod dial;
mod directory;
mod drafts;
mod echo_example;
mod events;
mod examples;
mod infrastructure;
mod library;
mod peer;
mod process;
mod tap;

use hybi_tests::{certificates, scratch};

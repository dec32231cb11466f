//! hybi against WebSocket implementations that we did not write, in both roles.
//!
//! `cargo xtask interop` installs the peers and runs these tests. The peers are the scripts in
//! `interop/`; two variables tell where they find what they need: `HYBI_INTEROP_DIR` holds
//! `node_modules` and `venv`, and `CHROMIUM` is the browser.

mod client_example;
mod echo_example;
mod examples;
mod library;
mod peer;
mod process;

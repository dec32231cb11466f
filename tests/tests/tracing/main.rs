//! What `tracing` is told of connections, and what it is not.

mod connections;
mod failures;
mod recorder;
mod sources;

use hybi_tests::world;
use recorder::{Recorder, Told, all_told, told};
use ws_futures::Options;

fn options(mut options: Options) -> Options {
    options.timer = Some(world::timer);
    options
}

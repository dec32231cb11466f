//! Starting servers, asking things of them, and looking at their clocks.

pub(crate) mod bars;
pub(crate) mod batch;
pub(crate) mod deflate;
pub(crate) mod load;
pub(crate) mod measure;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod server;
pub(crate) mod servers;
pub(crate) mod verify;
pub(crate) mod workload;

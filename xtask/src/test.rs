//! Everything: the peers are installed first, so that what cannot be had is known early.

use anyhow::Result;
use clap::Args;

use crate::workspace::Workspace;
use crate::{autobahn, bench, ci, embedded, interop};

/// How thorough to be.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Leave out most of Autobahn's cases that move many megabytes.
    #[arg(long)]
    quick: bool,
    /// Build for bare metal in any case, as `ci --full` does.
    #[arg(long)]
    full: bool,
}

/// Runs the gate and every suite with peers.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let gate = ci::Options { full: options.full };
    let suite = autobahn::Options::all(options.quick);
    ci::in_order(&[
        ("peers", &|| {
            interop::install(workspace)?;
            embedded::install(workspace)?;
            autobahn::install(workspace)
        }),
        ("gate", &|| ci::run(workspace, &gate)),
        ("bench", &|| bench::check(workspace)),
        ("embedded", &|| embedded::run(workspace)),
        ("interop", &|| {
            interop::run(workspace, &interop::Options::default())
        }),
        ("autobahn", &|| autobahn::run(workspace, &suite)),
        ("autobahn over TLS", &|| {
            autobahn::run(workspace, &autobahn::Options::over_tls())
        }),
    ])
}

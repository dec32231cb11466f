//! Where the examples of the crate `hybi` are, once they are built.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

/// Where cargo puts the examples: beside the directory that this test is in. They are built here,
/// because a test of another package does not make cargo do it.
pub(crate) static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
    let this = env::current_exe().expect("the test knows where it is");
    let profile = this.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let target = profile.parent().expect("target/PROFILE");
    let mut build = Command::new(env!("CARGO"));
    build
        .args([
            "build",
            "--quiet",
            "--package",
            "hybi",
            "--examples",
            "--target-dir",
        ])
        .arg(target);
    if profile.ends_with("release") {
        build.arg("--release");
    }
    // What cargo has told this test about its package makes crates such as `ring` be built again.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_PKG_") {
            build.env_remove(&name);
        }
    }
    let status = build
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the examples do not build");
    profile.join("examples")
});

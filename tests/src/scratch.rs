//! A directory for the files of a program or a test, gone with its owner.

use core::sync::atomic::{AtomicU32, Ordering};
use std::env;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process;

/// A directory that nobody else uses.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// An empty one; `name` is for those who look at it.
    ///
    /// It is among the system's temporary files and open to all: a daemon that root starts may go
    /// on as somebody who cannot enter the directory of this checkout.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("hybi-{}-{count}-{name}", process::id()));
        DirBuilder::new()
            .mode(0o755)
            .create(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(path)
    }

    /// Writes a file and gives back where it is.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// Where the file of this name is, or would be.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The directory itself.
    pub fn directory(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed the system will remove.
        let _ = fs::remove_dir_all(&self.0);
    }
}

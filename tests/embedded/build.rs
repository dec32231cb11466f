//! Tells the linker where the memory of the machine is.

use std::env;
use std::fs;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    // QEMU's `stm32vldiscovery` and `mps2-an386`.
    let memory = if env::var_os("CARGO_FEATURE_DRIVER").is_some() {
        "FLASH : ORIGIN = 0x00000000, LENGTH = 4M\n  RAM : ORIGIN = 0x20000000, LENGTH = 4M"
    } else {
        "FLASH : ORIGIN = 0x08000000, LENGTH = 128K\n  RAM : ORIGIN = 0x20000000, LENGTH = 8K"
    };
    let directory = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(
        directory.join("memory.x"),
        format!("MEMORY {{\n  {memory}\n}}\n"),
    )?;
    println!("cargo::rustc-link-search={}", directory.display());
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rustc-link-arg-bins=--nmagic");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

//! Leaves the tables for unwinding out of what is deployed: a seventh of a function, and nobody unwinds where a panic
//! aborts. The compiler's own switch for it does nothing beside link-time optimisation of the standard library.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=deployed.ld");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    // Only the profile `lambda` is optimised like that; all others may unwind.
    if variable("OPT_LEVEL") == "z" && variable("CARGO_CFG_TARGET_OS") == "linux" {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("deployed.ld");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
        // The compiler's own linker on this architecture folds what is the same; others may not know how.
        if variable("CARGO_CFG_TARGET_ARCH") == "x86_64" {
            println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
        }
    }
}

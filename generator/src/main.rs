//! The program `zavicaj`.

use std::process::ExitCode;

/// A build makes and drops millions of small values on every core.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    zavicaj::cli::main()
}
